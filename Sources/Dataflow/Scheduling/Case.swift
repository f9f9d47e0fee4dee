/// One case of a batch: a name, and a value for every source of the graph.
public struct Case: Sendable {
  /// The name used in the account, in errors and for output folders.
  public let name: String
  let named: [String: any StageValue]
  let placed: [(node: NodeID, value: any StageValue)]

  /// A case with values by the name of their source.
  ///
  /// Names and types are checked when the batch starts; see ``CaseError``.
  public init(_ name: String, _ values: [String: any StageValue]) {
    (self.name, named, placed) = (name, values, [])
  }

  /// A case with values by port; a value of the wrong type does not compile.
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

/// A case whose values do not match the sources of the graph, thrown before any stage of the case runs.
///
/// It is a mistake of the code that submits cases. A case that fails for its data fails in a stage, and
/// is a ``StageFailure``.
public struct CaseError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Problem: Hashable, Sendable {
    /// The case has no value for the source.
    case missing
    /// The graph has no source of this name; `nearest` is the most similar name that it has.
    case unknown(nearest: String?)
    /// The value has another type.
    case wrongKind(expected: String, found: String)
  }

  public let caseName: String
  public let source: String
  public let problem: Problem

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
