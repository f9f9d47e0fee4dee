/// A file that a batch writes about itself, such as `summary.json`.
public struct AccountFile: Sendable {
  /// The name in the folder of the batch.
  public let name: String
  /// Writes the file to a path.
  ///
  /// - Throws: `Diagnostic` if it cannot be written.
  let write: @Sendable (_ account: BatchAccount, _ path: String) throws -> Void

  public init(
    _ name: String,
    write: @escaping @Sendable (_ account: BatchAccount, _ path: String) throws -> Void
  ) {
    (self.name, self.write) = (name, write)
  }
}
