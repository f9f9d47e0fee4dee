import Concurrency
import Errors
import Skulls
import VoxelOps
import Volumes

/// The steps between the tables of bone and those of an implant, at places all around the rim.
///
/// At each place one surface of the second degree is laid through the points of the smoothed tables 2 to 6 mm from
/// the rim on both sides, with a jump between bone and implant: the jump is the step. What lies nearer to the rim is
/// rounded, cut or lacking; a kink, which bends both ways alike, is no step.
struct RimStep: Sendable {
  /// In mm, above 0 where the implant stands out.
  private var steps: [TableSide: [Double]] = [:]

  /// From where to where points count on both sides of the rim, in mm.
  private static let near = 2.0
  private static let far = 6.0
  /// How far bone and implant may lie apart, in mm.
  private static let gap = 3.0
  /// How far from the rim a place may be, how far apart places are, and how far about one points count, in mm.
  private static let atRim = 2.0
  private static let apart = 3.0
  private static let around = 9.0
  /// The fewest points of either side.
  private static let fewest = 6
  /// From which misfit on in mm points count less.
  private static let tolerance = 0.5

  /// - Parameters:
  ///   - implant: with what lies within 10 mm.
  ///   - bone: on the same grid.
  ///   - middle: of the head, in LPS mm.
  init(
    of implant: Mask, in bone: Mask, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) {
    var both = bone
    both.formUnion(cropped: implant, at: IndexBox(bone.sizes), threads: threads)
    // Each smoothed by itself: smoothed together, a step would be a slope, and less than it is.
    let ofImplant = try TablePoints(of: implant, among: both, middle: middle, threads: threads)
    let ofBone = try TablePoints(of: bone, among: both, middle: middle, threads: threads)
    let implantWalls = Self.walls(of: ofImplant, facing: bone, threads: threads)
    let boneWalls = Self.walls(of: ofBone, facing: implant, threads: threads)
    for side in TableSide.allCases {
      steps[side] = Self.steps(
        among: Self.points(ofBone[side], from: boneWalls, isImplant: false, threads: threads)
          + Self.points(ofImplant[side], from: implantWalls, isImplant: true, threads: threads),
        threads: threads)
    }
  }

  /// The median of the steps' sizes in mm; nil where there is none.
  func median(_ side: TableSide) -> Double? {
    guard let sizes = steps[side].map({ $0.map(abs).sorted() }), !sizes.isEmpty else { return nil }
    return (sizes[(sizes.count - 1) / 2] + sizes[sizes.count / 2]) / 2
  }

  /// A point of a table and how far it lies from the rim on its side, in mm.
  private struct Point {
    let table: TablePoint
    let isImplant: Bool
    let rim: Double
  }

  /// The walls of a mask that face another, within ``gap``.
  private static func walls(
    of tables: TablePoints, facing other: Mask, threads: Int
  ) -> PointCells {
    guard let indexFromLPS = other.geometry.indexFromLPS else { return PointCells([], cell: far) }
    let field = other.distances(threads: threads)
    let sizes = other.sizes
    let walls = field.withVoxels { field in
      tables.walls.filter { p in
        let i = indexFromLPS * p + 0.5
        func at(_ axis: Int) -> Int { min(max(0, Int(i[axis])), sizes[axis] - 1) }
        return Double(field[at(0) + sizes.x * (at(1) + sizes.y * at(2))]) <= gap
      }
    }
    return PointCells(walls, cell: far / 2)
  }

  /// The points of a table that are near walls.
  private static func points(
    _ table: [TablePoint], from walls: PointCells, isImplant: Bool, threads: Int
  ) -> [Point] {
    Slabs.map(table.count, threads: threads) { slab in
      slab.compactMap { n -> Point? in
        guard let rim = walls.distance(to: table[n].point, within: far) else { return nil }
        return Point(table: table[n], isImplant: isImplant, rim: rim)
      }
    }.flatMap { $0 }
  }

  private static func steps(among points: [Point], threads: Int) -> [Double] {
    let bands = points.filter { $0.rim >= near && $0.rim <= far }
    let cells = PointCells(bands.map(\.table.point), cell: 3)
    let places = places(among: points.filter { !$0.isImplant && $0.rim <= atRim })
    return Slabs.map(places.count, threads: threads) { slab in
      slab.compactMap { n -> Double? in
        var here: [Point] = []
        cells.forEach(within: around, of: places[n]) { here.append(bands[$0]) }
        return step(at: places[n], among: here)
      }
    }.flatMap { $0 }
  }

  /// Some of the points, none nearer to another than ``apart``.
  private static func places(among rim: [Point]) -> [SIMD3<Double>] {
    let cells = PointCells(rim.map(\.table.point), cell: apart)
    var isNear = [Bool](repeating: false, count: rim.count)
    var chosen: [SIMD3<Double>] = []
    for i in rim.indices where !isNear[i] {
      let p = rim[i].table.point
      chosen.append(p)
      cells.forEach(within: apart, of: p) { isNear[$0] = true }
    }
    return chosen
  }

  /// The jump of the surface through some points; nil where they do not tell.
  private static func step(at place: SIMD3<Double>, among all: [Point]) -> Double? {
    func mean(_ points: [Point], _ value: (Point) -> SIMD3<Double>) -> SIMD3<Double> {
      points.reduce(.zero) { $0 + value($1) } / Double(max(1, points.count))
    }
    guard !all.isEmpty else { return nil }
    let rough = mean(all) { $0.table.normal }
    let points = all.filter { $0.table.normal.dot(rough) > 0.7 * rough.length }
    let (implant, bone) = (points.filter(\.isImplant), points.filter { !$0.isImplant })
    guard implant.count >= fewest, bone.count >= fewest else { return nil }
    // Both sides count alike, however many points they have.
    let sum = mean(implant) { $0.table.normal } + mean(bone) { $0.table.normal }
    let normal = sum / sum.length
    var across = mean(implant) { $0.table.point } - mean(bone) { $0.table.point }
    across -= across.dot(normal) * normal
    // Points of one side that lie around the other's are not those of a rim.
    guard across.length > near else { return nil }
    across /= across.length
    let along = normal.cross(across)
    let rows = points.map { point -> (row: [Double], height: Double) in
      let offset = point.table.point - place
      let (u, v) = (offset.dot(across) / far, offset.dot(along) / far)
      return ([1, u, v, u * u, u * v, v * v, point.isImplant ? 1 : 0], offset.dot(normal))
    }
    var weights = [Double](repeating: 1, count: rows.count)
    var step: Double?
    for _ in 0..<4 {
      var sums = LeastSquares(count: 7)
      for (weight, (row, height)) in zip(weights, rows) {
        sums.add(row, value: height, weight: weight)
      }
      guard let solution = sums.solution(ridge: 1e-6) else { return step }
      step = solution[6]
      weights = rows.map { row, height in
        let misfit = zip(row, solution).reduce(-height) { $0 + $1.0 * $1.1 } / tolerance
        return 1 / (1 + misfit * misfit)
      }
    }
    return step
  }
}
