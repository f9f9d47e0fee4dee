/// What the value of a stage depends on, apart from its inputs.
///
/// Stages with equal recipes and equal inputs make equal values, regardless of file names and
/// times. Cache keys are computed from it.
public struct StageRecipe: Hashable, Sendable {
  /// The kind of the stage, see ``Stage/kind``.
  public let kind: String
  /// The version of the stage, see ``Stage/version``.
  public let version: Int
  /// The parameters by name, in their canonical spelling. For a parameter that names a file, the
  /// digest of its bytes instead of the path.
  public let parameters: [String: String]

  public init(kind: String, version: Int, parameters: [String: String]) {
    (self.kind, self.version, self.parameters) = (kind, version, parameters)
  }
}
