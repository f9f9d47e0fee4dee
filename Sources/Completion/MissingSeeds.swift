internal import Skulls
package import Volumes
package import VoxelOps

/// The middle of a piece of bone that is missing.
package struct MissingSeeds: Sendable {
  /// Cell centres in LPS mm.
  package let points: [SIMD3<Double>]
  /// Their volume in mm³.
  package let volume: Double

  package init(points: [SIMD3<Double>], volume: Double) {
    (self.points, self.volume) = (points, volume)
  }

  /// The box of a grid that holds the seeds and what lies within a margin in mm; nil where the
  /// geometry is singular.
  package func box(on geometry: Geometry, margin: Double) -> IndexBox? {
    guard let indexFromLPS = geometry.indexFromLPS, let first = points.first else { return nil }
    var (low, high) = (indexFromLPS * first, indexFromLPS * first)
    for point in points {
      let index = indexFromLPS * point
      low = pointwiseMin(low, index)
      high = pointwiseMax(high, index)
    }
    // How far a ball in mm reaches along each index axis, oblique axes too.
    let rows = indexFromLPS.linear.transposed
    let reach = margin * SIMD3(rows[0].length, rows[1].length, rows[2].length)
    let limit = SIMD3(
      Double(geometry.sizes.x), Double(geometry.sizes.y), Double(geometry.sizes.z))
    low = (low - reach).rounded(.down).clamped(lowerBound: .zero, upperBound: limit)
    high = (high + reach).rounded(.up).clamped(lowerBound: -limit, upperBound: limit - 1)
    return IndexBox(
      lower: SIMD3(Int(low.x), Int(low.y), Int(low.z)),
      upper: SIMD3(Int(high.x) + 1, Int(high.y) + 1, Int(high.z) + 1))
  }

  /// The connected components of a mask that hold a seed.
  package func components(of mask: Mask, threads: Int) -> Mask {
    guard let indexFromLPS = mask.geometry.indexFromLPS else { return mask }
    let found = mask.components(threads: threads)
    var isHit = [Bool](repeating: false, count: found.count + 1)
    let sizes = mask.sizes
    found.labels(threads: threads).withVoxels { labels in
      for point in points {
        let index = (indexFromLPS * point).rounded(.toNearestOrAwayFromZero)
        let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
        guard x >= 0, y >= 0, z >= 0, x < sizes.x, y < sizes.y, z < sizes.z else { continue }
        isHit[Int(labels[sizes.offset(x, y, z)])] = true
      }
    }
    return found.mask(threads: threads) { isHit[$0 + 1] }
  }

  /// The bone to add: of complete bone, what is connected to the seeds further than `departure` from the skull, and
  /// from there up to `reach` mm, over the gap that the departure leaves. Cropped to a box of the skull's grid; nil
  /// where none is left.
  ///
  /// - Parameter complete: makes the complete bone on a grid.
  /// - Throws: what `complete` throws.
  func bone(
    around defective: Mask, departure: Double, reach: Double, threads: Int,
    of complete: (Geometry) throws -> Mask
  ) throws -> (part: Mask, box: IndexBox)? {
    guard let box = box(on: defective.geometry, margin: departure + reach + 3), !box.isEmpty
    else { return nil }
    let skull = defective.cropped(to: box)
    let complete = try complete(skull.geometry)
    let far = try complete.subtracting(
      skull.dilated(byBall: departure, threads: threads), threads: threads)
    let missing = components(of: far, threads: threads)
    if missing.isEmpty { return nil }
    let part = try missing.dilated(byBall: reach, threads: threads)
      .intersection(complete, threads: threads).subtracting(skull, threads: threads)
    return (part, box)
  }
}
