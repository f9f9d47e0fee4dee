package import DataSets
package import Errors
import Files
import Foundation

/// A folder of empty files that goes when the test ends.
package final class FileTree {
  package let path: String

  /// Makes the files; folders on the way are made.
  package init(_ files: [String] = [], folders: [String] = []) throws {
    path = NSTemporaryDirectory() + "calvaria-\(UUID().uuidString)"
    mkdir(path, 0o755)
    var made: Set<String> = []
    for folder in folders { try make(folder) }
    for file in files {
      let folder = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) } ?? ""
      if made.insert(folder).inserted { try make(folder) }
      let descriptor = open("\(path)/\(file)", O_CREAT | O_WRONLY, 0o644)
      guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
      close(descriptor)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The data set at a place in it, read while the folder is there.
  package func dataSet(
    _ place: String = "", layout: DataSetLayout? = nil, excluding: [String] = []
  ) throws(Diagnostic) -> DataSet {
    defer { withExtendedLifetime(self) {} }
    return try DataSet(
      place.isEmpty ? path : "\(path)/\(place)", layout: layout, excluding: excluding)
  }

  package func make(_ folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
  }

  /// A link at `place` to what the text says.
  package func link(_ place: String, to text: String) throws {
    guard symlink(text, "\(path)/\(place)") == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Three digits.
  package static func digits(_ number: Int) -> String { String(format: "%03d", number) }

  /// `prefix/000.nrrd` and so on.
  package static func numbered(_ count: Int, in folder: String, ending: String = "nrrd") -> [String]
  {
    (0..<count).map { "\(folder)/\(digits($0)).\(ending)" }
  }
}
