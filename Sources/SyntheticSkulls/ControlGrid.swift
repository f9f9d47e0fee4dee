/// Random controls of cubic B-splines over ±132 mm, symmetric to a chosen degree about x = 0.
struct ControlGrid {
  /// Between controls, in mm; divides 264.
  let spacing: Double
  /// The standard deviation of a control's displacement along each axis, in mm.
  let sigma: Double
  /// The standard deviation of a control's thickness, in mm.
  let thickness: Double
  /// The antisymmetric part's fraction of the variance.
  let antisymmetric: Double

  /// Controls along an axis: the intervals, and three more for the ends; the middle of them all lies
  /// in the mirror plane.
  private var count: Int { Int((264 / spacing).rounded()) + 3 }

  /// Adds the spline's values at the nodes of a ``Warp``.
  ///
  /// - Complexity: axis by axis, four controls a node: some 10⁶ additions.
  func add(to field: inout [Float], _ stream: RandomStream) {
    let (n, m) = (count, Warp.count)
    let weights = nodeWeights()
    // x, then y, then z: each pass turns controls into nodes along one axis.
    let alongX = Self.pass(
      controls(stream), outer: n * n, count: n, to: m, inner: 4, weights)
    let alongY = Self.pass(alongX, outer: n, count: n, to: m, inner: 4 * m, weights)
    let alongZ = Self.pass(alongY, outer: 1, count: n, to: m, inner: 4 * m * m, weights)
    for i in field.indices { field[i] += alongZ[i] }
  }

  /// Four floats a control: displacement along x, y, z, thickness.
  private func controls(_ stream: RandomStream) -> [Float] {
    let n = count
    var stream = stream
    var draws = [SIMD4<Double>](repeating: .zero, count: n * n * n)
    for i in draws.indices {
      for c in 0..<4 { draws[i][c] = stream.normal(limit: 2.5) }
    }
    // The mirror image of a displacement runs the other way along x.
    let flip = SIMD4(-1.0, 1, 1, 1)
    let scale = SIMD4(sigma, sigma, sigma, thickness)
    let (even, odd) = ((1 - antisymmetric).squareRoot(), antisymmetric.squareRoot())
    var controls = [Float](repeating: 0, count: 4 * n * n * n)
    for row in stride(from: 0, to: n * n * n, by: n) {
      for x in 0..<n {
        let (own, other) = (draws[row + x], draws[row + n - 1 - x])
        // Two independent draws make a symmetric and an antisymmetric part of the same standard
        // deviation; in the plane there is one draw.
        let norm = 2 * x == n - 1 ? 0.5 : 0.5.squareRoot()
        let symmetric = (own + flip * other) * norm
        let skew = (own - flip * other) * norm
        let value = scale * (even * symmetric + odd * skew)
        for c in 0..<4 { controls[4 * (row + x) + c] = Float(value[c]) }
      }
    }
    return controls
  }

  /// For each node the first of its four controls and their weights.
  private func nodeWeights() -> [(first: Int, weights: SIMD4<Float>)] {
    (0..<Warp.count).map { node in
      let place = Double(node) * Warp.spacing / spacing
      let interval = min(Int(place), count - 4)
      let t = place - Double(interval)
      let s = 1 - t
      return (
        interval,
        SIMD4(
          Float(s * s * s / 6), Float((3 * t * t * t - 6 * t * t + 4) / 6),
          Float((3 * s * s * s - 6 * s * s + 4) / 6), Float(t * t * t / 6))
      )
    }
  }

  private static func pass(
    _ values: [Float], outer: Int, count n: Int, to m: Int, inner: Int,
    _ weights: [(first: Int, weights: SIMD4<Float>)]
  ) -> [Float] {
    var out = [Float](repeating: 0, count: outer * m * inner)
    values.withUnsafeBufferPointer { values in
      out.withUnsafeMutableBufferPointer { out in
        for o in 0..<outer {
          for node in 0..<m {
            let (first, w) = weights[node]
            let source = values.baseAddress! + (o * n + first) * inner
            let target = out.baseAddress! + (o * m + node) * inner
            let (a, b, c, d) = (w.x, w.y, w.z, w.w)
            for i in 0..<inner {
              target[i] =
                (a * source[i] + b * source[i + inner])
                + (c * source[i + 2 * inner] + d * source[i + 3 * inner])
            }
          }
        }
      }
    }
    return out
  }
}
