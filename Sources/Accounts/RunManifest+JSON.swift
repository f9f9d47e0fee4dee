import Files
import Foundation

extension RunManifest {
  /// Writes the manifest as JSON with sorted keys.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var bytes = [UInt8](try encoder.encode(self))
    bytes.append(UInt8(ascii: "\n"))
    try AtomicFile.write(bytes, to: path)
  }

  /// The present time as the manifest writes it.
  package static var now: String { Date().formatted(.iso8601) }
}
