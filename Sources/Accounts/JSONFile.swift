import Files
import Foundation

/// JSON as in all accounts: indented, keys sorted, slashes not escaped.
package enum JSONFile {
  /// The text of a value, without a line end.
  package static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Writes a value to a file, atomically.
  ///
  /// - Throws: `Diagnostic` if it cannot be written; what the encoder throws for numbers that JSON cannot
  ///   express.
  package static func write(_ value: some Encodable, to path: String) throws {
    try AtomicFile.write(Array("\(text(of: value))\n".utf8), to: path)
  }
}
