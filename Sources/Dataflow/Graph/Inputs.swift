/// The input values of a stage, in the order of its ports: `Inputs<Mask, Mask>`.
public struct Inputs<each Value: StageValue>: StageInputs {
  /// The values; one value stands alone, several form a tuple.
  public let values: (repeat each Value)

  /// The inputs of a stage.
  public init(_ values: repeat each Value) { self.values = (repeat each values) }

  /// Gives the values away: with nobody else holding them, they can be changed in place.
  public consuming func take() -> (repeat each Value) { values }

  /// The types of the values, in order.
  public static var types: [any StageValue.Type] {
    var types: [any StageValue.Type] = []
    repeat types.append((each Value).self)
    return types
  }

  /// The one place where erased values get their types back; the graph has checked every edge.
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

/// What every ``Inputs`` has in common; only it conforms.
public protocol StageInputs: Sendable {
  /// The types of the values, in order.
  static var types: [any StageValue.Type] { get }
  /// Gives erased values their types back.
  init(erased: consuming [any StageValue])
}
