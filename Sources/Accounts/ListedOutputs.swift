package import Errors

/// The outputs that the account of an earlier run lists.
package struct ListedOutputs: Decodable, Sendable {
  package struct Case: Decodable, Sendable {
    package let name: String
    package let outputs: [Output]
  }

  package struct Output: Decodable, Sendable {
    /// The path below the folder of the run.
    package let file: String
    /// Nil if there was nothing to write, as ``sha256``.
    package let bytes: Int?
    package let sha256: String?
  }

  package let cases: [Case]
  /// Whether the run was one over a data set.
  package let isBatch: Bool

  private enum CodingKeys: CodingKey { case cases, dataSet }
  private struct DataSet: Decodable {}

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    cases = try container.decode([Case].self, forKey: .cases)
    isBatch = try container.decodeIfPresent(DataSet.self, forKey: .dataSet) != nil
  }

  /// Reads `run.json` in a folder.
  ///
  /// - Throws: `Diagnostic` if there is none, or one of a newer program, or the file is no account of a run.
  package init(in folder: String) throws(Diagnostic) { self = try RunAccount.read(in: folder) }
}
