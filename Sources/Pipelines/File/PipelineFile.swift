public import Errors

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
  /// The pipeline's name.
  public var name: String
  /// What the pipeline does, for readers.
  public var summary: String?
  /// The parameters that `--set` can change, with their standard values.
  public var parameters: [Entry<Scalar>] = []
  /// The stages, in the order of the file.
  public var stages: [Entry<StageEntry>] = []
  /// File names and the stages whose values they take.
  public var outputs: [Entry<Scalar>] = []
  /// Mistakes of form that were found on reading; ``Pipeline`` tells them with all others.
  public var mistakes: [Diagnostic] = []
  /// The names of all stages, of those too whose form is wrong.
  public var stageNames: [String] = []

  /// A key of a mapping with what stands behind it.
  public struct Entry<Value> {
    /// The key.
    public var key: String
    /// Where the key stands.
    public var place: Place
    /// What stands behind it.
    public var value: Value
  }

  /// One text, or a list of texts; types come from declarations, not from YAML.
  public struct Scalar: Sendable {
    /// The text, or the elements of the list.
    public var texts: [String]
    /// Whether it was written as a list.
    public var isList: Bool
    /// Where it stands.
    public var place: Place

    /// The text as errors quote it.
    public var quoted: String {
      isList ? "[\(texts.joined(separator: ", "))]" : texts[0].isEmpty ? "nothing" : texts[0]
    }
  }

  /// One stage: its kind, and everything else that it was given.
  public struct StageEntry: Sendable {
    /// The stage's kind, such as `binarize`.
    public var kind: Scalar
    /// Ports and parameters.
    public var arguments: [Entry<Scalar>]
  }
}

extension PipelineFile.Entry: Sendable where Value: Sendable {}
