import Glibc

/// A closed line around a part, on the map of its sphere, the part to the left.
struct RimLine {
  /// Places in steps of about half a millimetre.
  let points: [SIMD2<Double>]
  /// From point to point, in mm.
  let step: Double

  var length: Double { step * Double(points.count) }

  /// Between points, in mm.
  private static let spacing = 0.5
  /// Over how much of a line its direction is taken, in mm.
  private static let span = 3.0

  /// Outward, of length 1, at a point.
  func outward(_ n: Int) -> SIMD2<Double> {
    let reach = max(1, Int(Self.span / step))
    let along = points[index(n + reach)] - points[index(n - reach)]
    let length = (along * along).sum().squareRoot()
    return length > 0 ? SIMD2(along.y, -along.x) / length : SIMD2(1, 0)
  }

  /// The point of a number that may go around.
  func index(_ n: Int) -> Int {
    let rest = n % points.count
    return rest < 0 ? rest + points.count : rest
  }

  /// How many mm along the line two points are apart, the shorter way around.
  func distance(_ a: Int, _ b: Int) -> Double {
    let steps = abs(index(a) - index(b))
    return step * Double(min(steps, points.count - steps))
  }

  /// Through corners that follow one another around, closed.
  private init?(through corners: [SIMD2<Double>]) {
    var lengths = [0.0]
    for (n, corner) in corners.enumerated() {
      let edge = corners[(n + 1) % corners.count] - corner
      lengths.append(lengths[n] + (edge * edge).sum().squareRoot())
    }
    let count = Int(lengths.last! / Self.spacing)
    guard count >= 8 else { return nil }
    step = lengths.last! / Double(count)
    var (at, points) = (0, [SIMD2<Double>]())
    for n in 0..<count {
      let along = Double(n) * step
      while lengths[at + 1] < along { at += 1 }
      let share = (along - lengths[at]) / max(1e-9, lengths[at + 1] - lengths[at])
      let (from, to) = (corners[at], corners[(at + 1) % corners.count])
      points.append(from + share * (to - from))
    }
    self.points = points
  }

  /// The lines around all that is so many mm inside the outline of a part, the largest first; those around
  /// holes in it are left out.
  ///
  /// *Source*: marching squares; where corners touch, they are held apart.
  static func lines(of map: PartMap, inset level: Double) -> [RimLine] {
    let (columns, rows) = (map.columns, map.rows)
    let level = Float(level)
    // Where a side of a square of four pixels is crossed; sides along x have even numbers.
    func crossing(_ side: Int) -> SIMD2<Double> {
      let (at, isUp) = (side / 2, side % 2 == 1)
      let (a, b) = (map.inset[at] - level, map.inset[at + (isUp ? columns : 1)] - level)
      let share = Double(a / (a - b))
      return map.place(at % columns, at / columns)
        + PartMap.pixel * (isUp ? SIMD2(0, share) : SIMD2(share, 0))
    }
    var next: [Int: Int] = [:]
    for row in 0..<max(0, rows - 1) {
      for column in 0..<max(0, columns - 1) {
        let at = column + columns * row
        // The corners anticlockwise, and the side that follows each.
        let corners = [at, at + 1, at + 1 + columns, at + columns]
        let sides = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1]
        let isIn = corners.map { map.inset[$0] > level }
        for n in 0..<4 where isIn[n] && !isIn[(n + 1) % 4] {
          // Out of the square's inner side here; from where it came in last before.
          var from = (n + 3) % 4
          while isIn[from] { from = (from + 3) % 4 }
          next[sides[n]] = sides[from]
        }
      }
    }
    var (lines, areas): ([RimLine], [Double]) = ([], [])
    for start in next.keys.sorted() {
      var (side, corners) = (start, [SIMD2<Double>]())
      while let following = next.removeValue(forKey: side) {
        corners.append(crossing(side))
        side = following
      }
      guard side == start, corners.count > 2 else { continue }
      var area = 0.0
      for (n, a) in corners.enumerated() {
        let b = corners[(n + 1) % corners.count]
        area += (a.x * b.y - a.y * b.x) / 2
      }
      if area > 0, let line = RimLine(through: corners) {
        lines.append(line)
        areas.append(area)
      }
    }
    return lines.indices.sorted { (areas[$0], $1) > (areas[$1], $0) }.map { lines[$0] }
  }
}
