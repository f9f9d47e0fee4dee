/// One case of a batch: a name, and a value for every source of the graph.
public struct Case: Sendable {
  /// The name used in the account, in errors and for output folders.
  public let name: String
  let named: [String: any StageValue]
  let placed: [(node: NodeID, value: any StageValue)]

  /// A case with values by the name of their source.
  ///
  /// Names and types are checked when the batch starts, see `Diagnostic.Code.caseMismatch`.
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
