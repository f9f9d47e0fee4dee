/// A stage whose value is worth storing, because making it takes longer than reading it again.
///
/// What is stored must bring back the very value: whoever continues from it makes the same bytes as
/// who made it anew.
public protocol StoringStage: Stage {
  /// The value as bytes.
  func stored(_ value: Output) throws -> [UInt8]

  /// The value of bytes that ``stored(_:)`` made; other bytes, such as damaged ones, are refused.
  ///
  /// - Throws: where the bytes are not what a value was stored as.
  func restored(_ bytes: [UInt8]) throws -> Output

  /// The most bytes that a value of this extent is stored as.
  func storedBytes(of value: Extent) -> Int
}

/// How the value of a stage is stored, its type erased.
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

  /// The value as bytes.
  public func stored(_ value: any StageValue) throws -> [UInt8] { try storeErased(value) }

  /// The value of such bytes.
  ///
  /// - Throws: where they are not what a value was stored as.
  public func restored(_ bytes: [UInt8]) throws -> any StageValue { try restoreErased(bytes) }

  /// The most bytes that a value of this extent is stored as.
  public func storedBytes(of value: Extent) -> Int { bytesOfExtent(value) }
}
