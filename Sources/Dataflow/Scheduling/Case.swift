/// One case of a batch: a name and a value for every source of the graph.
public struct Case: Sendable {
  /// The name that records, errors and output folders use.
  public let name: String
  let named: [String: any StageValue]
  let placed: [(node: NodeID, value: any StageValue)]

  /// A case whose values go to the sources of these names.
  ///
  /// Names and types are checked when the batch starts; see ``CaseError``.
  public init(_ name: String, _ values: [String: any StageValue]) {
    (self.name, named, placed) = (name, values, [])
  }

  /// A case whose values go to these ports; a value of another type does not compile.
  ///
  /// `Case("A_0001", (path, ScanPath("A_0001.nrrd")))`
  public init<each Value: StageValue>(
    _ name: String, _ values: repeat (Port<each Value>, each Value)
  ) {
    var placed: [(node: NodeID, value: any StageValue)] = []
    for (port, value) in repeat each values { placed.append((port.node, value)) }
    (self.name, named, self.placed) = (name, [:], placed)
  }
}

/// A case that does not bring what the graph wants; no stage has run.
///
/// It is a mistake of the code that submits cases. A case that fails for its data fails in a stage, and
/// is a ``StageFailure``.
public struct CaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    /// A source has no value.
    case missing
    /// The graph has no source of this name; the nearest one that it has.
    case unknown(nearest: String?)
    /// The value is of another kind.
    case wrongKind(expected: String, found: String)
  }

  /// The case.
  public let caseName: String
  /// The name of the source.
  public let source: String
  /// What is wrong.
  public let problem: Problem

  /// The sentence that the user reads.
  public var description: String {
    let place = "case \(caseName): source \(source): "
    return switch problem {
    case .missing: place + "expected a value, found none; give the case one"
    case .unknown(let nearest):
      place + "expected a source of the graph, found none of this name; "
        + (nearest.map { "did you mean \($0)?" } ?? "remove it")
    case .wrongKind(let expected, let found):
      place + "expected a \(expected), found a \(found); give the case a \(expected)"
    }
  }
}
