import Concurrency
import Errors
import Skulls
import VoxelOps
import Volumes

/// Distances between the tables of two masks.
enum TableDistances {
  /// Of the points of a table those that are looked at, at most.
  private static let most = 20_000

  /// The mean distances in mm of the outer and of the inner tables, from either mask to the other.
  static func between(
    _ one: Mask, _ other: Mask, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) -> ShapeScores.Sides {
    let tables = (
      try points(of: one, middle: middle, threads: threads),
      try points(of: other, middle: middle, threads: threads)
    )
    // Points of one surface lie no further apart than this, so that sideways nothing is known below it.
    let reach = one.geometry.spacing.length / 2
    func mean(_ side: TableSide) -> Double? {
      let (a, b) = (tables.0[side], tables.1[side])
      guard !a.isEmpty, !b.isEmpty else { return nil }
      let there = distances(from: a, to: b, reach: reach, threads: threads)
      let back = distances(from: b, to: a, reach: reach, threads: threads)
      return (there.reduce(0, +) + back.reduce(0, +)) / Double(there.count + back.count)
    }
    return ShapeScores.Sides(outside: mean(.outer), inside: mean(.inner))
  }

  private static func points(
    of mask: Mask, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) -> TablePoints {
    guard let box = mask.boundingBox(threads: threads) else { return TablePoints() }
    return try TablePoints(
      of: mask.cropped(to: box.grown(by: 10, on: mask.geometry)), middle: middle, threads: threads)
  }

  private static func distances(
    from points: [TablePoint], to table: [TablePoint], reach: Double, threads: Int
  ) -> [Double] {
    let cells = PointCells(table.map(\.point), cell: max(1, 2 * reach))
    // What lies further away than this needs no more than some of the points.
    let far = max(8, 8 * reach)
    let step = max(1, table.count / 2000)
    let some = stride(from: 0, to: table.count, by: step).map { $0 }
    let farCells = PointCells(some.map { table[$0].point }, cell: far)
    let count = min(points.count, most)
    return Slabs.map(count, threads: threads) { slab in
      slab.compactMap { n -> Double? in
        let p = points[n * points.count / count].point
        guard
          let nearest = cells.nearest(to: p, within: far)
            ?? farCells.nearest(to: p, within: .greatestFiniteMagnitude).map({ some[$0] })
        else { return nil }
        let away = p - table[nearest].point
        let across = away.dot(table[nearest].normal)
        let along = max(0, away.dot(away) - across * across).squareRoot()
        let beyond = max(0, along - reach)
        return (across * across + beyond * beyond).squareRoot()
      }
    }.flatMap { $0 }
  }
}
