/// A number type that a voxel can have: the ten scalar types that NRRD and NIfTI share.
public protocol VoxelScalar: BitwiseCopyable, Comparable, Numeric, Sendable {
  /// The type's name at run time.
  static var scalarType: ScalarType { get }
  /// The value as a double; exact but for 64-bit integers beyond 2⁵³.
  var doubleValue: Double { get }
  /// The nearest representable value: rounds half to even, clamps to the range, NaN becomes 0 in
  /// integer types.
  init(nearest value: Double)
}

extension VoxelScalar where Self: FixedWidthInteger {
  /// The value as a double; exact but for 64-bit integers beyond 2⁵³.
  @inlinable public var doubleValue: Double { Double(self) }

  /// The nearest integer: rounds half to even, clamps to the range, NaN becomes 0.
  @inlinable
  public init(nearest value: Double) {
    let rounded = value.rounded(.toNearestOrEven)
    if let exact = Self(exactly: rounded) {
      self = exact
    } else {
      self = rounded.isNaN ? 0 : (rounded < 0 ? .min : .max)
    }
  }
}

extension VoxelScalar where Self: BinaryFloatingPoint {
  /// The value as a double, exact.
  @inlinable public var doubleValue: Double { Double(self) }
  /// The nearest representable number; NaN stays NaN.
  @inlinable public init(nearest value: Double) { self = Self(value) }
}

extension Int8: VoxelScalar {
  public static var scalarType: ScalarType { .int8 }
}
extension UInt8: VoxelScalar {
  public static var scalarType: ScalarType { .uint8 }
}
extension Int16: VoxelScalar {
  public static var scalarType: ScalarType { .int16 }
}
extension UInt16: VoxelScalar {
  public static var scalarType: ScalarType { .uint16 }
}
extension Int32: VoxelScalar {
  public static var scalarType: ScalarType { .int32 }
}
extension UInt32: VoxelScalar {
  public static var scalarType: ScalarType { .uint32 }
}
extension Int64: VoxelScalar {
  public static var scalarType: ScalarType { .int64 }
}
extension UInt64: VoxelScalar {
  public static var scalarType: ScalarType { .uint64 }
}
extension Float: VoxelScalar {
  public static var scalarType: ScalarType { .float }
}
extension Double: VoxelScalar {
  public static var scalarType: ScalarType { .double }
}
