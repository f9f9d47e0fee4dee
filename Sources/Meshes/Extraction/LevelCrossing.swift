import Volumes

/// Where between the centres of two voxels a field has a level.
struct LevelCrossing {
  let values: UnsafePointer<Float>
  let sizes: GridSize
  let level: Float

  /// How far from corner (i, j, k) of the padded grid the level lies on the edge along an axis, 0 to 1.
  func crossing(_ i: Int, _ j: Int, _ k: Int, along axis: Int) -> Double {
    var (x, y, z) = (i - 1, j - 1, k - 1)
    guard let first = value(x, y, z) else { return 0.5 }
    switch axis {
    case 0: x += 1
    case 1: y += 1
    default: z += 1
    }
    guard let second = value(x, y, z), second != first else { return 0.5 }
    let way = Double((level - first) / (second - first))
    return way.isNaN ? 0.5 : min(0.99, max(0.01, way))
  }

  /// Nil beyond the grid.
  func value(_ x: Int, _ y: Int, _ z: Int) -> Float? {
    guard x >= 0, y >= 0, z >= 0, x < sizes.x, y < sizes.y, z < sizes.z else { return nil }
    return values[x + sizes.x * (y + sizes.y * z)]
  }
}
