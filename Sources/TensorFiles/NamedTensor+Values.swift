public import Errors

extension NamedTensor {
  /// The elements as numbers, in memory order.
  ///
  /// Exact for F16, BF16 and F32; F64 is rounded to nearest, ties to even.
  ///
  /// - Throws: `Diagnostic` where the elements are integers or truth values.
  /// - Complexity: O(*n*), 4 bytes an element.
  public func floats() throws(Diagnostic) -> [Float] {
    guard type.isFloatingPoint else {
      throw Diagnostic(
        .unexpectedTensor, field: "tensor \(quoted(name))", expected: "F16, BF16, F32 or F64",
        found: type.rawValue, remedy: "convert the tensor before saving it")
    }
    // An array of no capacity is shared by all threads, and its count must not be written.
    guard count > 0 else { return [] }
    return [Float](unsafeUninitializedCapacity: count) { floats, initialized in
      bytes.withUnsafeBytes { raw in
        switch type {
        case .float16: convert(raw, into: floats) { floatFromBinary16(UInt16(littleEndian: $0)) }
        case .bfloat16: convert(raw, into: floats) { floatFromBFloat16(UInt16(littleEndian: $0)) }
        case .float64:
          convert(raw, into: floats) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
        default: convert(raw, into: floats) { Float(bitPattern: UInt32(littleEndian: $0)) }
        }
      }
      initialized = count
    }
  }

  /// The one element of a scalar integer, such as `num_batches_tracked`.
  ///
  /// - Throws: `Diagnostic` where there are more elements or the type is no integer.
  public func int64() throws(Diagnostic) -> Int64 {
    func unexpected(_ found: String) -> Diagnostic {
      Diagnostic(
        .unexpectedTensor, field: "tensor \(quoted(name))", expected: "one integer", found: found,
        remedy: "convert the tensor before saving it")
    }
    guard count == 1 else { throw unexpected("the shape \(shape)") }
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch type {
    case .bool, .uint8, .uint16, .uint32: return Int64(bits)
    case .int8: return Int64(Int8(truncatingIfNeeded: bits))
    case .int16: return Int64(Int16(truncatingIfNeeded: bits))
    case .int32: return Int64(Int32(truncatingIfNeeded: bits))
    case .int64: return Int64(bitPattern: bits)
    case .uint64:
      guard let value = Int64(exactly: bits) else { throw unexpected("\(bits)") }
      return value
    case .float16, .bfloat16, .float32, .float64: throw unexpected(type.rawValue)
    }
  }

  /// A tensor of numbers, rounded to nearest, ties to even, where `type` is shorter.
  ///
  /// - Parameters:
  ///   - shape: the length of every axis, the slowest first; its product is `floats.count`.
  ///   - type: a floating-point type.
  /// - Throws: `Diagnostic` where a finite number would become infinite.
  /// - Complexity: O(*n*).
  public init(
    name: String, shape: [Int], floats: [Float], as type: TensorType = .float32
  ) throws(Diagnostic) {
    precondition(type.isFloatingPoint, "numbers are stored in a floating-point type")
    if let largest = type.smallestOverflow, Self.reaches(largest, floats),
      let wrong = floats.first(where: { $0.isFinite && $0.magnitude >= largest })
    {
      throw Diagnostic(
        .notRepresentable, field: "tensor \(quoted(name))",
        expected: "numbers below \(largest) in magnitude, as \(type.rawValue) holds",
        found: "\(wrong)", remedy: "write the tensor as F32")
    }
    guard !floats.isEmpty else {
      self.init(name: name, type: type, shape: shape, bytes: [])
      return
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: floats.count * type.byteCount) {
      buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      switch type {
      case .float16: store(floats, into: raw) { binary16($0).littleEndian }
      case .bfloat16: store(floats, into: raw) { bfloat16($0).littleEndian }
      case .float64: store(floats, into: raw) { Double($0).bitPattern.littleEndian }
      default: store(floats, into: raw) { $0.bitPattern.littleEndian }
      }
      initialized = raw.count
    }
    self.init(name: name, type: type, shape: shape, bytes: bytes)
  }

  /// Whether a finite number has this magnitude or more; one branchless pass, since nearly never.
  private static func reaches(_ limit: Float, _ floats: [Float]) -> Bool {
    let span = Float.infinity.bitPattern - limit.bitPattern
    var found: UInt32 = 0
    for float in floats {
      found |= (float.bitPattern & 0x7fff_ffff) &- limit.bitPattern < span ? 1 : 0
    }
    return found != 0
  }

  /// A 64-bit integer as a tensor of shape `[]`.
  public init(name: String, int64: Int64) {
    let bits = UInt64(bitPattern: int64)
    self.init(
      name: name, type: .int64, shape: [],
      bytes: (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) })
  }
}

extension TensorType {
  /// The smallest number that rounds to infinity in this type, nil where no Float does.
  fileprivate var smallestOverflow: Float? {
    switch self {
    case .float16: 65520
    case .bfloat16: Float(bitPattern: 0x7f7f_8000)
    default: nil
    }
  }
}

@inline(__always)
private func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
  _ raw: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>,
  _ value: (Bits) -> Float
) {
  let size = MemoryLayout<Bits>.size
  let count = raw.count / size
  guard count > 0, let from = raw.baseAddress, let to = floats.baseAddress else { return }
  for i in 0..<count {
    (to + i).initialize(to: value(from.loadUnaligned(fromByteOffset: i &* size, as: Bits.self)))
  }
}

@inline(__always)
private func store<Bits: FixedWidthInteger & BitwiseCopyable>(
  _ floats: [Float], into raw: UnsafeMutableRawBufferPointer, _ bits: (Float) -> Bits
) {
  let size = MemoryLayout<Bits>.size
  floats.withUnsafeBufferPointer { floats in
    guard let from = floats.baseAddress, let to = raw.baseAddress else { return }
    for i in 0..<floats.count {
      to.storeBytes(of: bits(from[i]), toByteOffset: i &* size, as: Bits.self)
    }
  }
}
