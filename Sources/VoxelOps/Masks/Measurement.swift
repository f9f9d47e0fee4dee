import Concurrency
public import Volumes

/// How large a mask is and where it lies.
public struct MaskMeasurement: Hashable, Sendable {
  /// How many voxels are inside.
  public let voxels: Int
  /// Their volume in mm³.
  public let volume: Double
  /// The smallest box of indices that holds them; nil where the mask is empty.
  public let boundingBox: IndexBox?
  /// The size of that box in mm along the grid's own x, y, z, from voxel face to voxel face.
  public let extent: SIMD3<Double>
  /// The mean voxel index; nil where the mask is empty.
  public let centroidIndex: SIMD3<Double>?
  /// The mean voxel centre in LPS mm; nil where the mask is empty.
  public let centroid: SIMD3<Double>?
}

extension Mask {
  /// Counts the mask and finds its box and its centroid.
  ///
  /// *Units*: mm and mm³, and voxels where it says so. Sums are whole numbers: the same at any
  /// `threads`.
  /// - Complexity: one pass; no memory to speak of.
  public func measurement(threads: Int = 1) -> MaskMeasurement {
    let total = withBytes { bytes in
      Slabs.map(sizes.z, threads: threads) { slab in
        RunMoments(of: bytes.baseAddress!, sizes: sizes, planes: slab)
      }.reduce(RunMoments()) { $0.adding($1) }
    }
    let centroid = total.centroid
    let box = total.boundingBox
    let steps = (box?.extent ?? .zero)
    return MaskMeasurement(
      voxels: total.count, volume: Double(total.count) * geometry.voxelVolume, boundingBox: box,
      extent: SIMD3(Double(steps.x), Double(steps.y), Double(steps.z)) * geometry.spacing,
      centroidIndex: centroid, centroid: centroid.map { geometry.lpsFromIndex * $0 })
  }

  /// The smallest box of indices that holds the mask, or nil where it is empty.
  ///
  /// - Complexity: one pass; no memory to speak of.
  public func boundingBox(threads: Int = 1) -> IndexBox? {
    let sizes = sizes
    return withBytes { bytes in
      Slabs.map(sizes.z, threads: threads) { slab -> IndexBox? in
        var box: IndexBox?
        for z in slab {
          for y in 0..<sizes.y {
            let row = bytes.baseAddress! + sizes.offset(0, y, z)
            guard let ends = RowRuns.ends(in: row, 0..<sizes.x) else { continue }
            let part = IndexBox(
              lower: SIMD3(ends.lowerBound, y, z), upper: SIMD3(ends.upperBound, y + 1, z + 1))
            box = box.map { $0.union(part) } ?? part
          }
        }
        return box
      }.reduce(nil) { sum, box in
        guard let sum, let box else { return sum ?? box }
        return sum.union(box)
      }
    }
  }
}

/// Count, first moments and bounds of the runs of a mask.
private struct RunMoments {
  var count = 0
  // Twice the sum of x, so that a run adds a whole number; wide, as 2⁶³ is within reach of sums.
  var sums = SIMD3<Double>.zero
  var lower = SIMD3<Int>(repeating: .max)
  var upper = SIMD3<Int>(repeating: .min)

  init() {}

  init(of bytes: UnsafePointer<UInt8>, sizes: GridSize, planes: Range<Int>) {
    // Sums of a plane are whole numbers in Int and exact in Double far beyond any real volume
    // (2⁵³), so the order in which slabs add does not matter.
    for z in planes {
      var inPlane = 0
      var sumX = 0
      var sumY = 0
      for y in 0..<sizes.y {
        var inRow = 0
        var first = Int.max
        var last = 0
        RowRuns.forEach(in: bytes + (z * sizes.y + y) * sizes.x, count: sizes.x) { start, end in
          let length = end - start
          inRow += length
          sumX += length * (start + end - 1)
          if first == Int.max { first = start }
          last = end
        }
        guard inRow > 0 else { continue }
        inPlane += inRow
        sumY += inRow * y
        lower = SIMD3(min(lower.x, first), min(lower.y, y), min(lower.z, z))
        upper = SIMD3(max(upper.x, last), max(upper.y, y + 1), max(upper.z, z + 1))
      }
      count += inPlane
      sums += SIMD3(Double(sumX), Double(2 * sumY), Double(2 * z) * Double(inPlane))
    }
  }

  func adding(_ other: RunMoments) -> RunMoments {
    var sum = self
    sum.count += other.count
    sum.sums += other.sums
    sum.lower = pointwiseMin(lower, other.lower)
    sum.upper = pointwiseMax(upper, other.upper)
    return sum
  }

  var boundingBox: IndexBox? { count > 0 ? IndexBox(lower: lower, upper: upper) : nil }
  var centroid: SIMD3<Double>? { count > 0 ? sums / (2 * Double(count)) : nil }
}
