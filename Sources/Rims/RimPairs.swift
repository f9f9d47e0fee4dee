import Concurrency
import Errors
internal import Skulls
internal import Volumes
internal import VoxelOps

/// Points of the bone around holes, each with the completion's surface of the same table near it.
struct RimPairs: Sendable {
  private let sides: [(points: [TablePoint], table: [TablePoint], cells: PointCells)]

  /// With fewer pairs there is nothing to go by.
  static let fewest = 30
  /// How far apart points of bone are, near the hole and further out, in mm: further where there would be too many.
  private static let apart = (near: 3.0, far: 6.0)
  /// The most points of a table: the time grows with their cube.
  private static let most = 600
  /// Up to which distance beyond the ring's beginning a point is near, in mm.
  private static let near = 8.0
  /// The least cosine of the normals of a pair.
  private static let agreement = 0.7

  var count: Int { sides.reduce(0) { $0 + $1.points.count } }

  /// Nil where there is hardly any bone.
  init?(
    _ bone: Mask, _ completed: Mask, ring: RimRing, limit: Double, middle: SIMD3<Double>,
    threads: Int
  ) throws(Diagnostic) {
    let known = try TablePoints(of: bone, middle: middle, threads: threads)
    let tables = try TablePoints(of: completed, middle: middle, threads: threads)
    sides = TableSide.allCases.map { side in
      let all = known[side]
      let distances = Slabs.map(all.count, threads: threads) { slab in
        slab.map { ring.distance(of: all[$0].point) }
      }.flatMap { $0 }
      return (
        Self.spread(all, distances, from: ring.least), tables[side],
        PointCells(tables[side].map(\.point), cell: 2)
      )
    }
    guard count >= Self.fewest else { return nil }
  }

  /// Some of the points in the ring, none nearer to another than ``apart``.
  private static func spread(
    _ all: [TablePoint], _ distances: [Double?], from least: Double
  ) -> [TablePoint] {
    var factor = 1.0
    while true {
      let chosen = spread(all, distances, from: least, factor: factor)
      if chosen.count <= most { return chosen }
      // Of a surface: as many fewer as there are too many.
      factor *= max(1.05, (Double(chosen.count) / Double(most)).squareRoot())
    }
  }

  private static func spread(
    _ all: [TablePoint], _ distances: [Double?], from least: Double, factor: Double
  ) -> [TablePoint] {
    let apart = (near: factor * apart.near, far: factor * apart.far)
    let cells = PointCells(all.map(\.point), cell: apart.near)
    var isNear = distances.map { $0 == nil }
    var chosen: [TablePoint] = []
    for i in all.indices where !isNear[i] {
      guard let distance = distances[i] else { continue }
      chosen.append(all[i])
      let way = distance < least + near ? apart.near : apart.far
      cells.forEach(within: way, of: all[i].point) { isNear[$0] = true }
    }
    return chosen
  }

  /// What the completion is displaced by at points of bone, along their normals.
  ///
  /// - Parameter spline: what is known of that already.
  func displacements(
    from spline: DisplacementSpline?, limit: Double, threads: Int
  ) -> [DisplacementSpline.Known] {
    sides.flatMap { points, table, cells in
      Slabs.map(points.count, threads: threads) { slab in
        slab.compactMap { n -> DisplacementSpline.Known? in
          let here = points[n]
          let from = here.point + (spline?(here.point) ?? .zero)
          guard let nearest = cells.nearest(to: from, within: limit) else { return nil }
          let there = table[nearest]
          let cosine = there.normal.dot(here.normal)
          guard cosine > Self.agreement else { return nil }
          // Along the bone's normal to the plane of the completion's surface.
          let way = (there.point - here.point).dot(there.normal) / cosine
          guard abs(way) < limit else { return nil }
          return .init(point: here.point, displacement: way * here.normal)
        }
      }.flatMap { $0 }
    }
  }
}

extension [DisplacementSpline.Known] {
  /// The median of a value; nil of none.
  func median(_ value: (DisplacementSpline.Known) -> Double) -> Double? {
    isEmpty ? nil : map(value).sorted()[count / 2]
  }
}
