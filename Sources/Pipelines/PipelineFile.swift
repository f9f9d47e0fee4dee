public import Errors
public import Settings

/// A pipeline file as written: names and texts with their places, not resolved yet.
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

  /// The path, for errors.
  public var path: String
  /// SHA-256 of the bytes that were read, as hexadecimal digits.
  public var sha256 = ""
  public var name: String
  /// What the pipeline does, in words.
  public var summary: String?
  /// The parameters that `--set` can change, with their default values.
  public var parameters: [SettingsEntry<SettingsText>] = []
  /// The stages, in the order of the file.
  public var stages: [SettingsEntry<StageEntry>] = []
  /// File names, and the stages whose values are written.
  public var outputs: [SettingsEntry<SettingsText>] = []
  /// What is scored if there is a truth: `{of: implant, against: defective}`.
  public var score: [SettingsEntry<SettingsText>] = []
  /// Mistakes of form that were found while reading; ``Pipeline`` reports them with all others.
  public var mistakes: [Diagnostic] = []
  /// The names of all stages, also of those whose form is wrong.
  public var stageNames: [String] = []

  /// One stage: its kind, ports and parameters.
  public struct StageEntry: Sendable {
    /// The kind, such as `binarize`.
    public var kind: SettingsText
    /// Ports and parameters.
    public var arguments: [SettingsEntry<SettingsText>]
  }
}
