import Glibc
import Skulls
import Volumes

/// The sphere that suits a part best, and a flat map of it: the azimuthal equidistant projection about the middle of
/// the part.
///
/// *Units*: mm; the map's too, along the sphere.
struct PartSphere {
  /// The middle in LPS.
  let centre: SIMD3<Double>
  let radius: Double
  /// From the centre outward through the middle of the map.
  let axis: SIMD3<Double>
  /// Along x and along y of the map, there; seen from outside y is a quarter turn to the left of x.
  let right, up: SIMD3<Double>

  /// Radii of heads; of flatter and of sharper parts the sphere is no help.
  private static let radii = 50.0...200
  /// How far from the sphere a part may reach.
  static let reach = 40.0
  private static let far = 2000.0
  /// No map reaches further about the middle, in radians.
  static let widest = 1.6

  /// The sphere that suits the outer surface.
  ///
  /// - Parameters:
  ///   - part: signed distances.
  ///   - way: the way out, in LPS, of length 1.
  init(of part: Volume<Float>, way: SIMD3<Double>) {
    let lpsFromIndex = part.geometry.lpsFromIndex
    let inside = part.insidePoints(atMost: 4000).map { lpsFromIndex * SIMD3<Double>($0) }
    let middle = inside.reduce(.zero, +) / Double(max(1, inside.count))
    // |p − m|² = 2 p·c + k, in coordinates about the middle.
    var equations = LeastSquares(count: 4)
    let points = part.outerPoints(
      awayFrom: middle - PartGrid.headRadius * way, atMost: 4000)
    for point in points {
      let p = point - middle
      equations.add([2 * p.x, 2 * p.y, 2 * p.z, 1], value: p.dot(p), weight: 1)
    }
    var (centre, radius) = (middle - PartGrid.headRadius * way, PartGrid.headRadius)
    if let solved = equations.solution() {
      let offset = SIMD3(solved[0], solved[1], solved[2])
      let found = (solved[3] + offset.dot(offset)).squareRoot()
      if Self.radii.contains(found), offset.dot(way) < -0.5 * offset.length {
        (centre, radius) = (middle + offset, found)
      }
    }
    let out = middle - centre
    let axis = out.length > 0 ? out / out.length : way
    self.init(centre: centre, radius: radius, axis: axis)
  }

  init(centre: SIMD3<Double>, radius: Double, axis: SIMD3<Double>) {
    (self.centre, self.radius, self.axis) = (centre, radius, axis)
    let aside = abs(axis.z) < 0.9 ? SIMD3<Double>(0, 0, 1) : SIMD3(1, 0, 0)
    let cross = axis.cross(aside)
    right = cross / cross.length
    up = axis.cross(right)
  }

  /// From so far that a part is seen straight along its way: no side of it that goes in on that way is seen beyond its
  /// outer edge.
  init(viewing part: Volume<Float>, along way: SIMD3<Double>) {
    let lpsFromIndex = part.geometry.lpsFromIndex
    let points = part.insidePoints(atMost: 4000).map { lpsFromIndex * SIMD3<Double>($0) }
    let middle = points.reduce(.zero, +) / Double(max(1, points.count))
    self.init(centre: middle - Self.far * way, radius: Self.far, axis: way)
  }

  /// With y of the map as near to a direction as can be.
  init(centre: SIMD3<Double>, radius: Double, axis: SIMD3<Double>, up towards: SIMD3<Double>) {
    (self.centre, self.radius, self.axis) = (centre, radius, axis)
    let cross = towards.cross(axis)
    right = cross / cross.length
    up = axis.cross(right)
  }

  /// Outward, of length 1, through a place of the map.
  func direction(_ place: SIMD2<Double>) -> SIMD3<Double> {
    let distance = (place * place).sum().squareRoot()
    let angle = distance / radius
    let aside = distance > 0 ? (place.x * right + place.y * up) / distance : .zero
    return cos(angle) * axis + sin(angle) * aside
  }

  /// Where a point in LPS lies on the map, and how far from the centre.
  func place(of point: SIMD3<Double>) -> (place: SIMD2<Double>, height: Double) {
    let p = point - centre
    let (x, y, z) = (p.dot(right), p.dot(up), p.dot(axis))
    let across = (x * x + y * y).squareRoot()
    let scale = across > 0 ? radius * atan2(across, z) / across : 0
    return (SIMD2(x * scale, y * scale), p.length)
  }
}

extension Volume<Float> {
  /// Points in LPS of the surface that faces away from a place in LPS, no more than so many, spread evenly over it.
  fileprivate func outerPoints(awayFrom place: SIMD3<Double>, atMost most: Int) -> [SIMD3<Double>] {
    let (sizes, lpsFromIndex) = (sizes, geometry.lpsFromIndex)
    let side = Float(geometry.spacing.x)
    let (row, plane) = (sizes.x, sizes.x * sizes.y)
    var points: [SIMD3<Double>] = []
    withVoxels { values in
      for z in 1..<Swift.max(1, sizes.z - 1) {
        for y in 1..<Swift.max(1, sizes.y - 1) {
          for x in 1..<Swift.max(1, sizes.x - 1) {
            let i = sizes.offset(x, y, z)
            guard values[i] < 0, values[i] > -side else { continue }
            let slope = SIMD3(
              values[i + 1] - values[i - 1], values[i + row] - values[i - row],
              values[i + plane] - values[i - plane])
            let out = lpsFromIndex.linear * SIMD3<Double>(slope)
            let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
            // No rim: within 45° of straight out.
            if out.dot(p - place) > 0.7 * out.length * (p - place).length { points.append(p) }
          }
        }
      }
    }
    let step = Swift.max(1, points.count / most)
    return stride(from: 0, to: points.count, by: step).map { points[$0] }
  }
}
