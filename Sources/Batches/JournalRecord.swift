import Accounts
import Completion
import Files

/// What became of a case that was done to its end, as the journal of a folder has it.
struct JournalRecord: Codable, Sendable {
  /// A file that was written, and by which value.
  struct Output: Codable, Sendable {
    /// The path below the folder of the run.
    var file: String
    /// The key of what was written.
    var key: String
    /// Bytes and digest; nil where there was nothing to write.
    var bytes: Int?
    var sha256: String?
    /// The file as it was left; nil where there is none.
    var stamp: FileStamp?
    var measurements: OutputMeasurements
  }

  /// The case: the path below the folder of defective skulls, without ending.
  var name: String
  /// What the pipeline was, see ``BatchPipeline/identity``.
  var pipeline: String
  /// The key of each stage's value, by the stage's name.
  var keys: [String: String]
  /// The keys of what the case brought.
  var sources: [String: String]
  /// The files read, each with its bytes and SHA-256.
  var inputs: [FileRecord]
  var outputs: [Output]
  var score: ScoreRecord?
  /// What the completion found in the skull.
  var findings: CompletionFindings?
  /// What should be read about the case, by the stage that says it.
  var warnings: [String: [String]]
}
