public import Errors

extension Diagnostic.Code {
  /// A connection that does not fit the ports of its stage: a mistake of the code that builds the graph. What a
  /// pipeline file can get wrong is found before, with its file and line.
  public static let graphMismatch = Self("graph-mismatch")
  /// A case whose values do not match the sources of the graph: a mistake of the code that submits it. A case that
  /// fails for its data fails in a stage, and is a ``StageFailure``.
  public static let caseMismatch = Self("case-mismatch")
}

extension Diagnostic {
  /// - Parameter subject: the case, or what is planned.
  static func missing(source: String, of subject: String) -> Diagnostic {
    Diagnostic(
      .caseMismatch, subject, field: "source \(source)", expected: "a value", found: "none",
      remedy: "give the case one")
  }

  /// - Parameter sources: the names that the graph has.
  static func unknown(source: String, of subject: String, among sources: [String]) -> Diagnostic {
    Diagnostic(
      .caseMismatch, subject, field: "source \(source)", expected: "a source of the graph",
      found: "none of this name",
      remedy: nearestName(to: source, among: sources).map { "did you mean \($0)?" } ?? "remove it")
  }
}
