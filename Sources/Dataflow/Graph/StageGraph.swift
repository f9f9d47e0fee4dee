public import Errors

/// Identifies a node within its graph.
public struct NodeID: Hashable, Sendable, Comparable {
  /// The index in ``StageGraph/nodes``.
  public let index: Int
  /// Compares by index, which is a topological order.
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// The output of a node, with the type of its value known at compile time.
public struct Port<Value: StageValue>: Sendable {
  /// The node whose output this is.
  public let node: NodeID
}

/// A directed acyclic graph of stages.
///
/// A node can only refer to nodes that were added before it, so `nodes` is in topological order and
/// the graph has no cycles. An edge of the wrong type does not compile where types are static
/// (``add(_:named:to:)``) and throws where they are erased (``add(erased:named:to:)``).
public struct StageGraph: Sendable {
  /// A stage, or a value that every case provides, with its inputs.
  public struct Node: Sendable {
    /// The name of the node, such as `defective`; often not that of its stage.
    public let name: String
    public let role: Role
    /// The nodes whose outputs are the inputs, in the order of the ports.
    public let inputs: [NodeID]

    /// The type of the node's value.
    public var output: any StageValue.Type {
      switch role {
      case .source(let type): type
      case .stage(let stage): stage.output
      }
    }
  }

  /// Where the value of a node comes from.
  public enum Role: Sendable {
    /// Every case provides a value of this type.
    case source(any StageValue.Type)
    /// A stage computes the value.
    case stage(AnyStage)
  }

  /// The nodes in topological order.
  public private(set) var nodes: [Node] = []
  /// The identifiers of ``nodes``, in order.
  public var ids: [NodeID] { nodes.indices.map { NodeID(index: $0) } }
  /// The values that a ``CaseResult`` returns, by name.
  public private(set) var outputs: [(name: String, node: NodeID)] = []

  public init() {}

  /// Adds a value that every case provides.
  public mutating func source<Value: StageValue>(_ name: String, of type: Value.Type)
    -> Port<Value>
  {
    Port(node: append(Node(name: name, role: .source(type), inputs: [])))
  }

  /// Adds a stage and connects its inputs; ports of other types do not compile.
  public mutating func add<S: Stage, each Value: StageValue>(
    _ stage: S, named name: String = S.kind, to inputs: repeat Port<each Value>
  ) -> Port<S.Output> where S.Input == Inputs<repeat each Value> {
    var ids: [NodeID] = []
    repeat ids.append((each inputs).node)
    return Port(node: append(Node(name: name, role: .stage(AnyStage(stage)), inputs: ids)))
  }

  /// Keeps the value of a port until the case ends and returns it under this name.
  public mutating func keep<Value: StageValue>(_ port: Port<Value>, as name: String) {
    outputs.append((name, port.node))
  }

  /// The stages that the value of a node is made by, in order, its own among them.
  public func stages(before node: NodeID) -> [AnyStage] {
    var needed: Set<Int> = [node.index]
    for index in nodes.indices.reversed() where needed.contains(index) {
      needed.formUnion(nodes[index].inputs.map(\.index))
    }
    return needed.sorted().compactMap { index in
      if case .stage(let stage) = nodes[index].role { stage } else { nil }
    }
  }

  /// Prepares what all cases share: calls ``Stage/prepare()`` of every stage, in order.
  ///
  /// - Returns: the notes of all stages, without duplicates.
  /// - Throws: the error of the first stage that fails.
  public func prepare() throws -> [Note] {
    var notes: [Note] = []
    for node in nodes {
      guard case .stage(let stage) = node.role else { continue }
      for note in try stage.prepare() where !notes.contains(note) { notes.append(note) }
    }
    return notes
  }

  /// Lets every stage check what is known of its inputs before the first case. Call it after
  /// ``prepare()``.
  ///
  /// - Throws: ``ForeseenFailure`` for the first stage at which every case would fail.
  public func foresee() throws(ForeseenFailure) {
    var known: [(any Sendable)?] = []
    for node in nodes {
      guard case .stage(let stage) = node.role else {
        known.append(nil)
        continue
      }
      do { known.append(try stage.foresee(behind: node.inputs.map { known[$0.index] })) } catch {
        throw ForeseenFailure(stage: node.name, underlying: error)
      }
    }
  }

  // MARK: Types known only at run time

  /// Adds a stage whose types are known only at run time.
  ///
  /// - Throws: `Diagnostic` if the number of inputs or the type of one is wrong.
  public mutating func add(
    erased stage: AnyStage, named name: String, to inputs: [NodeID]
  ) throws(Diagnostic) -> NodeID {
    guard inputs.count == stage.ports.count else {
      throw Diagnostic(
        .graphMismatch, field: "stage \(name)",
        expected: counted(stage.ports.count, "input"), found: "\(inputs.count)",
        remedy: "connect each of its ports")
    }
    for (port, input) in zip(stage.ports, inputs) where nodes[input.index].output != port.type {
      throw Diagnostic(
        .graphMismatch, field: "stage \(name), \(port.name)", expected: "a \(port.type.kind)",
        found: "a \(nodes[input.index].output.kind) from \(nodes[input.index].name)",
        remedy: "connect a stage that makes a \(port.type.kind)")
    }
    return append(Node(name: name, role: .stage(stage), inputs: inputs))
  }

  /// Adds a value that every case provides, of a type known only at run time.
  public mutating func source(_ name: String, erased type: any StageValue.Type) -> NodeID {
    append(Node(name: name, role: .source(type), inputs: []))
  }

  /// Keeps the value of a node until the case ends and returns it under this name.
  public mutating func keep(node: NodeID, as name: String) { outputs.append((name, node)) }

  /// Appends a node. A second node of the same name is called `name-2`, so that records can tell
  /// them apart.
  private mutating func append(_ node: Node) -> NodeID {
    let names = Set(nodes.lazy.map(\.name))
    var name = node.name
    var number = 1
    while names.contains(name) {
      number += 1
      name = "\(node.name)-\(number)"
    }
    nodes.append(Node(name: name, role: node.role, inputs: node.inputs))
    return NodeID(index: nodes.count - 1)
  }
}
