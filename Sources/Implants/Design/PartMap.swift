import Concurrency
import Volumes
import VoxelOps

/// A part as it is seen from outside, on the map of a sphere.
///
/// *Shape*: rows of `columns` pixels, x first. *Units*: mm.
struct PartMap {
  let sphere: PartSphere
  let columns, rows: Int
  /// The place of the first pixel.
  let origin: SIMD2<Double>
  /// How far the outermost surface of the part is from the sphere's middle; not a number beside the part.
  let outer: [Float]
  /// How thick the part is below it, along the radius; 0 beside the part.
  let thickness: [Float]
  /// How far each pixel is from the outline of the part, below 0 beside it.
  let inset: [Float]

  /// The distance between pixels, in mm.
  static let pixel = 0.5
  /// How far above and below the sphere a part may reach.
  private static let reach = 80.0
  /// Pixels to those that a normal is taken of.
  private static let span = 6
  /// How far the map reaches beyond the part.
  private static let border = 3.0

  /// - Complexity: O(pixels × 2 · reach / cell), as every pixel looks along its radius.
  init(of part: Volume<Float>, on sphere: PartSphere, threads: Int) {
    let lpsFromIndex = part.geometry.lpsFromIndex
    let indexFromLPS = part.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let side = part.geometry.spacing.x
    var (low, high) = (SIMD2<Double>(repeating: 0), SIMD2<Double>(repeating: 0))
    for point in part.insidePoints(atMost: .max) {
      let place = sphere.place(of: lpsFromIndex * SIMD3<Double>(point)).place
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    let origin = low - Self.border
    let extent = (high - low + 2 * Self.border) / Self.pixel
    let (columns, rows) = (Int(extent.x) + 1, Int(extent.y) + 1)
    (self.sphere, self.origin, self.columns, self.rows) = (sphere, origin, columns, rows)
    let seen = part.withField { part in
      Slabs.map(rows, threads: threads) { slab in
        slab.flatMap { row in
          (0..<columns).map { column -> SIMD2<Float> in
            let place = origin + Self.pixel * SIMD2(Double(column), Double(row))
            let direction = sphere.direction(place)
            var (along, before) = (sphere.radius + Self.reach, Float.infinity)
            var top: Double?
            while along > max(0, sphere.radius - Self.reach) {
              let p = SIMD3<Float>(indexFromLPS * (sphere.centre + along * direction))
              let value = part.contains(p.x, p.y, p.z) ? part.value(p.x, p.y, p.z) : .infinity
              if (value < 0) != (before < 0) {
                // Between two looks the distance is taken as linear.
                let share = before.isFinite && value.isFinite ? Double(value / (value - before)) : 0
                let crossing = along + side * share
                if let top { return SIMD2(Float(top), Float(top - crossing)) }
                top = crossing
              }
              before = value
              along -= side
            }
            return SIMD2(.nan, 0)
          }
        }
      }.flatMap { $0 }
    }
    (outer, thickness) = (seen.map(\.x), seen.map(\.y))
    let flat = Geometry(
      sizes: GridSize(columns, rows, 1), spacing: SIMD3(repeating: Self.pixel))
    let distances = Mask(on: flat) { bytes in
      for i in seen.indices where seen[i].y > 0 { bytes[i] = 1 }
    }.signedDistances(threads: threads)
    let half = Float(Self.pixel / 2)
    inset = distances.withVoxels { values in values.map { $0 < 0 ? -$0 - half : half - $0 } }
  }

  func place(_ column: Int, _ row: Int) -> SIMD2<Double> {
    origin + Self.pixel * SIMD2(Double(column), Double(row))
  }

  /// The outermost point of the part at a pixel, in LPS.
  func point(at pixel: Int) -> SIMD3<Double> {
    sphere.centre + Double(outer[pixel])
      * sphere.direction(
        place(pixel % columns, pixel / columns))
  }

  /// Out of the part at a pixel, over some mm of its surface; nil near its outline.
  func normal(at pixel: Int) -> SIMD3<Double>? {
    let (beside, above) = (Self.span, Self.span * columns)
    guard pixel >= above, pixel + above < outer.count else { return nil }
    let right = point(at: pixel + beside) - point(at: pixel - beside)
    let up = point(at: pixel + above) - point(at: pixel - above)
    let out = right.cross(up)
    return out.length > 0 ? out / out.length : nil
  }

  /// The pixel nearest to a place; nil beyond the map.
  func pixel(at place: SIMD2<Double>) -> Int? {
    let nearest = ((place - origin) / Self.pixel).rounded(.toNearestOrAwayFromZero)
    guard nearest.x >= 0, nearest.y >= 0, nearest.x < Double(columns), nearest.y < Double(rows)
    else { return nil }
    return Int(nearest.x) + columns * Int(nearest.y)
  }

  /// How far the outermost surface is from the sphere's middle at a place between pixels; nil beside the part.
  func outer(at place: SIMD2<Double>) -> Double? {
    let at = (place - origin) / Self.pixel
    guard at.x >= 0, at.y >= 0, at.x < Double(columns - 1), at.y < Double(rows - 1) else {
      return nil
    }
    let i = Int(at.x) + columns * Int(at.y)
    let (s, t) = (at.x - at.x.rounded(.down), at.y - at.y.rounded(.down))
    let (near, far) = (
      Double(outer[i]) * (1 - s) + Double(outer[i + 1]) * s,
      Double(outer[i + columns]) * (1 - s) + Double(outer[i + columns + 1]) * s
    )
    let value = near * (1 - t) + far * t
    return value.isNaN ? nil : value
  }
}
