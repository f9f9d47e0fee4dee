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

  /// The least distance from bone, in mm, of a point on its way out.
  ///
  /// Where bone is d mm away, the next d mm come no nearer than 0; so a point far from bone takes few
  /// looks.
  /// - Parameters:
  ///   - far: all bone, for the way beyond the grid.
  ///   - enough: distances beyond it need not be exact, in mm.
  @inline(__always)
  func clearance(
    of p: SIMD3<Float>, from bone: DistanceField, _ far: FarField?, enough: Float
  ) -> Float {
    var (way, least): (Float, Float) = (0, .infinity)
    while way <= Self.reach {
      guard let distance = Self.distance(at: p + way * step, bone, far) else { break }
      least = min(least, distance)
      guard least > -1 else { break }
      way += max(Self.stride, distance - enough)
    }
    return least
  }

  /// Whether a point comes nearer to bone than so many mm on its way.
  @inline(__always)
  func comesNearer(
    than limit: Float, _ p: SIMD3<Float>, to bone: DistanceField, _ far: FarField?
  ) -> Bool {
    var way: Float = 0
    while way <= Self.reach {
      guard let distance = Self.distance(at: p + way * step, bone, far) else { return false }
      if distance < limit { return true }
      way += max(Self.stride, distance - limit)
    }
    return false
  }

  /// The distance from bone in mm, exact in the grid, coarse beyond it; nil where there is no more.
  @inline(__always)
  private static func distance(
    at q: SIMD3<Float>, _ bone: DistanceField, _ far: FarField?
  ) -> Float? {
    bone.contains(q.x, q.y, q.z) ? bone.value(q.x, q.y, q.z) : far?.distance(at: q)
  }
}
