internal import Volumes

extension SkullTemplate {
  /// A skull of formulas, for tests where there is no CT: an ellipsoidal vault 150 × 200 × 158 mm
  /// with a floor, a face below the forehead and two orbits in it.
  ///
  /// - Parameter spacing: the edge of a cell in mm, at most 4.
  /// - Complexity: O(cells): 0.4 s without optimisation at 4 mm.
  /// - Precondition: the spacing is positive and at most 4 mm.
  public static func analytic(spacing: Double = 2, threads: Int = 1) -> SkullTemplate {
    precondition(spacing > 0 && spacing <= 4, "a spacing that the shell of 7 mm would not survive")
    let half = Int((85 / spacing).rounded(.up))
    let (ny, nz) = (Int((240 / spacing).rounded(.up)), Int((190 / spacing).rounded(.up)))
    var geometry = Geometry(
      sizes: GridSize(2 * half + 1, ny, nz), spacing: SIMD3(repeating: spacing))
    geometry.origin = SIMD3(-Double(half) * spacing, -120, -105)
    let bone = Mask(on: geometry) { out in
      var i = 0
      for k in 0..<nz {
        for j in 0..<ny {
          for x in -half...half {
            let p = SIMD3(
              Double(x) * spacing, geometry.origin.y + Double(j) * spacing,
              geometry.origin.z + Double(k) * spacing)
            out[i] = isBone(p) ? 1 : 0
            i += 1
          }
        }
      }
    }
    do {
      return try SkullTemplate(bone: bone, name: "analytic", making: Making(), threads: threads)
    } catch {
      preconditionFailure("the analytic skull is a skull: \(error)")
    }
  }

  private static func isBone(_ p: SIMD3<Double>) -> Bool {
    guard p.z > -88 else { return false }
    for side in [-1.0, 1] {
      // Orbits: cones in effect, open to the front.
      let q = SIMD3((p.x - side * 33) / 20, (p.y + 95) / 42, (p.z + 38) / 18)
      if (q * q).sum() < 1 { return false }
    }
    let outer = SIMD3(p.x / 75, p.y / 100, p.z / 80)
    let inner = SIMD3(p.x / 68, p.y / 93, p.z / 73)
    let isInside = (outer * outer).sum() <= 1
    if isInside, p.z > -45 {
      return (inner * inner).sum() >= 1 || p.z < -38
    }
    // Below the floor: the face in front, a ring of base behind.
    let face = SIMD3(p.x / 58, (p.y + 55) / 48, (p.z + 62) / 34)
    let nose = SIMD3(p.x / 13, (p.y + 100) / 40, (p.z + 70) / 22)
    if (nose * nose).sum() < 1 { return false }
    return (face * face).sum() <= 1 || (isInside && (inner * inner).sum() >= 1)
  }
}
