/// Every mistake that was found at one time, such as in a pipeline file: users should not have to come
/// back for the second.
public struct Diagnostics: Error, Hashable, Sendable {
  /// The mistakes, at least one: in the order of the file, those without a place last, each once.
  public let all: [Diagnostic]

  /// Sorts the mistakes and drops repetitions: a wrong parameter of a pipeline is found by every stage
  /// that takes it.
  public init(_ diagnostics: [Diagnostic]) {
    precondition(!diagnostics.isEmpty, "an error without a diagnostic")
    all = diagnostics.enumerated().sorted { a, b in
      let last = Place(line: .max, column: .max)
      return (a.element.place ?? last, a.offset) < (b.element.place ?? last, b.offset)
    }.map(\.element).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  public init(_ diagnostic: Diagnostic) { all = [diagnostic] }
}

extension Diagnostics: CustomStringConvertible {
  /// One line a mistake.
  public var description: String { all.map(\.description).joined(separator: "\n") }
}
