/// The input values of a stage, in the order of its ports: `Inputs<Mask, Mask>`.
public struct Inputs<each Value: StageValue>: StageInputs {
  /// The values: a plain value for one input, a tuple for several.
  public let values: (repeat each Value)

  public init(_ values: repeat each Value) { self.values = (repeat each values) }

  /// Hands over the values. If nobody else holds them, the caller can change them in place.
  public consuming func take() -> (repeat each Value) { values }

  /// The types of the values, in order.
  public static var types: [any StageValue.Type] {
    var types: [any StageValue.Type] = []
    repeat types.append((each Value).self)
    return types
  }

  /// Casts erased values back to their types. This is the only place that does, and it relies on
  /// the graph having checked every edge.
  public init(erased: consuming [any StageValue]) {
    var position = 0
    func next<V: StageValue>(_ type: V.Type) -> V {
      defer { position += 1 }
      guard let value = erased[position] as? V else {
        preconditionFailure("an edge of the graph was not checked")
      }
      return value
    }
    values = (repeat next((each Value).self))
  }
}

/// The requirements that ``Inputs`` meets for any number of values; nothing else conforms.
public protocol StageInputs: Sendable {
  /// The types of the values, in order.
  static var types: [any StageValue.Type] { get }
  /// Casts erased values back to their types; traps if one has another type.
  init(erased: consuming [any StageValue])
}
