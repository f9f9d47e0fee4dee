import Glibc
import Skulls
import Volumes

/// Rows of holes through a curved part, along the radii of the sphere that suits it best.
struct Perforating {
  /// The sphere's middle in LPS mm, and its radius.
  private let centre: SIMD3<Double>
  private let radius: Double
  /// Outward through the middle of the part.
  private let axis: SIMD3<Double>

  /// Radii of heads, in mm; of flatter and of sharper parts the sphere is no help.
  private static let radii = 40.0...200
  /// How far from the sphere a part may reach, in mm.
  private static let reach = 40.0

  /// - Parameters:
  ///   - part: signed distances.
  ///   - way: the way out, in LPS, of length 1.
  init(of part: Volume<Float>, way: SIMD3<Double>) {
    let lpsFromIndex = part.geometry.lpsFromIndex
    let points = part.insidePoints(atMost: 4000).map { lpsFromIndex * SIMD3<Double>($0) }
    let middle = points.reduce(.zero, +) / Double(max(1, points.count))
    // |p − m|² = 2 p·c + k, in coordinates about the middle.
    var equations = LeastSquares(count: 4)
    for point in points {
      let p = point - middle
      equations.add([2 * p.x, 2 * p.y, 2 * p.z, 1], value: p.dot(p), weight: 1)
    }
    var (centre, radius) = (middle - PartGrid.headRadius * way, PartGrid.headRadius)
    if let solved = equations.solution() {
      let offset = SIMD3(solved[0], solved[1], solved[2])
      let found = (solved[3] + offset.dot(offset)).squareRoot()
      if Self.radii.contains(found), offset.dot(way) < 0 {
        (centre, radius) = (middle + offset, found)
      }
    }
    let out = middle - centre
    (self.centre, self.radius) = (centre, radius)
    axis = out.length > 0 ? out / out.length : way
  }

  /// The directions of holes from the sphere's middle: a hexagonal lattice laid onto it.
  ///
  /// *Source*: the azimuthal equidistant projection.
  private func directions(spacing: Double) -> [SIMD3<Double>] {
    let aside = abs(axis.z) < 0.9 ? SIMD3<Double>(0, 0, 1) : SIMD3(1, 0, 0)
    let cross = axis.cross(aside)
    let first = cross / cross.length
    let second = axis.cross(first)
    let rings = Int(radius * 1.6 / spacing)
    var directions: [SIMD3<Double>] = []
    for j in -rings...rings {
      for i in -2 * rings...2 * rings {
        let (x, y) = (
          spacing * (Double(i) + Double(j) / 2), spacing * Double(j) * 3.0.squareRoot() / 2
        )
        let distance = (x * x + y * y).squareRoot()
        let angle = distance / radius
        guard angle < 1.6 else { continue }
        let aside = distance > 0 ? (x * first + y * second) / distance : .zero
        directions.append(cos(angle) * axis + sin(angle) * aside)
      }
    }
    return directions
  }

  /// The part with holes, and how many they are.
  ///
  /// A hole is made where its whole length keeps the margin to the rim.
  /// - Parameter bone: signed distances of the bone on the same grid.
  func perforated(
    _ part: Volume<Float>, by holes: Perforations, bone: Volume<Float>
  ) -> (part: Volume<Float>, holes: Int) {
    let indexFromLPS = part.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let side = part.geometry.spacing.x
    let clear = Float(holes.margin + holes.diameter / 2)
    let chosen = part.withField { part in
      bone.withField { bone in
        directions(spacing: holes.spacing).filter { direction in
          var (isThrough, isClear) = (false, true)
          var along = radius - Self.reach
          while along < radius + Self.reach, isClear {
            let p = SIMD3<Float>(indexFromLPS * (centre + along * direction))
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
    var made = part
    let (sizes, reach) = (part.sizes, Float(holes.diameter / 2))
    let lpsFromIndex = part.geometry.lpsFromIndex
    let most = cos(holes.spacing / radius)
    made.withMutableVoxels { out in
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let i = sizes.offset(x, y, z)
            guard out[i] < 2 * Float(side) else { continue }
            let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z)) - centre
            for direction in chosen {
              let along = p.dot(direction)
              guard along > most * p.length else { continue }
              let away = (p - along * direction).length
              out[i] = max(out[i], reach - Float(away))
            }
          }
        }
      }
    }
    return (made, chosen.count)
  }
}
