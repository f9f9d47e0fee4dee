/// The name of a node inside its graph.
public struct NodeID: Hashable, Sendable, Comparable {
  /// The node's place in ``StageGraph/nodes``.
  public let index: Int
  /// Nodes compare by their place, which is a topological order.
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// The output of a node, with the type of its value; the type exists at compile time only.
public struct Port<Value: StageValue>: Sendable {
  /// The node whose output this is.
  public let node: NodeID
}

/// A directed acyclic graph of stages.
///
/// Nodes are stored in topological order by construction: a node can only name ports that exist
/// already, so a cycle cannot be written. A wrong edge does not compile where the types are known
/// (``add(_:named:to:)``) and throws where they are not (``add(erased:named:to:)``).
public struct StageGraph: Sendable {
  /// A stage in its place.
  public struct Node: Sendable {
    /// The node's own name, such as `defective`; it need not be that of the stage.
    public let name: String
    /// What the node does: a stage, or nothing where the case brings the value.
    public let role: Role
    /// The nodes whose outputs the ports take, in the order of the ports.
    public let inputs: [NodeID]

    /// The type of the node's value.
    public var output: any StageValue.Type {
      switch role {
      case .source(let type): type
      case .stage(let stage): stage.output
      }
    }
  }

  /// What a node does.
  public enum Role: Sendable {
    /// The case brings a value of this type.
    case source(any StageValue.Type)
    /// A stage makes the value.
    case stage(AnyStage)
  }

  /// The nodes in topological order.
  public private(set) var nodes: [Node] = []
  /// The name of each node, in order.
  public var ids: [NodeID] { nodes.indices.map { NodeID(index: $0) } }
  /// The values that are kept for whoever runs the graph, by name.
  public private(set) var outputs: [(name: String, node: NodeID)] = []

  /// An empty graph.
  public init() {}

  /// A value that every case brings.
  public mutating func source<Value: StageValue>(_ name: String, of type: Value.Type)
    -> Port<Value>
  {
    Port(node: append(Node(name: name, role: .source(type), inputs: [])))
  }

  /// Adds a stage behind ports of the types that it takes; any other port does not compile.
  public mutating func add<S: Stage, each Value: StageValue>(
    _ stage: S, named name: String = S.kind, to inputs: repeat Port<each Value>
  ) -> Port<S.Output> where S.Input == Inputs<repeat each Value> {
    var ids: [NodeID] = []
    repeat ids.append((each inputs).node)
    return Port(node: append(Node(name: name, role: .stage(AnyStage(stage)), inputs: ids)))
  }

  /// Keeps the value of a port until the case ends, under a name.
  public mutating func keep<Value: StageValue>(_ port: Port<Value>, as name: String) {
    outputs.append((name, port.node))
  }

  /// Readies what all cases share, stage after stage.
  ///
  /// - Returns: what the stages say of it, each thing once.
  /// - Throws: what the first stage throws that cannot be readied.
  public func prepare() throws -> [Note] {
    var notes: [Note] = []
    for node in nodes {
      guard case .stage(let stage) = node.role else { continue }
      for note in try stage.prepare() where !notes.contains(note) { notes.append(note) }
    }
    return notes
  }

  /// Lets every stage look at what is known of its inputs before the first case; after ``prepare()``.
  ///
  /// - Throws: ``ForeseenFailure`` of the first stage at which every case would fail.
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

  // MARK: Types known at run time only

  /// Adds a stage whose types are known at run time only.
  ///
  /// - Throws: ``GraphError`` where the number of inputs or the type of one is wrong.
  public mutating func add(
    erased stage: AnyStage, named name: String, to inputs: [NodeID]
  ) throws(GraphError) -> NodeID {
    guard inputs.count == stage.ports.count else {
      throw .arity(node: name, expected: stage.ports.count, found: inputs.count)
    }
    for (port, input) in zip(stage.ports, inputs) where nodes[input.index].output != port.type {
      throw .typeMismatch(
        node: name, port: port.name, expected: port.type.kind,
        found: nodes[input.index].output.kind, from: nodes[input.index].name)
    }
    return append(Node(name: name, role: .stage(stage), inputs: inputs))
  }

  /// A value that every case brings, its type known at run time only.
  public mutating func source(_ name: String, erased type: any StageValue.Type) -> NodeID {
    append(Node(name: name, role: .source(type), inputs: []))
  }

  /// Keeps the value of a node until the case ends, under a name.
  public mutating func keep(node: NodeID, as name: String) { outputs.append((name, node)) }

  /// Two nodes of one name could not be told apart in a record: the second is called `name-2`.
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

/// An edge that does not fit: a mistake of the code that builds a graph.
///
/// What a pipeline file can get wrong is checked before, and is a `Diagnostic` with file and line.
public enum GraphError: Error, Equatable {
  case arity(node: String, expected: Int, found: Int)
  case typeMismatch(node: String, port: String, expected: String, found: String, from: String)
}
