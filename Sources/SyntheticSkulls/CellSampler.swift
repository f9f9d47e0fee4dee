internal import Volumes
internal import VoxelOps

/// Reads a template's volumes at its own points.
struct CellSampler {
  private let reader: TrilinearReader
  private let perCell: Float
  private let firstX, firstY, firstZ: Float

  init(_ geometry: Geometry) {
    // Beyond the border it is as on it: air, 8 mm from bone.
    reader = TrilinearReader(geometry.sizes, margin: 1e-3)
    perCell = Float(1 / geometry.directions[0].x)
    let origin = SIMD3<Float>(geometry.origin)
    (firstX, firstY, firstZ) = (origin.x, origin.y, origin.z)
  }

  @inline(__always)
  func place(_ x: Float, _ y: Float, _ z: Float) -> TrilinearReader.Place {
    reader.place((x - firstX) * perCell, (y - firstY) * perCell, (z - firstZ) * perCell)
  }

  @inline(__always)
  func value(_ values: UnsafePointer<Float>, at place: TrilinearReader.Place) -> Float {
    reader.value(values, at: place)
  }
}
