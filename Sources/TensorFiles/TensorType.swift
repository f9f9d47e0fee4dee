/// The type of a tensor's elements; raw values are the names that safetensors gives them.
public enum TensorType: String, Hashable, Sendable, CaseIterable {
  /// A byte that is 0 or 1.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case uint8 = "U8"
  case int8 = "I8"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  case int16 = "I16"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  case int32 = "I32"
  /// An unsigned integer of 64 bits.
  case uint64 = "U64"
  case int64 = "I64"
  /// IEEE 754 binary16: half precision, 11 significant bits.
  case float16 = "F16"
  /// The upper half of a binary32.
  case bfloat16 = "BF16"
  /// IEEE 754 binary32: single precision, `Float`.
  case float32 = "F32"
  /// IEEE 754 binary64: double precision, `Double`.
  case float64 = "F64"

  /// Bytes of an element: 1, 2, 4 or 8.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Bytes of a tensor of this shape, nil where the number overflows.
  static func byteCount(of shape: [Int], _ type: TensorType) -> Int? {
    var count = type.byteCount
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || size < 0 { return nil }
      count = product
    }
    return count
  }
}
