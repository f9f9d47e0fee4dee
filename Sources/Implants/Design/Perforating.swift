import Volumes

/// Rows of holes through a curved part, along the radii of the sphere that suits it best.
struct Perforating {
  let sphere: PartSphere

  /// The places of holes on the sphere's map: a hexagonal lattice.
  private func lattice(spacing: Double) -> [SIMD2<Double>] {
    let rings = Int(sphere.radius * PartSphere.widest / spacing)
    var places: [SIMD2<Double>] = []
    for j in -rings...rings {
      for i in -2 * rings...2 * rings {
        let place = SIMD2(
          spacing * (Double(i) + Double(j) / 2), spacing * Double(j) * 3.0.squareRoot() / 2)
        guard (place * place).sum().squareRoot() / sphere.radius < PartSphere.widest else {
          continue
        }
        places.append(place)
      }
    }
    return places
  }

  /// Where holes can be made: where their whole length keeps the margin to the rim.
  /// - Parameter bone: signed distances of the bone on the part's grid.
  func places(
    of holes: Perforations, in part: Volume<Float>, bone: Volume<Float>
  ) -> [SIMD2<Double>] {
    let clear = Float(holes.margin + holes.diameter / 2)
    return lattice(spacing: holes.spacing).filter {
      isThrough(part, at: $0, clearOf: bone, by: clear)
    }
  }

  /// Whether a line along a radius goes through the part, everywhere in it so many mm from bone.
  func isThrough(
    _ part: Volume<Float>, at place: SIMD2<Double>, clearOf bone: Volume<Float>, by clear: Float
  ) -> Bool {
    let indexFromLPS = part.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let side = part.geometry.spacing.x
    let direction = sphere.direction(place)
    return part.withField { part in
      bone.withField { bone in
        var (isThrough, isClear) = (false, true)
        var along = sphere.radius - PartSphere.reach
        while along < sphere.radius + PartSphere.reach, isClear {
          let p = SIMD3<Float>(indexFromLPS * (sphere.centre + along * direction))
          if part.contains(p.x, p.y, p.z), part.value(p.x, p.y, p.z) < 0 {
            isThrough = true
            isClear = bone.value(p.x, p.y, p.z) >= clear
          }
          along += side / 2
        }
        return isThrough && isClear
      }
    }
  }

  func drilled(
    _ part: Volume<Float>, at places: [SIMD2<Double>], diameter: Double
  ) -> Volume<Float> {
    guard !places.isEmpty else { return part }
    let chosen = places.map(sphere.direction)
    let side = part.geometry.spacing.x
    var made = part
    let (sizes, reach) = (part.sizes, Float(diameter / 2))
    let lpsFromIndex = part.geometry.lpsFromIndex
    // Further off, a hole does not change the surface.
    let most = (diameter / 2 + 4 * side) * (diameter / 2 + 4 * side)
    made.withMutableVoxels { out in
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let i = sizes.offset(x, y, z)
            guard out[i] < 2 * Float(side) else { continue }
            let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z)) - sphere.centre
            for direction in chosen {
              let along = p.dot(direction)
              let away = p.dot(p) - along * along
              guard along > 0, away < most else { continue }
              out[i] = max(out[i], reach - Float(max(0, away).squareRoot()))
            }
          }
        }
      }
    }
    return made
  }
}
