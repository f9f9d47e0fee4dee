internal import Volumes

/// Rays through a mask of bone, in the head's frame.
struct VaultRays {
  private let bone: Mask
  private let map: Affine
  private let upper: SIMD3<Double>

  /// The way between two looks, in mm.
  static let step = 0.4

  init(of bone: Mask, indexFromHead: Affine) {
    self.bone = bone
    map = indexFromHead
    upper = SIMD3(Double(bone.sizes.x), Double(bone.sizes.y), Double(bone.sizes.z))
  }

  /// Whether the scan has a voxel at a point.
  func isInside(_ p: SIMD3<Double>) -> Bool {
    let index = map * p + 0.5
    return index.min() >= 0 && index.x < upper.x && index.y < upper.y && index.z < upper.z
  }

  /// How far outside the scan a point lies, in mm along the scan's axes; 0 inside.
  func distance(_ p: SIMD3<Double>) -> Double {
    let index = map * p + 0.5
    let beyond = pointwiseMax(pointwiseMax(-index, index - upper), .zero)
    return (beyond * bone.geometry.spacing).length
  }

  /// The way in mm at which a ray that comes from outside meets bone; nil where there is none.
  func outermost(
    from origin: SIMD3<Double>, along direction: SIMD3<Double>, _ far: Double, _ near: Double
  ) -> Double? {
    meet(origin, direction, far, near, -Self.step).map { $0 + Self.step / 2 }
  }

  /// The way at which a ray that comes from inside meets bone, at most `far`.
  func innermost(
    from origin: SIMD3<Double>, along direction: SIMD3<Double>, _ near: Double, _ far: Double
  ) -> Double {
    meet(origin, direction, near, far, Self.step).map { $0 - Self.step / 2 } ?? far
  }

  private func meet(
    _ origin: SIMD3<Double>, _ direction: SIMD3<Double>, _ first: Double, _ last: Double,
    _ step: Double
  ) -> Double? {
    let start = map * origin + 0.5
    let along = map.linear * direction
    // Numbers, not vectors: without optimisation these take a hundred times as long.
    let (sx, sy, sz) = (start.x, start.y, start.z)
    let (dx, dy, dz) = (along.x, along.y, along.z)
    let (ux, uy, uz) = (upper.x, upper.y, upper.z)
    let sizes = bone.sizes
    let count = Int(((last - first) / step).rounded(.down))
    return bone.withBytes { bytes in
      for i in 0...max(0, count) {
        let way = first + Double(i) * step
        let (x, y, z) = (sx + way * dx, sy + way * dy, sz + way * dz)
        if x >= 0, y >= 0, z >= 0, x < ux, y < uy, z < uz,
          bytes[Int(x) + sizes.x * (Int(y) + sizes.y * Int(z))] != 0
        {
          return way
        }
      }
      return nil
    }
  }
}
