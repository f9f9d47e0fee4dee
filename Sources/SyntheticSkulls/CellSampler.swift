internal import Volumes

/// Reads a template's volumes between cells.
struct CellSampler {
  private let up, far: Int
  private let perCell: Float
  private let firstX, firstY, firstZ, lastX, lastY, lastZ: Float

  /// Where a point lies: the offset of its lowest cell, and the way to the next ones.
  struct Place {
    var offset: Int
    var x, y, z: Float
  }

  init(_ geometry: Geometry) {
    (up, far) = (geometry.sizes.x, geometry.sizes.x * geometry.sizes.y)
    perCell = Float(1 / geometry.directions[0].x)
    let origin = SIMD3<Float>(geometry.origin)
    (firstX, firstY, firstZ) = (origin.x, origin.y, origin.z)
    // Beyond the border it is as on it: air, 8 mm from bone.
    lastX = Float(geometry.sizes.x - 1) - 1e-3
    lastY = Float(geometry.sizes.y - 1) - 1e-3
    lastZ = Float(geometry.sizes.z - 1) - 1e-3
  }

  @inline(__always)
  func place(_ x: Float, _ y: Float, _ z: Float) -> Place {
    let qx = min(max((x - firstX) * perCell, 0), lastX)
    let qy = min(max((y - firstY) * perCell, 0), lastY)
    let qz = min(max((z - firstZ) * perCell, 0), lastZ)
    let (ix, iy, iz) = (Int(qx), Int(qy), Int(qz))
    return Place(
      offset: ix + up * iy + far * iz, x: qx - Float(ix), y: qy - Float(iy), z: qz - Float(iz))
  }

  @inline(__always)
  func value(_ values: UnsafePointer<Float>, at p: Place) -> Float {
    let at = values + p.offset
    let a = at[0] + p.x * (at[1] - at[0])
    let b = at[up] + p.x * (at[up + 1] - at[up])
    let c = at[far] + p.x * (at[far + 1] - at[far])
    let d = at[far + up] + p.x * (at[far + up + 1] - at[far + up])
    let near = a + p.y * (b - a)
    return near + p.z * (c + p.y * (d - c) - near)
  }
}
