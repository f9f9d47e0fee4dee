import Errors
import Files

/// A file of settings, of whatever kind.
package enum SettingsFile {
  /// The largest one that is read: what is larger is another file, named by mistake.
  private static let mostBytes = 1 << 20

  /// The bytes of a file.
  ///
  /// - Parameter noun: what it is, such as `training`, for messages.
  /// - Throws: `Diagnostics` where it is too large; `Diagnostic` where it cannot be read.
  package static func bytes(of path: String, noun: String) throws -> [UInt8] {
    let file = try InputFile(path)
    guard file.size <= mostBytes else {
      throw Diagnostics([
        Diagnostic(
          .configuration, path, field: "file", expected: "a \(noun) file of at most 1 MiB",
          found: "\(file.size) bytes", remedy: "name a \(noun) file")
      ])
    }
    return try file.bytes(at: 0, count: file.size)
  }
}
