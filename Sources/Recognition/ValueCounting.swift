import Concurrency
import Volumes

/// The loops behind ``ValueSurvey``, one concrete copy a type: the compiler leaves them unspecialised where they are
/// generic over the volume's own type.
struct ValueCounting {
  let source: UnsafeRawPointer
  let count: Int
  let threads: Int

  /// The first value that is counted by itself, and how many are: for types of at most 16 bits those that they have.
  static func counted(_ type: ScalarType) -> (first: Int, number: Int) {
    switch type {
    case .int8, .int16: (-32_768, 65_536)
    case .uint8, .uint16: (0, 65_536)
    default: (-32_768, 131_072)
    }
  }

  /// What a part of the voxels holds.
  struct Counts: Sendable {
    var count = 0
    var notNumbers = 0
    var least = Double.infinity
    var most = -Double.infinity
    var isWhole = true
    var below2To32 = 0
    var table: [UInt32]

    init(_ number: Int) { table = Array(repeating: 0, count: number) }

    mutating func add(_ other: Counts) {
      count += other.count
      notNumbers += other.notNumbers
      least = min(least, other.least)
      most = max(most, other.most)
      isWhole = isWhole && other.isWhole
      below2To32 += other.below2To32
      for i in table.indices { table[i] &+= other.table[i] }
    }
  }

  func counts(_ type: ScalarType) -> Counts {
    switch type {
    case .int8: integers(Int8.self, type)
    case .uint8: integers(UInt8.self, type)
    case .int16: integers(Int16.self, type)
    case .uint16: integers(UInt16.self, type)
    case .int32: integers(Int32.self, type)
    case .uint32: integers(UInt32.self, type)
    case .int64: integers(Int64.self, type)
    case .uint64: integers(UInt64.self, type)
    case .float: reals(Float.self)
    case .double: reals(Double.self)
    }
  }

  func bins(_ type: ScalarType, origin: Double, width: Double, number: Int) -> [UInt32] {
    switch type {
    case .float: binned(Float.self, origin, width, number)
    case .double: binned(Double.self, origin, width, number)
    default: []
    }
  }

  private func summed(_ number: Int, _ body: (Range<Int>, inout Counts) -> Void) -> Counts {
    // A table, of up to 512 kB, for each thread only.
    let workers = max(1, min(threads, count / Slabs.worthwhile))
    let (width, rest) = count.quotientAndRemainder(dividingBy: workers)
    let parts = Slabs.map(workers, threads: workers) { own in
      var counts = Counts(number)
      let end = own.upperBound * width + (own.upperBound == workers ? rest : 0)
      body(own.lowerBound * width..<end, &counts)
      return counts
    }
    guard parts.count > 1 else { return parts[0] }
    return parts.dropFirst().reduce(into: parts[0]) { $0.add($1) }
  }

  @inline(__always)
  private func integers<Known: FixedWidthInteger & BitwiseCopyable>(
    _: Known.Type, _ type: ScalarType
  ) -> Counts {
    let voxels = source.assumingMemoryBound(to: Known.self)
    let (from, number) = Self.counted(type)
    return summed(number) { slab, counts in
      var (least, most) = (Known.max, Known.min)
      counts.table.withUnsafeMutableBufferPointer { table in
        for i in slab {
          let value = voxels[i]
          least = min(least, value)
          most = max(most, value)
          // What does not fit is far from the table anyway.
          let place = Int(truncatingIfNeeded: value) &- from
          if place >= 0, place < number,
            Known.bitWidth < 64 || value <= Known(clamping: 1 << 20)
          {
            table[place] &+= 1
          }
        }
      }
      if Known.bitWidth > 16 {
        for i in slab {
          let value = Int(truncatingIfNeeded: voxels[i])
          if value >= 1 << 32 - 32_768, value < 1 << 32 { counts.below2To32 += 1 }
        }
      }
      counts.count = slab.count
      if !slab.isEmpty { (counts.least, counts.most) = (Double(least), Double(most)) }
    }
  }

  @inline(__always)
  private func reals<Known: BinaryFloatingPoint & BitwiseCopyable>(_: Known.Type) -> Counts {
    let voxels = source.assumingMemoryBound(to: Known.self)
    let (from, number) = Self.counted(.float)
    return summed(number) { slab, counts in
      var (least, most) = (Known.infinity, -Known.infinity)
      var (numbers, wrapped) = (0, 0)
      var whole = true
      let (low, high) = (Known(from), Known(from + number - 1))
      counts.table.withUnsafeMutableBufferPointer { table in
        for i in slab {
          let value = voxels[i]
          guard value.isFinite else { continue }
          numbers += 1
          least = min(least, value)
          most = max(most, value)
          let rounded = value.rounded()
          if rounded != value { whole = false }
          if rounded >= low, rounded <= high {
            table[Int(rounded) - from] &+= 1
          } else if value >= 4_294_934_528, value < 4_294_967_296 {
            wrapped += 1
          }
        }
      }
      (counts.count, counts.notNumbers) = (numbers, slab.count - numbers)
      (counts.isWhole, counts.below2To32) = (whole, wrapped)
      if numbers > 0 { (counts.least, counts.most) = (Double(least), Double(most)) }
    }
  }

  @inline(__always)
  private func binned<Known: BinaryFloatingPoint & BitwiseCopyable>(
    _: Known.Type, _ origin: Double, _ width: Double, _ number: Int
  ) -> [UInt32] {
    let voxels = source.assumingMemoryBound(to: Known.self)
    var bins = [UInt32](repeating: 0, count: number)
    for i in 0..<count {
      let value = Double(voxels[i])
      guard value.isFinite else { continue }
      bins[min(number - 1, max(0, Int(((value - origin) / width).rounded())))] += 1
    }
    return bins
  }
}
