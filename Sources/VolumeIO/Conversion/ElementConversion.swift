import Errors
import Volumes

/// Turns the numbers of a file into another type.
///
/// Numbers that become integers are rounded half to even. Whole numbers that become floats are
/// rounded to the nearest.
struct ElementConversion {
  /// The file, for errors.
  let path: String
  /// Whether a number that does not fit becomes the nearest that does; NaN becomes 0.
  let clamp: Bool

  /// Memory for so many numbers of another type, before those of `source` are read: what cannot be had is
  /// known then. Nil where there is nothing to convert.
  ///
  /// - Throws: `Diagnostic` where elements are not numbers, and where there is no memory.
  /// - Complexity: constant; pages are taken when they are written.
  func room(for count: Int, of source: ElementType, as target: ScalarType) throws -> ElementStorage?
  {
    guard let scalar = source.scalarType else {
      throw Diagnostic(
        .unsupported, path, field: "type", expected: "numbers to convert", found: source.name,
        remedy: "leave out --type")
    }
    if scalar == target { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: target.byteCount)
    guard !overflow, let storage = ElementStorage(byteCount: bytes) else {
      throw Diagnostic(
        .tooLarge, path, field: "type",
        expected: "memory for \(counted(count, "voxel")) of \(target.rawValue)",
        found: "not enough",
        remedy: "use a machine with more memory")
    }
    return storage
  }

  /// The same elements as another type, in the room that was made for them.
  ///
  /// - Throws: `Diagnostic` that names the first number that does not fit.
  func converted(
    _ elements: ElementBuffer, to target: ScalarType, in room: ElementStorage
  ) throws -> ElementBuffer {
    guard let source = elements.type.scalarType else {
      preconditionFailure("room is made for numbers only")
    }
    // Concrete on both sides: a loop that is generic in either takes many times as long.
    switch source {
    case .int8: return try integers(Int8.self, target, elements, room)
    case .uint8: return try integers(UInt8.self, target, elements, room)
    case .int16: return try integers(Int16.self, target, elements, room)
    case .uint16: return try integers(UInt16.self, target, elements, room)
    case .int32: return try integers(Int32.self, target, elements, room)
    case .uint32: return try integers(UInt32.self, target, elements, room)
    case .int64: return try integers(Int64.self, target, elements, room)
    case .uint64: return try integers(UInt64.self, target, elements, room)
    case .float: return try floats(Float.self, target, elements, room)
    case .double: return try floats(Double.self, target, elements, room)
    }
  }

  private func integers<Source: VoxelScalar & FixedWidthInteger>(
    _: Source.Type, _ target: ScalarType, _ elements: ElementBuffer, _ room: ElementStorage
  ) throws -> ElementBuffer {
    switch target {
    case .int8: try map(elements, room) { (value: Source) in Int8(exactly: value) }
    case .uint8: try map(elements, room) { (value: Source) in UInt8(exactly: value) }
    case .int16: try map(elements, room) { (value: Source) in Int16(exactly: value) }
    case .uint16: try map(elements, room) { (value: Source) in UInt16(exactly: value) }
    case .int32: try map(elements, room) { (value: Source) in Int32(exactly: value) }
    case .uint32: try map(elements, room) { (value: Source) in UInt32(exactly: value) }
    case .int64: try map(elements, room) { (value: Source) in Int64(exactly: value) }
    case .uint64: try map(elements, room) { (value: Source) in UInt64(exactly: value) }
    case .float: try map(elements, room) { (value: Source) -> Float? in Float(value) }
    case .double: try map(elements, room) { (value: Source) -> Double? in Double(value) }
    }
  }

  private func floats<Source: VoxelScalar & BinaryFloatingPoint>(
    _: Source.Type, _ target: ScalarType, _ elements: ElementBuffer, _ room: ElementStorage
  ) throws -> ElementBuffer {
    switch target {
    case .int8: try map(elements, room) { (value: Source) in rounded(value, Int8.self) }
    case .uint8: try map(elements, room) { (value: Source) in rounded(value, UInt8.self) }
    case .int16: try map(elements, room) { (value: Source) in rounded(value, Int16.self) }
    case .uint16: try map(elements, room) { (value: Source) in rounded(value, UInt16.self) }
    case .int32: try map(elements, room) { (value: Source) in rounded(value, Int32.self) }
    case .uint32: try map(elements, room) { (value: Source) in rounded(value, UInt32.self) }
    case .int64: try map(elements, room) { (value: Source) in rounded(value, Int64.self) }
    case .uint64: try map(elements, room) { (value: Source) in rounded(value, UInt64.self) }
    case .float: try map(elements, room) { (value: Source) in narrowed(value, Float.self) }
    case .double: try map(elements, room) { (value: Source) in narrowed(value, Double.self) }
    }
  }

  /// The nearest whole number, half to even; nil where the type does not hold it.
  @inline(__always)
  private func rounded<Whole: FixedWidthInteger>(
    _ value: some BinaryFloatingPoint, _: Whole.Type
  ) -> Whole? {
    Whole(exactly: Double(value).rounded(.toNearestOrEven))
  }

  /// The nearest number; nil where a finite one would become infinite.
  @inline(__always)
  private func narrowed<Real: BinaryFloatingPoint>(
    _ value: some BinaryFloatingPoint, _: Real.Type
  ) -> Real? {
    let nearest = Real(Double(value))
    return value.isFinite && !nearest.isFinite ? nil : nearest
  }

  @inline(__always)
  private func map<Source: VoxelScalar, Target: VoxelScalar>(
    _ elements: ElementBuffer, _ storage: ElementStorage, _ convert: (Source) -> Target?
  ) throws -> ElementBuffer {
    let count = elements.sizes.reduce(1, *)
    precondition(storage.byteCount == count * MemoryLayout<Target>.stride, "room of another size")
    try elements.withBytes { raw in
      let source = raw.bindMemory(to: Source.self)
      let target = storage.bytes.bindMemory(to: Target.self)
      for i in 0..<count {
        if let value = convert(source[i]) {
          target[i] = value
        } else if clamp {
          target[i] = Self.nearest(source[i])
        } else {
          throw doesNotFit(source[i], at: i, elements.sizes, Target.scalarType)
        }
      }
    }
    return ElementBuffer(type: .scalar(Target.scalarType), sizes: elements.sizes, storage: storage)
  }

  private static func nearest<Source: VoxelScalar, Target: VoxelScalar>(_ value: Source) -> Target {
    let wide = value.doubleValue
    let nearest = Target(nearest: wide)
    guard wide.isFinite, nearest.doubleValue.isInfinite else { return nearest }
    let largest = Double(Float.greatestFiniteMagnitude)
    return Target(nearest: wide < 0 ? -largest : largest)
  }

  private func doesNotFit(
    _ value: some VoxelScalar, at offset: Int, _ sizes: [Int], _ target: ScalarType
  ) -> Diagnostic {
    var rest = offset
    let index = sizes.map { size in
      defer { rest /= size }
      return rest % size
    }
    return Diagnostic(
      .notRepresentable, path, field: "voxel (\(index.map(String.init).joined(separator: ", ")))",
      expected: "a value that \(target.rawValue) holds", found: "\(value)",
      remedy: "choose a wider type, or --clamp")
  }
}

extension ValueScaling {
  /// The meant values of numbers as floats.
  ///
  /// - Throws: `Diagnostic` where elements are not numbers.
  func applied(to elements: ElementBuffer, path: String) throws -> ElementBuffer {
    guard let scalar = elements.type.scalarType else {
      throw Diagnostic(
        .unsupported, path, field: "scl_slope", expected: "numbers to scale",
        found: elements.type.name, remedy: "leave out --apply-scaling")
    }
    let count = elements.sizes.reduce(1, *)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow, let storage = ElementStorage(byteCount: bytes) else {
      throw Diagnostic(
        .tooLarge, path, field: "sizes", expected: "memory for \(count) floats",
        found: "not enough", remedy: "use a machine with more memory")
    }
    func scale<Voxel: VoxelScalar>(_: Voxel.Type) {
      elements.withBytes { raw in
        let source = raw.bindMemory(to: Voxel.self)
        let target = storage.bytes.bindMemory(to: Float.self)
        for i in 0..<count { target[i] = Float(slope * source[i].doubleValue + intercept) }
      }
    }
    let type = scalar.swiftType
    scale(type)
    return ElementBuffer(type: .scalar(.float), sizes: elements.sizes, storage: storage)
  }
}
