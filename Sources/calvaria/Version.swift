import Files
import Pipelines
import Reports
import VolumeIO

/// The version of the program and of what it is made of.
enum Version {
  /// The program's own version.
  static let number = "0.1.0"

  /// The libraries, by name.
  static var libraries: [String: String] {
    VolumeIOLibraries.versions.merging(
      ["libcrypto": SHA256.libraryVersion, "libpng": PNG.libraryVersion]
    ) { first, _ in first }
  }

  /// The program, for manifests.
  static var program: RunManifest.Program {
    RunManifest.Program(version: number, libraries: libraries)
  }

  /// What `--version` prints.
  static var text: String {
    (["calvaria \(number)"]
      + libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      + ["model: none shipped"]).joined(separator: "\n")
  }
}
