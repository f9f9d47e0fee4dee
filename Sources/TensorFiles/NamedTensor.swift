/// A tensor as files hold it: name, type, shape and bytes.
///
/// *Shape and memory order*: row-major, the last axis fastest, without gaps; elements
/// little-endian. A scalar has the shape `[]`.
public struct NamedTensor: Hashable, Sendable {
  /// Most axes of a tensor in files, as in NumPy and PyTorch.
  static let mostAxes = 64

  /// The name, unique in an archive.
  public let name: String
  public let type: TensorType
  /// The length of every axis, the slowest first.
  public let shape: [Int]
  /// The elements, row-major and little-endian.
  public let bytes: [UInt8]

  /// A tensor of bytes that fit its shape and type.
  ///
  /// - Precondition: `bytes.count` is the product of `shape` times the bytes of an element.
  public init(name: String, type: TensorType, shape: [Int], bytes: [UInt8]) {
    precondition(
      TensorType.byteCount(of: shape, type) == bytes.count,
      "tensor \(name): \(bytes.count) bytes do not make \(shape) of \(type.rawValue)")
    (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
  }

  /// The number of elements: the product of `shape`.
  public var count: Int { bytes.count / type.byteCount }

  /// The same tensor under another name.
  public func renamed(_ name: String) -> NamedTensor {
    NamedTensor(name: name, type: type, shape: shape, bytes: bytes)
  }
}
