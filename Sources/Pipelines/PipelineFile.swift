public import Errors
public import Settings

/// A pipeline file as it is written: names and texts with their places, nothing resolved yet.
///
/// ```yaml
/// version: 1
/// pipeline: implant-mirror
/// parameters: {threshold: 226}
/// stages:
///   skull: {stage: load, of: $case}
///   bone:  {stage: bone, of: skull, threshold: $threshold}
/// outputs: {bone.nrrd: bone}
/// ```
public struct PipelineFile: Sendable {
  /// The format version that this program writes and reads.
  public static let version = 1

  /// The path, as errors name it.
  public var path: String
  /// SHA-256 of the bytes that were read, as hexadecimal digits.
  public var sha256 = ""
  /// The pipeline's name.
  public var name: String
  /// What the pipeline does, for readers.
  public var summary: String?
  /// The parameters that `--set` can change, with their standard values.
  public var parameters: [SettingsEntry<SettingsText>] = []
  /// The stages, in the order of the file.
  public var stages: [SettingsEntry<StageEntry>] = []
  /// File names and the stages whose values they take.
  public var outputs: [SettingsEntry<SettingsText>] = []
  /// What is scored where there is a truth, by the names of the ports: `{of: implant, against: defective}`.
  public var score: [SettingsEntry<SettingsText>] = []
  /// Mistakes of form that were found on reading; ``Pipeline`` tells them with all others.
  public var mistakes: [Diagnostic] = []
  /// The names of all stages, of those too whose form is wrong.
  public var stageNames: [String] = []

  /// One stage: its kind, and everything else that it was given.
  public struct StageEntry: Sendable {
    /// The stage's kind, such as `binarize`.
    public var kind: SettingsText
    /// Ports and parameters.
    public var arguments: [SettingsEntry<SettingsText>]
  }
}
