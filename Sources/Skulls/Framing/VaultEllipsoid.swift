internal import Volumes

/// The ellipsoid along the axes of LPS that fits the outside of a vault best.
///
/// A hole leaves out points of the surface, and a piece that sticks out adds a few wrong ones; both
/// change the ellipsoid by little, though the box of the bone changes by as much as is missing. So
/// it says where a side of the head was whose bone is gone.
///
/// *Source*: algebraic least squares, repeated with Cauchy's weights of the distances.
struct VaultEllipsoid {
  /// The centre, in LPS mm.
  let centre: SIMD3<Double>
  /// Half the lengths along x, y, z, in mm.
  let axes: SIMD3<Double>
  /// The median distance of the points from it, in mm.
  let error: Double

  /// The lower corner of its box.
  var lower: SIMD3<Double> { centre - axes }
  /// The upper corner of its box.
  var upper: SIMD3<Double> { centre + axes }

  /// The ellipsoid of the bone that is seen first from outside on the way to a point amid the vault;
  /// nil where there is too little of it, or it is no vault.
  ///
  /// - Parameter middle: a point inside, roughly in the middle of the skull, in LPS mm.
  /// - Complexity: 500 rays of 190 steps, and sums over their ends.
  init?(of bone: Mask, around middle: SIMD3<Double>) {
    guard let indexFromLPS = bone.geometry.indexFromLPS else { return nil }
    let points = Self.surface(of: bone, indexFromLPS, around: middle)
    guard points.count >= 75 else { return nil }
    self.init(fitting: points, around: middle)
  }

  /// The ellipsoid that fits points best; nil where it is no vault.
  ///
  /// - Parameter middle: a point inside; points and it may be in any frame, whose axes are the ellipsoid's.
  init?(fitting points: [SIMD3<Double>], around middle: SIMD3<Double>) {
    var weights = [Double](repeating: 1, count: points.count)
    var result: (centre: SIMD3<Double>, axes: SIMD3<Double>)?
    var distances: [Double] = []
    for _ in 0..<8 {
      guard let fit = Self.solve(points, weights, around: middle) else { return nil }
      result = fit
      distances = points.map { point in
        // To first order: (|q| − 1) over the length of its gradient.
        let q = (point - fit.centre) / fit.axes
        let length = q.length
        let gradient = (q / fit.axes).length / max(length, 1e-9)
        return abs(length - 1) / max(gradient, 1e-9)
      }
      for i in weights.indices { weights[i] = 1 / (1 + distances[i] * distances[i] / 9) }
    }
    guard let result else { return nil }
    centre = result.centre
    axes = result.axes
    error = distances.sorted()[distances.count / 2]
  }

  /// Where rays from outside meet bone first: above the horizontal by 8° and more, 160 mm at most.
  private static func surface(
    of bone: Mask, _ indexFromLPS: Affine, around middle: SIMD3<Double>
  ) -> [SIMD3<Double>] {
    let sizes = bone.sizes
    let upper = SIMD3(Double(sizes.x), Double(sizes.y), Double(sizes.z))
    var points: [SIMD3<Double>] = []
    let start = indexFromLPS * middle + 0.5
    bone.withBytes { bytes in
      let count = 500
      for n in 0..<count {
        // Even over the cap: heights are even, and directions turn by the golden angle.
        let z = 0.14 + 0.86 * (Double(n) + 0.5) / Double(count)
        let turn = (Double(n) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        let across = (1 - z * z).squareRoot()
        let (cosine, sine) = Self.circle(turn)
        let direction = SIMD3(across * cosine, across * sine, z)
        let step = indexFromLPS.linear * direction
        // Numbers, not vectors: without optimisation these take a hundred times as long.
        let (dx, dy, dz) = (step.x, step.y, step.z)
        var way = 160.0
        while way > 20 {
          let (x, y, z) = (start.x + way * dx, start.y + way * dy, start.z + way * dz)
          if x >= 0, y >= 0, z >= 0, x < upper.x, y < upper.y, z < upper.z,
            bytes[Int(x) + sizes.x * (Int(y) + sizes.y * Int(z))] != 0
          {
            points.append(middle + way * direction)
            break
          }
          way -= 0.75
        }
      }
    }
    return points
  }

  /// A point of the unit circle at a part of a full turn, near enough; the same on every system.
  private static func circle(_ turn: Double) -> (Double, Double) {
    let quarter = Int(turn * 4)
    // Half-angle form: a rational point of the circle.
    let t = turn * 4 - Double(quarter)
    let h = t * (0.7854 + t * t * (0.1614 + t * t * 0.0532))
    let (c, s) = ((1 - h * h) / (1 + h * h), 2 * h / (1 + h * h))
    switch quarter & 3 {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
  }

  /// Weighted least squares of a·x² + b·y² + c·z² + d·x + e·y + f·z = 1.
  private static func solve(
    _ points: [SIMD3<Double>], _ weights: [Double], around middle: SIMD3<Double>
  ) -> (centre: SIMD3<Double>, axes: SIMD3<Double>)? {
    let scale = 80.0
    var matrix = [Double](repeating: 0, count: 21)
    var right = [Double](repeating: 0, count: 6)
    for (point, weight) in zip(points, weights) {
      let p = (point - middle) / scale
      let row = [p.x * p.x, p.y * p.y, p.z * p.z, p.x, p.y, p.z]
      for i in 0..<6 {
        let weighted = weight * row[i]
        right[i] += weighted
        for j in 0...i { matrix[i * (i + 1) / 2 + j] += weighted * row[j] }
      }
    }
    // Above the horizontal little says how high an ellipsoid is: as curved along z as along x and y
    // unless the points say otherwise.
    let prior = [-0.5, -0.5, 1.0]
    let strength = 0.02 * weights.reduce(0, +)
    for i in 0..<3 {
      for j in 0...i { matrix[i * (i + 1) / 2 + j] += strength * prior[i] * prior[j] }
    }
    guard let system = SymmetricSystem(lowerTriangle: matrix, count: 6) else { return nil }
    let u = system.solve(right)
    let squares = SIMD3(u[0], u[1], u[2])
    guard squares.min() > 0 else { return nil }
    let centre = -SIMD3(u[3], u[4], u[5]) / (2 * squares)
    let level = 1 + (squares * centre * centre).sum()
    let axes = (level / squares).squareRoot() * scale
    // A head; anything else is no fit.
    guard axes.min() > 40, axes.max() < 150 else { return nil }
    return (middle + scale * centre, axes)
  }
}

extension SIMD3<Double> {
  fileprivate func squareRoot() -> SIMD3<Double> {
    SIMD3(x.squareRoot(), y.squareRoot(), z.squareRoot())
  }
}
