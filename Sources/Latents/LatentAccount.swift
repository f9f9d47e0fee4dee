import Accounts
import BetaVAE
public import Completion
public import Skulls
import Files
import Foundation

/// `latents.json`: which model encoded what, and the moments of each class.
public struct LatentAccount: Encodable, Sendable {
  /// The version of this form; a reader that meets a newer one must refuse it.
  public static let formatVersion = 1

  public var formatVersion = LatentAccount.formatVersion
  public var model: ModelRecord
  /// How scans were laid into the network's field of view.
  public var framing: String
  /// Names and classes of the cases, in the order of the table's rows.
  public var cases: [CaseRecord]
  public var classes: [ClassRecord]
  /// The volumes that could not be encoded, one sentence each.
  public var failures: [String]

  public struct ModelRecord: Encodable, Sendable {
    public var path: String
    /// SHA-256 of the model file's bytes.
    public var sha256: String
    /// SHA-256 of its encoder, whatever its decoder and classes; null for models of other kinds.
    public var encoderSHA256: String?
    public var kind: String
    public var latentSize: Int
    /// What stands for a shape.
    public var latentMode: String
  }

  public struct CaseRecord: Encodable, Sendable {
    public var name: String
    /// Its class; null where it has none.
    public var className: String?
    private enum CodingKeys: String, CodingKey {
      case name = "case"
      case className = "class"
    }
  }

  /// The moments of the aggregate posterior of a class, one number a dimension.
  public struct ClassRecord: Encodable, Sendable {
    public var name: String
    public var count: Int
    /// The mean of the latents, in the model's latent mode.
    public var centroid: [Float]
    /// The variance of the latents.
    public var variance: [Float]
    /// The mean of the posteriors' variances σ².
    public var posteriorVariance: [Float]
    /// The variance of the aggregate posterior: the sum of the two.
    public var aggregateVariance: [Float]
  }

  public init(_ outcome: FolderEncoding.Outcome, model: LoadedLatentModel, rule: FramingRule) throws
  {
    self.model = ModelRecord(
      path: model.path, sha256: model.sha256,
      encoderSHA256: (model.model as? BetaVAEModel)?.network.encoderSHA256, kind: model.identifier,
      latentSize: model.model.latentSize, latentMode: model.model.latentMode.rawValue)
    framing = rule.rawValue
    cases = outcome.table.rows.map {
      CaseRecord(name: $0.name, className: $0.className.isEmpty ? nil : $0.className)
    }
    classes = try outcome.table.classes(mode: model.model.latentMode).map { known in
      ClassRecord(
        name: known.name, count: known.count, centroid: known.centroid, variance: known.variance,
        posteriorVariance: known.posteriorVariance,
        aggregateVariance: zip(known.variance, known.posteriorVariance).map { $0 + $1 })
    }
    failures = outcome.failures.map(\.error)
  }

  /// Writes table, account and array into a folder, which is made where it is missing.
  ///
  /// - Returns: the files.
  /// - Throws: `Diagnostic` where one cannot be written.
  public func write(_ table: LatentTable, into folder: String) throws -> [String] {
    try Folders.make(folder)
    let files = [LatentTable.fileName, "latents.npy", "latents.json"].map { "\(folder)/\($0)" }
    try AtomicFile.write(Array(table.csv.utf8), to: files[0])
    try table.writeNPY(to: files[1])
    try JSONFile.write(self, to: files[2])
    return files
  }
}
