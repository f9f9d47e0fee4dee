import Volumes

/// The straight way on which a part is taken out of a skull; put in, it goes the same way back.
struct InsertionWay: Sendable {
  /// One mm of it, in voxels of a grid.
  let step: SIMD3<Float>

  /// How far out bone may be in the way, in mm.
  static let reach: Float = 60
  /// Between looks near bone, in mm.
  private static let stride: Float = 0.2

  /// A direction in LPS of length 1, on a grid that spans space.
  init(_ direction: SIMD3<Double>, on grid: Geometry) {
    let index = grid.indexFromLPS?.linear ?? .identity
    step = SIMD3<Float>(index * direction)
  }

  /// The least distance from bone, in mm, of a point on its way out of a grid.
  ///
  /// Where bone is d mm away, the next d mm come no nearer than 0; so a point far from bone takes few
  /// looks.
  /// - Parameter enough: distances beyond it need not be exact, in mm.
  @inline(__always)
  func clearance(of p: SIMD3<Float>, from bone: DistanceField, enough: Float) -> Float {
    var (way, least): (Float, Float) = (0, .infinity)
    while way <= Self.reach {
      let q = p + way * step
      guard bone.contains(q.x, q.y, q.z) else { break }
      let distance = bone.value(q.x, q.y, q.z)
      least = min(least, distance)
      guard least > -1 else { break }
      way += max(Self.stride, distance - enough)
    }
    return least
  }

  /// Whether a point comes nearer to bone than so many mm on its way.
  @inline(__always)
  func comesNearer(than limit: Float, _ p: SIMD3<Float>, to bone: DistanceField) -> Bool {
    var way: Float = 0
    while way <= Self.reach {
      let q = p + way * step
      guard bone.contains(q.x, q.y, q.z) else { return false }
      let distance = bone.value(q.x, q.y, q.z)
      if distance < limit { return true }
      way += max(Self.stride, distance - limit)
    }
    return false
  }
}
