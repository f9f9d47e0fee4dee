public import Volumes

/// A box of voxel indices along x, y, z; it may reach beyond the grid that it is used on.
public struct IndexBox: Hashable, Sendable {
  /// The least index along each axis.
  public var lower: SIMD3<Int>
  /// One more than the greatest index along each axis.
  public var upper: SIMD3<Int>

  /// A box from `lower` up to and without `upper`.
  public init(lower: SIMD3<Int>, upper: SIMD3<Int>) {
    self.lower = lower
    self.upper = upper
  }

  /// The whole of a grid.
  public init(_ sizes: GridSize) {
    self.init(lower: .zero, upper: SIMD3(sizes.x, sizes.y, sizes.z))
  }

  /// Voxels along each axis; not positive where the box is empty.
  public var extent: SIMD3<Int> { upper &- lower }

  /// Whether the box holds no voxel.
  public var isEmpty: Bool { extent.min() <= 0 }

  /// The box with `margin` voxels more on both sides of each axis.
  public func expanded(by margin: SIMD3<Int>) -> IndexBox {
    IndexBox(lower: lower &- margin, upper: upper &+ margin)
  }

  /// What is in both boxes; may be empty.
  public func clipped(to other: IndexBox) -> IndexBox {
    IndexBox(
      lower: pointwiseMax(lower, other.lower), upper: pointwiseMin(upper, other.upper))
  }

  /// The smallest box that holds both.
  package func union(_ other: IndexBox) -> IndexBox {
    IndexBox(lower: pointwiseMin(lower, other.lower), upper: pointwiseMax(upper, other.upper))
  }

  /// The box with a margin in mm on all sides, as far as a grid reaches.
  package func grown(by margin: Double, on geometry: Geometry) -> IndexBox {
    let sizes = geometry.sizes
    func steps(_ axis: Int) -> Int {
      let steps = margin / geometry.spacing[axis]
      return steps < Double(sizes[axis]) ? Int(steps) + 1 : sizes[axis]
    }
    return expanded(by: SIMD3(steps(0), steps(1), steps(2))).clipped(to: IndexBox(sizes))
  }
}

extension IndexBox {
  /// The box around points in LPS mm with a margin in mm, as far as a grid reaches; nil where that is nowhere.
  package init?(
    around points: some Sequence<SIMD3<Double>>, margin: Double, on geometry: Geometry
  ) {
    guard let (low, high) = geometry.indexSpan(of: points), low.min() > -1e6, high.max() < 1e6
    else { return nil }
    let box = IndexBox(
      lower: SIMD3(Int(low.x), Int(low.y), Int(low.z)),
      upper: SIMD3(Int(high.x) + 1, Int(high.y) + 1, Int(high.z) + 1)
    ).grown(by: margin, on: geometry)
    guard !box.isEmpty else { return nil }
    self = box
  }
}

extension Geometry {
  /// The least and the greatest index, with fractions, of points in LPS mm along each axis; nil without points, and
  /// where the directions of the grid do not span space.
  package func indexSpan(
    of points: some Sequence<SIMD3<Double>>
  ) -> (low: SIMD3<Double>, high: SIMD3<Double>)? {
    guard let map = indexFromLPS else { return nil }
    var (low, high) = (SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity))
    for point in points {
      let index = map * point
      low = pointwiseMin(low, index)
      high = pointwiseMax(high, index)
    }
    return low.x <= high.x ? (low, high) : nil
  }
}
