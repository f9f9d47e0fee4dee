internal import Skulls
internal import Volumes

/// Lays a head onto a template by an affine map, from a pose.
enum AffineFit {
  /// Where linear parts are counted in mm: at this distance from the origin.
  private static let arm = 80.0
  /// How far from the pose the map may go, in mm: one standard deviation.
  private static let freedom = 6.0
  /// How many points count as independent.
  private static let independent = 300.0

  /// The map LPS → the template's frame.
  ///
  /// Least squares of the points' distances from the template, with weights that forgive points far from it;
  /// only points whose normals agree count.
  static func map(
    of samples: ArraySlice<SurfaceSample>, onto template: ShapeTemplate, from start: Affine
  ) -> Affine {
    template.withSampler { distance in
      var map = start
      for step in 0..<24 {
        let trim = max(2.5, 10 * power(0.86, step))
        guard let next = improved(map, from: start, samples, distance, trim: trim) else { break }
        map = next
      }
      return map
    }
  }

  private static func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { y, _ in y * x } }

  private static func improved(
    _ map: Affine, from start: Affine, _ samples: ArraySlice<SurfaceSample>,
    _ distance: TemplateSampler, trim: Double
  ) -> Affine? {
    guard let normals = map.linear.inverse?.transposed else { return nil }
    var sums = NormalSums()
    for sample in samples {
      let p = map * sample.point
      let f = Double(distance(p.x, p.y, p.z))
      guard abs(f) < trim else { continue }
      let g = distance.gradient(p)
      let n = normals * sample.normal
      guard g.length > 0.5, g.dot(n) > 0.6 * g.length * n.length else { continue }
      let ratio = 3 * f / trim
      sums.add(f, slope: g, at: sample.point / arm, weight: 1 / (1 + ratio * ratio))
    }
    guard sums.count >= 100 else { return nil }
    // From the pose so far, in the unknowns' order: three numbers of the linear part a row, then the shift.
    var moved = [Double](repeating: 0, count: 12)
    for row in 0..<3 {
      for column in 0..<3 {
        let change = map.linear[column][row] - start.linear[column][row]
        moved[4 * row + column] = change * arm
      }
      moved[4 * row + 3] = map.translation[row] - start.translation[row]
    }
    guard let d = sums.solution(independent: independent, moved: moved, freedom: freedom) else {
      return nil
    }
    var next = map
    for row in 0..<3 {
      for column in 0..<3 { next.linear[column][row] += d[4 * row + column] / arm }
      next.translation[row] += d[4 * row + 3]
    }
    return next
  }

  /// Weighted sums of a least-squares problem of twelve unknowns.
  private struct NormalSums {
    var count = 0
    private var weights = 0.0
    private var matrix = [Double](repeating: 0, count: 78)
    private var right = [Double](repeating: 0, count: 12)

    mutating func add(
      _ value: Double, slope: SIMD3<Double>, at p: SIMD3<Double>, weight: Double
    ) {
      count += 1
      weights += weight
      let row = (0..<12).map { n -> Double in
        let factor = n % 4 < 3 ? p[n % 4] : 1.0
        return slope[n / 4] * factor
      }
      var at = 0
      for i in 0..<12 {
        let scaled = weight * row[i]
        right[i] -= scaled * value
        for j in 0...i {
          matrix[at] += scaled * row[j]
          at += 1
        }
      }
    }

    func solution(independent: Double, moved: [Double], freedom: Double) -> [Double]? {
      let scale = independent / max(1, weights)
      let stiffness = 1 / (freedom * freedom)
      var system = matrix.map { $0 * scale }
      for i in 0..<12 { system[i * (i + 1) / 2 + i] += stiffness }
      return SymmetricSystem(lowerTriangle: system, count: 12)?
        .solve((0..<12).map { right[$0] * scale - stiffness * moved[$0] })
    }
  }
}
