import Volumes

/// What lies around the voxels whose values are within a range: the edges of a mask are thin, the tissues of a scan and
/// the labels of a map are not.
struct Surroundings: Sendable {
  /// Voxels that were looked at.
  private(set) var count = 0
  /// Of them, those with values within the range three voxels away, in all six directions.
  private(set) var deep = 0
  /// Of them, those whose six neighbours have their value.
  private(set) var flat = 0

  /// The share of voxels deep inside of what has such values; 0 where there are none.
  var deepShare: Double { count == 0 ? 0 : Double(deep) / Double(count) }
  /// The share of voxels that lie among their like; 0 where there are none.
  var flatShare: Double { count == 0 ? 0 : Double(flat) / Double(count) }

  private static let reach = 3
  /// How many voxels are drawn at most; a prime step draws them, so that rows do not repeat.
  private static let drawn = 600_000

  /// Looks at the voxels of a range, ends excluded.
  ///
  /// - Complexity: at most 600,000 voxels are read, and the neighbours of those that are within the range.
  init(of volume: AnyVolume, within range: ClosedRange<Double>) {
    func open<Opened: TypedVolume>(_ volume: Opened) {
      volume.typed.withVoxels { voxels in
        look(
          UnsafeRawPointer(voxels.baseAddress!), volume.typed.scalarType, volume.typed.sizes,
          range.lowerBound, range.upperBound)
      }
    }
    open(volume.base)
  }

  private mutating func look(
    _ source: UnsafeRawPointer, _ type: ScalarType, _ sizes: GridSize, _ low: Double, _ high: Double
  ) {
    switch type {
    case .int8: look(Int8.self, source, sizes, low, high) { Double($0) }
    case .uint8: look(UInt8.self, source, sizes, low, high) { Double($0) }
    case .int16: look(Int16.self, source, sizes, low, high) { Double($0) }
    case .uint16: look(UInt16.self, source, sizes, low, high) { Double($0) }
    case .int32: look(Int32.self, source, sizes, low, high) { Double($0) }
    case .uint32: look(UInt32.self, source, sizes, low, high) { Double($0) }
    case .int64: look(Int64.self, source, sizes, low, high) { Double($0) }
    case .uint64: look(UInt64.self, source, sizes, low, high) { Double($0) }
    case .float: look(Float.self, source, sizes, low, high) { Double($0) }
    case .double: look(Double.self, source, sizes, low, high) { $0 }
    }
  }

  @inline(__always)
  private mutating func look<Known: Equatable & BitwiseCopyable>(
    _: Known.Type, _ source: UnsafeRawPointer, _ sizes: GridSize, _ low: Double, _ high: Double,
    _ double: (Known) -> Double
  ) {
    let voxels = source.assumingMemoryBound(to: Known.self)
    func isWithin(_ value: Known) -> Bool { double(value) > low && double(value) < high }
    let steps = SIMD3(1, sizes.x, sizes.x * sizes.y)
    let stride = Self.step(sizes)
    var at = 0
    while at < sizes.count {
      defer { at += stride }
      let value = voxels[at]
      guard isWithin(value) else { continue }
      count += 1
      let place = SIMD3(at % sizes.x, at / sizes.x % sizes.y, at / (sizes.x * sizes.y))
      var (isDeep, isFlat) = (true, true)
      for axis in 0..<3 where isDeep || isFlat {
        for reach in [-Self.reach, -1, 1, Self.reach] {
          let other = place[axis] + reach
          let isInside = other >= 0 && other < sizes[axis]
          let neighbour = isInside ? voxels[at + reach * steps[axis]] : value
          if abs(reach) == 1 {
            isFlat = isFlat && isInside && neighbour == value
          } else {
            isDeep = isDeep && isInside && isWithin(neighbour)
          }
        }
      }
      if isDeep { deep += 1 }
      if isFlat { flat += 1 }
    }
  }

  /// The step from one voxel that is drawn to the next.
  static func step(_ sizes: GridSize) -> Int {
    var stride = max(1, sizes.count / drawn)
    while stride > 1, [2, 3, 5, 7, 11, 13].contains(where: { stride % $0 == 0 && stride != $0 }) {
      stride += 1
    }
    return stride
  }

  /// How much of their box the voxels of a range fill; 0 where there are none.
  ///
  /// - Complexity: at most 600,000 voxels are read.
  static func fill(of volume: AnyVolume, within range: ClosedRange<Double>) -> Double {
    func open<Opened: TypedVolume>(_ volume: Opened) -> Double {
      let sizes = volume.typed.sizes
      let stride = step(sizes)
      return volume.typed.withVoxels { voxels in
        var count = 0
        var (lower, upper) = (SIMD3(repeating: Int.max), SIMD3(repeating: -1))
        var at = 0
        while at < sizes.count {
          defer { at += stride }
          guard range.contains(voxels[at].doubleValue) else { continue }
          count += 1
          let place = SIMD3(at % sizes.x, at / sizes.x % sizes.y, at / (sizes.x * sizes.y))
          lower.replace(with: place, where: place .< lower)
          upper.replace(with: place, where: place .> upper)
        }
        guard count > 0 else { return 0 }
        let sides = upper &- lower &+ 1
        return Double(count * stride) / Double(sides.x * sides.y * sides.z)
      }
    }
    return open(volume.base)
  }

  /// The share of the voxels on the six faces of the grid whose values lie in a range.
  ///
  /// - Complexity: at most 256 × 256 voxels of each face are read.
  static func faceShare(of volume: AnyVolume, within range: ClosedRange<Double>) -> Double {
    func open<Opened: TypedVolume>(_ volume: Opened) -> Double {
      let sizes = volume.typed.sizes
      return volume.typed.withVoxels { voxels in
        var (all, within) = (0, 0)
        for axis in 0..<3 {
          let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
          for end in Set([0, sizes[axis] - 1]) {
            for j in Swift.stride(from: 0, to: sizes[v], by: max(1, sizes[v] / 256)) {
              for i in Swift.stride(from: 0, to: sizes[u], by: max(1, sizes[u] / 256)) {
                var place = SIMD3(0, 0, 0)
                (place[axis], place[u], place[v]) = (end, i, j)
                let value = voxels[sizes.offset(place[0], place[1], place[2])].doubleValue
                all += 1
                if range.contains(value) { within += 1 }
              }
            }
          }
        }
        return all == 0 ? 0 : Double(within) / Double(all)
      }
    }
    return open(volume.base)
  }
}
