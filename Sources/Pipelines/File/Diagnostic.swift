/// One mistake in a pipeline file or in a parameter given on the command line.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  /// The file, or the option that the value came from, such as `--set`.
  public var file: String
  /// Where in the file, both counted from 1; nil where the mistake has no place.
  public var place: Place?
  /// What is wrong, such as `stages.implant.against`.
  public var field: String
  /// What was expected.
  public var expected: String
  /// What was found.
  public var found: String
  /// What to do, or empty.
  public var remedy: String

  /// `FILE:LINE:COL: FIELD: expected …, found …; what to do`.
  public var description: String {
    let position = place.map { ":\($0.line):\($0.column)" } ?? ""
    let todo = remedy.isEmpty ? "; correct it" : "; \(remedy)"
    return "\(file)\(position): \(field): expected \(expected), found \(found)\(todo)"
  }
}

/// A line and a column, both counted from 1.
public struct Place: Hashable, Sendable, Comparable {
  /// The line, from 1.
  public var line: Int
  /// The column in Unicode scalars, from 1.
  public var column: Int

  /// Places compare as they are read.
  public static func < (a: Place, b: Place) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

/// Every mistake that was found in a pipeline, in the order of the file.
public struct PipelineErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// The mistakes; at least one.
  public var diagnostics: [Diagnostic]

  /// The mistakes in the order of the file, those without a place last, each once: a wrong parameter
  /// of the pipeline is found by every stage that takes it.
  public init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.enumerated().sorted { a, b in
      let last = Place(line: .max, column: .max)
      return (a.element.place ?? last, a.offset) < (b.element.place ?? last, b.offset)
    }.map(\.element).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// One line a mistake.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
