extension Diagnostic {
  /// Any error as a diagnostic: one that is a diagnostic stays as it is, of several the first counts, and
  /// what this program did not expect gets the code ``Code/unexpected``.
  public init(_ error: any Error) {
    switch error {
    case let diagnostic as Diagnostic: self = diagnostic
    case let several as Diagnostics: self = several.all[0]
    default:
      self.init(
        .unexpected, field: "error", expected: "none", found: "\(error)",
        remedy: "report this as a bug, with the input")
    }
  }
}
