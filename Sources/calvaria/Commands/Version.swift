import Accounts
import Files
import MeshIO
import Meshes
import Pictures
import VolumeIO

/// The versions of the program, its libraries and its model.
enum Version {
  static let number = "0.1.0"

  /// The versions of the libraries, by name.
  static var libraries: [String: String] {
    VolumeIOLibraries.versions.merging(MeshIOLibraries.versions) { first, _ in first }
      .merging(
        [
          "libcrypto": SHA256.libraryVersion, "libpng": PNG.libraryVersion,
          "meshoptimizer": MeshOptimizer.libraryVersion,
        ]
      ) { first, _ in first }
  }

  static var program: RunAccount.Program {
    RunAccount.Program(version: number, libraries: libraries)
  }

  /// What `--version` prints.
  static var text: String {
    (["calvaria \(number)"]
      + libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      + [model]).joined(separator: "\n")
  }

  /// The shipped model and its SHA-256. The file is only read for `--version`, because every command makes
  /// the text of `--version`.
  private static var model: String {
    guard CommandLine.arguments.contains("--version") else { return "" }
    let name = "sample-data/model.safetensors"
    guard let digest = try? InputFile(ProgramFiles.located(name)).sha256() else {
      return "model: none"
    }
    return "model: \(name), SHA-256 \(digest)"
  }
}
