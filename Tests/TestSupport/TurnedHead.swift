import Skulls
package import Volumes

/// The reference head as a mask, turned and with holes.
package struct TurnedHead: Sendable {
  /// Head → LPS mm: a rotation, and where the middle of the vault lies.
  package var rotation: Matrix3
  package var centre: SIMD3<Double>
  /// Bone is missing in these balls: centres in the head's own mm.
  package var holes: [(centre: SIMD3<Double>, radius: Double)]

  package init(
    rotation: Matrix3 = .identity, centre: SIMD3<Double> = SIMD3(10, -20, 30),
    holes: [(centre: SIMD3<Double>, radius: Double)] = []
  ) {
    (self.rotation, self.centre, self.holes) = (rotation, centre, holes)
  }

  /// The mask on cubic voxels along LPS.
  package func mask(spacing: Double = 3) -> Mask {
    let half = 135.0
    let count = Int((2 * half / spacing).rounded(.up))
    var grid = Geometry(
      sizes: GridSize(count, count, count), spacing: SIMD3(repeating: spacing))
    grid.origin = centre - half
    let back = rotation.transposed
    let head = ReferenceHead.standard
    let step = spacing * back.columns.0
    return Mask(on: grid) { out in
      var i = 0
      for z in 0..<count {
        for y in 0..<count {
          let start = back * (SIMD3(0, Double(y), Double(z)) * spacing - half)
          // Scalars: tests run without optimisation, where SIMD3 takes microseconds.
          let (x0, y0, z0) = (start.x, start.y, start.z)
          let (dx, dy, dz) = (step.x, step.y, step.z)
          for x in 0..<count {
            let t = Double(x)
            let (px, py, pz) = (x0 + t * dx, y0 + t * dy, z0 + t * dz)
            let r = px * px + py * py + pz * pz
            if r > 1600, r < half * half, head.isBone(px, py, pz),
              !isMissing(px, py, pz)
            {
              out[i] = 1
            }
            i += 1
          }
        }
      }
    }
  }

  private func isMissing(_ x: Double, _ y: Double, _ z: Double) -> Bool {
    holes.contains {
      let (dx, dy, dz) = (x - $0.centre.x, y - $0.centre.y, z - $0.centre.z)
      return dx * dx + dy * dy + dz * dz < $0.radius * $0.radius
    }
  }
}
