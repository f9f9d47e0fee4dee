import Files
import Foundation

extension RunAccount {
  /// Writes the account as JSON with sorted keys.
  public func write(to path: String) throws {
    try JSONFile.write(self, to: path)
  }

  /// The current time, as accounts write it.
  package static var now: String { Date().formatted(.iso8601) }
}
