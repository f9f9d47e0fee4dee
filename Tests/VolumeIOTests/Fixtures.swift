import Foundation
import VolumeIO
import Volumes

/// The files that `Fixtures/generate.py` wrote with pynrrd 1.1.3, SimpleITK 2.5.7, nibabel 5.4.2 and
/// by hand, and what those tools say is in them.
enum Fixtures {
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// One line of `manifest.json`.
  struct Entry: Decodable, CustomTestStringConvertible, Sendable {
    let file: String
    let type: String
    let sizes: [Int]
    let sha256: String
    /// Rows of the map from index to LPS mm.
    let lps: [[Double]]?
    let format: String?
    let encoding: String?
    let keyValues: [String: String]?
    let space: String?
    let kinds: [String]?
    let spacings: [Double]?
    let scaledSum: Double?
    /// A word of the warning that opening must give.
    let warning: String?
    /// A word of the error that reading as a volume must give.
    let problem: String?

    var testDescription: String { file }
  }

  static let entries: [Entry] = {
    // A missing manifest would make all tests pass, so it must not.
    try! JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: URL(fileURLWithPath: path("manifest.json"))))
  }()

  static let volumes = entries.filter { $0.problem == nil }
  static let others = entries.filter { $0.problem != nil }
}

import Testing

/// The largest difference between a volume's map from index to LPS and the expected rows.
func largestDifference(_ geometry: Geometry, _ rows: [[Double]]) -> Double {
  let map = geometry.lpsFromIndex
  var worst = 0.0
  for row in 0..<3 {
    for column in 0..<3 { worst = max(worst, abs(map.linear[column][row] - rows[row][column])) }
    worst = max(worst, abs(map.translation[row] - rows[row][3]))
  }
  return worst
}
