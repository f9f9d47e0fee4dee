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
