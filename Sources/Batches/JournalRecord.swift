import Accounts
import Completion
import Files
import Implants
import Recognition

/// The record of a completed case in the journal of a folder.
struct JournalRecord: Codable, Sendable {
  /// A file that was written, and the value in it.
  struct Output: Codable, Sendable {
    /// The path below the folder of the run.
    var file: String
    var key: String
    /// Size and SHA-256; nil if there was nothing to write.
    var bytes: Int?
    var sha256: String?
    /// The stamp of the file after it was written; nil if there is none.
    var stamp: FileStamp?
    var measurements: OutputMeasurements
  }

  /// The case: the path below the folder of defective skulls, without ending.
  var name: String
  /// The pipeline, see ``BatchPipeline/identity``.
  var pipeline: String
  /// The keys of the values of stages, by their names.
  var keys: [String: String]
  /// The keys of the sources, by their names.
  var sources: [String: String]
  /// The files read, each with its bytes and SHA-256.
  var inputs: [FileRecord]
  var outputs: [Output]
  var score: ScoreRecord?
  /// What the scan was taken for; nil where an earlier version wrote the record.
  var reading: ScanReading?
  /// What the completion found in the skull.
  var findings: CompletionFindings?
  /// What the gate found of the part.
  var gate: GateReport?
  /// What was measured of the implant.
  var measures: ImplantMeasures?
  /// Warnings about the case, by the stage that gave them.
  var warnings: [String: [String]]
}
