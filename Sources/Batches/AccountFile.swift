/// A file that a batch writes about itself, such as `summary.json`.
public struct AccountFile: Sendable {
  /// Its name in the folder of the batch.
  public let name: String
  /// Writes it at a path.
  ///
  /// - Throws: `Diagnostic` where it cannot be written.
  let write: @Sendable (_ account: BatchAccount, _ path: String) throws -> Void

  /// A file of this name.
  public init(
    _ name: String,
    write: @escaping @Sendable (_ account: BatchAccount, _ path: String) throws -> Void
  ) {
    (self.name, self.write) = (name, write)
  }
}
