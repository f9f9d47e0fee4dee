public import Volumes

/// Displacements in LPS mm on a grid of control points, trilinear between them and constant beyond.
///
/// *Memory order*: as ``Volume``: fastest axis first.
public struct DisplacementField: Sendable {
  /// Where the control points lie.
  public let geometry: Geometry
  /// One displacement a control point, in LPS mm.
  public let displacements: [SIMD3<Float>]
  let indexFromLPS: Affine

  /// A field of given displacements; nil where the geometry is singular.
  ///
  /// - Precondition: one displacement a control point.
  public init?(on geometry: Geometry, displacements: [SIMD3<Float>]) {
    precondition(displacements.count == geometry.sizes.count, "a field of another size")
    guard let indexFromLPS = geometry.indexFromLPS else { return nil }
    self.geometry = geometry
    self.displacements = displacements
    self.indexFromLPS = indexFromLPS
  }

  /// The displacement at an LPS point, in mm.
  public subscript(p: SIMD3<Double>) -> SIMD3<Float> {
    displacements.withUnsafeBufferPointer {
      Self.value(in: $0.baseAddress!, sizes: geometry.sizes, at: SIMD3<Float>(indexFromLPS * p))
    }
  }

  /// The length of the longest displacement, in mm.
  public var largest: Double {
    Double(displacements.reduce(Float(0)) { max($0, ($1 * $1).sum()) }.squareRoot())
  }

  /// The value at an index of the control grid.
  @inline(__always)
  package static func value(
    in field: UnsafePointer<SIMD3<Float>>, sizes: GridSize, at index: SIMD3<Float>
  ) -> SIMD3<Float> {
    // Scalars for the weights: as fast when optimised, and tests without optimisation run in seconds.
    let (nx, ny, nz) = (sizes.x, sizes.y, sizes.z)
    let qx = min(max(index.x, 0), Float(nx - 1))
    let qy = min(max(index.y, 0), Float(ny - 1))
    let qz = min(max(index.z, 0), Float(nz - 1))
    let (x0, iy, iz) = (Int(qx), Int(qy), Int(qz))
    let (tx, ty, tz) = (qx - Float(x0), qy - Float(iy), qz - Float(iz))
    let x1 = min(x0 + 1, nx - 1)
    let (y0, y1) = (iy * nx, min(iy + 1, ny - 1) * nx)
    let (z0, z1) = (iz * nx * ny, min(iz + 1, nz - 1) * nx * ny)
    let (near, far) = ((1 - ty) * (1 - tz), (1 - ty) * tz)
    let (nearUp, farUp) = (ty * (1 - tz), ty * tz)
    let left =
      near * field[z0 + y0 + x0] + nearUp * field[z0 + y1 + x0] + far * field[z1 + y0 + x0]
      + farUp * field[z1 + y1 + x0]
    let right =
      near * field[z0 + y0 + x1] + nearUp * field[z0 + y1 + x1] + far * field[z1 + y0 + x1]
      + farUp * field[z1 + y1 + x1]
    return left + tx * (right - left)
  }
}
