/// The voxel types known at run time; the raw value is the name that reports and options use.
public enum ScalarType: String, CaseIterable, Codable, Sendable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double

  /// Bytes of one voxel: 1, 2, 4 or 8.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    }
  }

  /// The Swift type, for opening to a generic function.
  public var swiftType: any VoxelScalar.Type {
    switch self {
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .int16: Int16.self
    case .uint16: UInt16.self
    case .int32: Int32.self
    case .uint32: UInt32.self
    case .int64: Int64.self
    case .uint64: UInt64.self
    case .float: Float.self
    case .double: Double.self
    }
  }
}
