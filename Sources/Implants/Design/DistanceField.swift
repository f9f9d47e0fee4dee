import Volumes

/// Distances in mm on a grid, read between its voxel centres.
///
/// *Frame*: positions in voxels of the grid. Beyond the border a value is that of the border.
struct DistanceField: @unchecked Sendable {
  // Invariant behind @unchecked: nobody writes while the closure of `withField` runs.
  private let base: UnsafePointer<Float>
  private let up, far: Int
  private let lastX, lastY, lastZ: Float

  init(_ base: UnsafePointer<Float>, _ sizes: GridSize) {
    self.base = base
    (up, far) = (sizes.x, sizes.x * sizes.y)
    (lastX, lastY, lastZ) = (Float(sizes.x - 1), Float(sizes.y - 1), Float(sizes.z - 1))
  }

  /// Whether a position lies in the grid.
  @inline(__always)
  func contains(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    x >= 0 && y >= 0 && z >= 0 && x <= lastX && y <= lastY && z <= lastZ
  }

  /// The value of a voxel, by its place in memory.
  subscript(i: Int) -> Float { base[i] }

  /// The trilinear value.
  @inline(__always)
  func value(_ x: Float, _ y: Float, _ z: Float) -> Float {
    let (i, j, k) = (min(max(x, 0), lastX), min(max(y, 0), lastY), min(max(z, 0), lastZ))
    let (a, b, c) = (Int(i), Int(j), Int(k))
    let (s, t, u) = (i - Float(a), j - Float(b), k - Float(c))
    // The last voxel has no next one, and needs none.
    let (dx, dy, dz) = (s > 0 ? 1 : 0, t > 0 ? up : 0, u > 0 ? far : 0)
    let at = base + (a + up * b + far * c)
    let near = at[0] + s * (at[dx] - at[0])
    let above = at[dy] + s * (at[dy + dx] - at[dy])
    let behind = at[dz] + s * (at[dz + dx] - at[dz])
    let last = at[dz + dy] + s * (at[dz + dy + dx] - at[dz + dy])
    let front = near + t * (above - near)
    return front + u * (behind + t * (last - behind) - front)
  }
}

extension Volume<Float> {
  /// Calls `body` with a reader of these distances.
  func withField<Result>(_ body: (DistanceField) -> Result) -> Result {
    withVoxels { body(DistanceField($0.baseAddress!, sizes)) }
  }
}
