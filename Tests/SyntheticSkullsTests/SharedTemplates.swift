import Foundation
import SyntheticSkulls
import VolumeIO
import Volumes

/// Templates that the tests share, each made once.
enum SharedTemplates {
  static let analytic = SkullTemplate.analytic(spacing: 4)

  static let sampleCT =
    URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/sample-data/cranium.nhdr"

  /// Whether the set-up could fetch the sample CT.
  static var hasSampleCT: Bool {
    FileManager.default.fileExists(
      atPath: sampleCT.replacing("cranium.nhdr", with: "fetched/cranium.raw"))
  }

  /// The sample CT at a third of its resolution in each direction: tests are not optimised.
  static let real: SkullTemplate? = try? SkullTemplate(
    of: ImageFile(opening: sampleCT).volume(), name: "cranium", spacing: 3, threads: 2)
}
