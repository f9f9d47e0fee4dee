internal import Volumes

/// The voxels of a skull as points in LPS mm about the middle of its vault.
struct BonePoints: Sendable {
  private let x, y, z: [Float]
  private let offsets: [Int32]
  /// The bone's box about the same origin.
  let lower: SIMD3<Float>
  let upper: SIMD3<Float>
  private let origin: SIMD3<Float>

  var count: Int { offsets.count }

  /// The origin is as a template's: x, y the middle of the box of the bone above 55 % of the height,
  /// z 52 % of the height; or that of another skull. Empty for an empty mask, for one of 2³¹ voxels and more, and for one whose
  /// box is 10 m long or more.
  init(_ skull: Mask, like other: BonePoints? = nil) {
    var (x, y, z): ([Float], [Float], [Float]) = ([], [], [])
    var offsets: [Int32] = []
    if skull.sizes.count <= Int(Int32.max) {
      let count = skull.voxelCount
      x.reserveCapacity(count)
      y.reserveCapacity(count)
      z.reserveCapacity(count)
      offsets.reserveCapacity(count)
      let map = skull.geometry.lpsFromIndex
      let step = SIMD3<Float>(map.linear[0])
      let sizes = skull.sizes
      skull.withBytes { bytes in
        for k in 0..<sizes.z {
          for j in 0..<sizes.y {
            let start = SIMD3<Float>(map * SIMD3(0, Double(j), Double(k)))
            let row = sizes.x * (j + sizes.y * k)
            for i in 0..<sizes.x where bytes[row + i] != 0 {
              x.append(start.x + Float(i) * step.x)
              y.append(start.y + Float(i) * step.y)
              z.append(start.z + Float(i) * step.z)
              offsets.append(Int32(row + i))
            }
          }
        }
      }
    }
    func range(_ values: [Float], _ isIn: (Int) -> Bool) -> (Float, Float) {
      var (low, high) = (Float.infinity, -Float.infinity)
      for i in values.indices where isIn(i) {
        low = min(low, values[i])
        high = max(high, values[i])
      }
      return low <= high ? (low, high) : (0, 0)
    }
    let height = range(z) { _ in true }
    let vaultFrom = height.0 + 0.55 * (height.1 - height.0)
    let heights = z
    let vault = (range(x) { heights[$0] >= vaultFrom }, range(y) { heights[$0] >= vaultFrom })
    let own = SIMD3(
      (vault.0.0 + vault.0.1) / 2, (vault.1.0 + vault.1.1) / 2,
      height.0 + 0.52 * (height.1 - height.0))
    let origin = other?.origin ?? own
    for i in offsets.indices {
      x[i] -= origin.x
      y[i] -= origin.y
      z[i] -= origin.z
    }
    let (wide, long, high) = (
      range(x) { _ in true }, range(y) { _ in true }, range(z) { _ in true }
    )
    let extent = max(wide.1 - wide.0, long.1 - long.0, high.1 - high.0)
    if !(extent < 10_000) {
      // A geometry that is no head's, or no number.
      (x, y, z, offsets) = ([], [], [], [])
    }
    lower = SIMD3(wide.0, long.0, high.0)
    upper = SIMD3(wide.1, long.1, high.1)
    (self.x, self.y, self.z, self.offsets) = (x, y, z, offsets)
    self.origin = origin
  }

  func point(_ index: Int) -> SIMD3<Float> { SIMD3(x[index], y[index], z[index]) }

  /// The places in memory of the voxels in a hole, rising.
  func inside(_ hole: some Hole) -> [Int32] {
    var inside: [Int32] = []
    let count = count
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        z.withUnsafeBufferPointer { z in
          offsets.withUnsafeBufferPointer { offsets in
            for i in 0..<count where hole.holds(x[i], y[i], z[i]) { inside.append(offsets[i]) }
          }
        }
      }
    }
    return inside
  }

  /// Where on the skull the middle of a hole lies.
  enum Region {
    /// Anywhere above the middle of the height.
    case vault
    /// The vault as far as it faces upwards.
    case crown
    /// About the upper rim of an orbit.
    case orbitalRim
    /// Parietal and temporal bone.
    case side
  }

  /// A voxel of bone in a region; some voxel of the bone where the region has none.
  func place(in region: Region, _ stream: inout RandomStream) -> SIMD3<Float> {
    var point = SIMD3<Float>.zero
    for _ in 0..<1000 {
      point = self.point(stream.integer(0...count - 1))
      if isIn(region, point) { break }
    }
    return point
  }

  private func isIn(_ region: Region, _ p: SIMD3<Float>) -> Bool {
    // 1 on the ellipsoid that fits the vault.
    let half = (upper.x - lower.x) / 2
    let q = SIMD3(p.x / half, p.y / ((upper.y - lower.y) / 2), p.z / max(upper.z, 1))
    let radius = (q * q).sum()
    switch region {
    case .vault: return q.z > 0.05 && radius > 0.6
    case .crown: return q.z > 0.5 && q.x * q.x + q.y * q.y < 0.25
    case .orbitalRim:
      return q.y < -0.65 && abs(q.x) > 0.2 && abs(q.x) < 0.75 && q.z > -0.25 && q.z < 0.25
    case .side:
      return abs(q.x) > 0.6 && q.y > -0.45 && q.y < 0.6 && q.z > -0.1 && q.z < 0.75
        && radius > 0.6
    }
  }
}

/// The inside of a hole, in mm about the middle of the vault.
protocol Hole {
  /// Whether a point lies in the hole.
  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool
}
