import Volumes

/// A patient known at every point of LPS space: a skull-like shell with a block of implant at the
/// right front above, and a nose so that no axis can be swapped unnoticed.
enum Phantom {
  static func isImplant(_ p: SIMD3<Double>) -> Bool {
    p.x > -28 && p.x < -14 && p.y > -36 && p.y < -22 && p.z > 12 && p.z < 24
  }

  static func isBone(_ p: SIMD3<Double>) -> Bool {
    if isImplant(p) { return false }
    let r = SIMD3(p.x / 40, p.y / 50, p.z / 35).length
    let nose = abs(p.x) < 5 && p.y < -44 && p.y > -60 && abs(p.z + 8) < 6
    return (r < 1 && r > 0.85) || nose
  }

  static func mask(on geometry: Geometry, _ inside: (SIMD3<Double>) -> Bool) -> Mask {
    let (s, lps) = (geometry.sizes, geometry.lpsFromIndex)
    return Mask(on: geometry) { bytes in
      for k in 0..<s.z {
        for j in 0..<s.y {
          for i in 0..<s.x where inside(lps * SIMD3(Double(i), Double(j), Double(k))) {
            bytes[s.offset(i, j, k)] = 1
          }
        }
      }
    }
  }

  /// A grid of 2 mm voxels in LPS that holds the patient.
  static let straight = Geometry(
    sizes: GridSize(50, 64, 44), space: .leftPosteriorSuperior,
    directions: Matrix3(diagonal: SIMD3(2, 2, 2)), origin: SIMD3(-49, -67, -43))

  /// Other grids with the same voxel centres: the axes reversed, permuted, and in other spaces.
  static let sameVoxels: [Geometry] = [
    Geometry(
      sizes: GridSize(50, 64, 44), space: .rightAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(2, 2, 2)), origin: SIMD3(-49, -59, -43)),
    Geometry(
      sizes: GridSize(50, 64, 44), space: .leftAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(2, -2, -2)), origin: SIMD3(-49, 67, 43)),
    Geometry(
      sizes: GridSize(44, 50, 64), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(0, 0, 2), SIMD3(2, 0, 0), SIMD3(0, 2, 0)),
      origin: SIMD3(-49, -67, -43)),
    Geometry(
      sizes: GridSize(64, 50, 44), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(0, -2, 0), SIMD3(2, 0, 0), SIMD3(0, 0, 2)),
      origin: SIMD3(-49, 59, -43)),
  ]

  /// Grids with other voxels of the same patient: anisotropic, and oblique and left-handed.
  static let otherVoxels: [Geometry] = {
    let (c, s) = (0.96, 0.28)
    return [
      Geometry(
        sizes: GridSize(70, 90, 26), space: .leftPosteriorSuperior,
        directions: Matrix3(diagonal: SIMD3(1.4, 1.4, 3.5)), origin: SIMD3(-48, -65, -43)),
      Geometry(
        sizes: GridSize(80, 80, 56), space: .rightAnteriorSuperior,
        directions: Matrix3(SIMD3(2 * c, 2 * s, 0), SIMD3(2 * s, -2 * c, 0), SIMD3(0, 0, 2)),
        origin: SIMD3(-88, 70, -55)),
    ]
  }()
}
