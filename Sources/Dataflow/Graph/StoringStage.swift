/// A stage whose value is worth caching because computing it takes longer than reading it back.
///
/// A stored value must be restored exactly: a run that continues from it makes the same bytes as
/// one that computes it.
public protocol StoringStage: Stage {
  func stored(_ value: Output) throws -> [UInt8]

  /// Decodes bytes that ``stored(_:)`` made.
  ///
  /// - Throws: an error if the bytes are anything else, such as damaged.
  func restored(_ bytes: [UInt8]) throws -> Output

  /// An upper bound of the encoded size in bytes of a value of this extent.
  func storedBytes(of value: Extent) -> Int
}

/// Encodes and decodes the values of a ``StoringStage``, with the type erased.
public struct ValueStorage: Sendable {
  private let storeErased: @Sendable (any StageValue) throws -> [UInt8]
  private let restoreErased: @Sendable ([UInt8]) throws -> any StageValue
  private let bytesOfExtent: @Sendable (Extent) -> Int

  init<S: StoringStage>(_ stage: S) {
    storeErased = { value in
      guard let value = value as? S.Output else {
        preconditionFailure("\(S.kind) made a value of another type")
      }
      return try stage.stored(value)
    }
    restoreErased = { try stage.restored($0) }
    bytesOfExtent = { stage.storedBytes(of: $0) }
  }

  public func stored(_ value: any StageValue) throws -> [UInt8] { try storeErased(value) }

  /// Decodes bytes that ``stored(_:)`` made.
  ///
  /// - Throws: an error if the bytes are anything else, such as damaged.
  public func restored(_ bytes: [UInt8]) throws -> any StageValue { try restoreErased(bytes) }

  /// An upper bound of the encoded size in bytes of a value of this extent.
  public func storedBytes(of value: Extent) -> Int { bytesOfExtent(value) }
}
