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

  /// The same elements as another type.
  ///
  /// - Throws: ``VolumeIOError`` that names the first number that does not fit.
  func converted(_ elements: ElementBuffer, to target: ScalarType) throws -> ElementBuffer {
    guard let source = elements.type.scalarType else {
      throw VolumeIOError(
        .unsupported, path: path, field: "type", expected: "numbers to convert",
        found: elements.type.name, remedy: "leave out --type")
    }
    if source == target { return elements }
    return try open(elements, target.swiftType)
  }

  private func open<Target: VoxelScalar>(_ elements: ElementBuffer, _ target: Target.Type) throws
    -> ElementBuffer
  {
    switch elements.type.scalarType! {
    case .int8: try integers(Int8.self, target, elements)
    case .uint8: try integers(UInt8.self, target, elements)
    case .int16: try integers(Int16.self, target, elements)
    case .uint16: try integers(UInt16.self, target, elements)
    case .int32: try integers(Int32.self, target, elements)
    case .uint32: try integers(UInt32.self, target, elements)
    case .int64: try integers(Int64.self, target, elements)
    case .uint64: try integers(UInt64.self, target, elements)
    case .float: try floats(Float.self, target, elements)
    case .double: try floats(Double.self, target, elements)
    }
  }

  private func integers<Source: VoxelScalar & FixedWidthInteger, Target: VoxelScalar>(
    _: Source.Type, _ target: Target.Type, _ elements: ElementBuffer
  ) throws -> ElementBuffer {
    let isFloat = target.scalarType == .float || target.scalarType == .double
    return try map(elements) { (value: Source) -> Target? in
      isFloat ? Target(nearest: value.doubleValue) : Target(exactly: value)
    }
  }

  private func floats<Source: VoxelScalar & BinaryFloatingPoint, Target: VoxelScalar>(
    _: Source.Type, _ target: Target.Type, _ elements: ElementBuffer
  ) throws -> ElementBuffer {
    let isFloat = target.scalarType == .float || target.scalarType == .double
    return try map(elements) { (value: Source) -> Target? in
      let nearest = Target(nearest: Double(value))
      if isFloat { return value.isFinite && !nearest.doubleValue.isFinite ? nil : nearest }
      let rounded = Double(value).rounded(.toNearestOrEven)
      // 2⁶³ and 2⁶⁴ are doubles just beyond the largest integers, so compare with what came out:
      // a clamped integer differs from what was asked for, but for these two.
      guard rounded.isFinite, nearest.doubleValue == rounded,
        !(rounded >= 0x1p64 && target.scalarType == .uint64),
        !(rounded >= 0x1p63 && target.scalarType == .int64)
      else { return nil }
      return nearest
    }
  }

  private func map<Source: VoxelScalar, Target: VoxelScalar>(
    _ elements: ElementBuffer, _ convert: (Source) -> Target?
  ) throws -> ElementBuffer {
    let count = elements.sizes.reduce(1, *)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Target>.stride)
    guard !overflow, let storage = ElementStorage(byteCount: bytes) else {
      throw VolumeIOError(
        .tooLarge, path: path, field: "type", expected: "memory for \(count) voxels",
        found: "not enough", remedy: "use a machine with more memory")
    }
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
  ) -> VolumeIOError {
    var rest = offset
    let index = sizes.map { size in
      defer { rest /= size }
      return rest % size
    }
    return VolumeIOError(
      .notRepresentable, path: path,
      field: "voxel (\(index.map(String.init).joined(separator: ", ")))",
      expected: "a value that \(target.rawValue) holds", found: "\(value)",
      remedy: "choose a wider type, or --clamp")
  }
}

extension ValueScaling {
  /// The meant values of numbers as floats.
  ///
  /// - Throws: ``VolumeIOError`` where elements are not numbers.
  func applied(to elements: ElementBuffer, path: String) throws -> ElementBuffer {
    guard let scalar = elements.type.scalarType else {
      throw VolumeIOError(
        .unsupported, path: path, field: "scl_slope", expected: "numbers to scale",
        found: elements.type.name, remedy: "leave out --apply-scaling")
    }
    let count = elements.sizes.reduce(1, *)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow, let storage = ElementStorage(byteCount: bytes) else {
      throw VolumeIOError(
        .tooLarge, path: path, field: "sizes", expected: "memory for \(count) floats",
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
