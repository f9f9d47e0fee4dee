import Volumes

/// Points in cubic cells, to find those near a place.
package struct PointCells: Sendable {
  private let points: [SIMD3<Double>]
  private let cell: Double
  private let lower: SIMD3<Double>
  private let counts: (x: Int, y: Int, z: Int)
  /// Where each cell's points start in ``order``.
  private let starts: [Int32]
  private let order: [Int32]

  private static let mostCells = 4.0e6

  /// - Parameter cell: the edge of a cell in mm; longer where there were too many cells.
  /// - Complexity: O(points + cells) of time and memory.
  package init(_ points: [SIMD3<Double>], cell: Double) {
    self.points = points
    guard let first = points.first else {
      (self.cell, lower, counts, starts, order) = (cell, .zero, (0, 0, 0), [0], [])
      return
    }
    var (lower, upper) = (first, first)
    for p in points {
      lower = pointwiseMin(lower, p)
      upper = pointwiseMax(upper, p)
    }
    let extent = upper - lower
    var edge = cell
    func cells(_ edge: Double) -> Double {
      (0..<3).reduce(1.0) { $0 * (extent[$1] / edge + 1) }
    }
    while cells(edge) > Self.mostCells { edge *= 2 }
    let counts = (
      x: Int(extent.x / edge) + 1, y: Int(extent.y / edge) + 1, z: Int(extent.z / edge) + 1
    )
    let places = points.map { p -> Int in
      let i = (p - lower) / edge
      return Int(i.x) + counts.x * (Int(i.y) + counts.y * Int(i.z))
    }
    var starts = [Int32](repeating: 0, count: counts.x * counts.y * counts.z + 1)
    for place in places { starts[place + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    var next = starts
    var order = [Int32](repeating: 0, count: points.count)
    for (i, place) in places.enumerated() {
      order[Int(next[place])] = Int32(i)
      next[place] += 1
    }
    (self.cell, self.lower, self.counts, self.starts, self.order) = (
      edge, lower, counts, starts, order
    )
  }

  /// Calls `body` with the number of every point within a radius, in an order that depends on the points only.
  package func forEach(within radius: Double, of p: SIMD3<Double>, _ body: (Int) -> Void) {
    guard !points.isEmpty else { return }
    let square = radius * radius
    forEachCell(from: p - radius, to: p + radius) { range in
      for n in range {
        let i = Int(order[n])
        let away = points[i] - p
        if away.dot(away) <= square { body(i) }
      }
    }
  }

  /// The number of the nearest point, of several as near the lowest; nil where none lies within the limit.
  package func nearest(to p: SIMD3<Double>, within limit: Double) -> Int? {
    guard !points.isEmpty else { return nil }
    var radius = min(cell, limit)
    while true {
      var best: (square: Double, number: Int)?
      forEach(within: radius, of: p) { i in
        let away = points[i] - p
        let found = (square: away.dot(away), number: i)
        if best.map({ found < ($0.square, $0.number) }) ?? true { best = found }
      }
      if let best { return best.number }
      if radius >= limit { return nil }
      radius = min(2 * radius, limit)
    }
  }

  /// The distance in mm to the nearest point; nil where none lies within the limit.
  package func distance(to p: SIMD3<Double>, within limit: Double) -> Double? {
    nearest(to: p, within: limit).map { (points[$0] - p).length }
  }

  private func forEachCell(
    from least: SIMD3<Double>, to most: SIMD3<Double>, _ body: (Range<Int>) -> Void
  ) {
    func range(_ axis: Int, _ count: Int) -> ClosedRange<Int>? {
      let from = ((least[axis] - lower[axis]) / cell).rounded(.down)
      let to = ((most[axis] - lower[axis]) / cell).rounded(.down)
      guard to >= 0, from < Double(count) else { return nil }
      return Int(max(0, from))...Int(min(to, Double(count - 1)))
    }
    guard let xs = range(0, counts.x), let ys = range(1, counts.y), let zs = range(2, counts.z)
    else { return }
    for z in zs {
      for y in ys {
        let row = counts.x * (y + counts.y * z)
        // The points of neighbouring cells of a row lie together.
        body(Int(starts[row + xs.lowerBound])..<Int(starts[row + xs.upperBound + 1]))
      }
    }
  }
}
