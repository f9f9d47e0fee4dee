package import Skulls
package import Volumes

/// An analytic skull: an ellipsoidal shell with two orbits and no base, symmetric about a plane that
/// the test chooses: what is bone is known at every point, so that grids of any kind show the same
/// head.
package struct SyntheticVault: Sendable {
  /// Yaw and roll of the plane in degrees, and a point of it in LPS mm.
  package var yaw: Double
  package var roll: Double
  package var centre: SIMD3<Double>
  /// Bone is missing in these balls: centres in the head's own mm (left, posterior, superior).
  package var holes: [(centre: SIMD3<Double>, radius: Double)]

  package init(
    yaw: Double = 0, roll: Double = 0, centre: SIMD3<Double> = SIMD3(4, -3, 10),
    holes: [(centre: SIMD3<Double>, radius: Double)] = []
  ) {
    (self.yaw, self.roll, self.centre, self.holes) = (yaw, roll, centre, holes)
  }

  package var plane: MidsagittalPlane {
    MidsagittalPlane(centre: centre, yaw: yaw, roll: roll, offset: 0)
  }

  /// The mask on a grid: each voxel by its centre.
  package func mask(on geometry: Geometry) -> Mask {
    let x = plane.normal
    let up = SIMD3(0.0, 0, 1) - x.z * x
    let z = up / up.length
    let toHead = Matrix3(x, z.cross(x), z).transposed
    let sizes = geometry.sizes
    let map = Affine(linear: toHead, translation: -(toHead * centre)) * geometry.lpsFromIndex
    let missing = holes + [(SIMD3(-32, -72, -28), 18), (SIMD3(32, -72, -28), 18)]
    let step = map.linear[0]
    return Mask(on: geometry) { bytes in
      var i = 0
      for k in 0..<sizes.z {
        for j in 0..<sizes.y {
          let start = map * SIMD3(0, Double(j), Double(k))
          // Scalars: tests run without optimisation, where SIMD3 takes microseconds.
          let (x0, y0, z0) = (start.x, start.y, start.z)
          let (dx, dy, dz) = (step.x, step.y, step.z)
          for n in 0..<sizes.x {
            let d = Double(n)
            let (x, y, z) = (x0 + d * dx, y0 + d * dy, z0 + d * dz)
            let (a, b, c) = (x / 70, y / 90, z / 76)
            if z > -40 && a * a + b * b + c * c <= 1 {
              let (e, f, g) = (x / 64, y / 84, z / 70)
              if e * e + f * f + g * g > 1 {
                let p = SIMD3(x, y, z)
                if !missing.contains(where: { (p - $0.centre).length < $0.radius }) { bytes[i] = 1 }
              }
            }
            i += 1
          }
        }
      }
    }
  }
}

extension Geometry {
  /// Grids on which the same head must look the same: 2 mm cubes in LPS; the same in RAS; left-handed
  /// (y runs to the front); thick slices; turned by 20° about the superior axis.
  package static var headGrids: [(name: String, geometry: Geometry)] {
    let (c, s) = (0.9396926207859084, 0.3420201433256687)
    func grid(
      _ n: (Int, Int, Int), _ space: Space, _ x: SIMD3<Double>, _ y: SIMD3<Double>,
      _ z: SIMD3<Double>, _ origin: SIMD3<Double>
    ) -> Geometry {
      Geometry(
        sizes: GridSize(n.0, n.1, n.2), space: space, directions: Matrix3(x, y, z), origin: origin)
    }
    let lps = Space.leftPosteriorSuperior
    return [
      (
        "LPS",
        grid(
          (86, 106, 76), lps, .init(2, 0, 0), .init(0, 2, 0), .init(0, 0, 2), .init(-82, -108, -52))
      ),
      (
        "RAS",
        grid(
          (86, 106, 76), .rightAnteriorSuperior, .init(2, 0, 0), .init(0, 2, 0), .init(0, 0, 2),
          .init(-90, -104, -52))
      ),
      (
        "left-handed",
        grid(
          (86, 106, 76), lps, .init(2, 0, 0), .init(0, -2, 0), .init(0, 0, 2), .init(-82, 102, -52))
      ),
      (
        "thick slices",
        grid(
          (172, 212, 46), lps, .init(1, 0, 0), .init(0, 1, 0), .init(0, 0, 3.2),
          .init(-82, -108, -48))
      ),
      (
        "oblique",
        grid(
          (112, 120, 76), lps, .init(2 * c, 2 * s, 0), .init(-2 * s, 2 * c, 0), .init(0, 0, 2),
          .init(-60, -150, -52))
      ),
    ]
  }
}
