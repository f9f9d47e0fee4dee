import Concurrency
public import Errors
public import Meshes
import Skulls
public import Volumes
import VoxelOps

extension ImplantMeasures {
  /// How far around a piece the grid is looked at, in mm: its band, and the thickness of the bone beyond.
  private static let surroundings = 24.0
  /// How far the tables of one bone may lie apart, in mm.
  private static let thickest = 25.0
  /// How far the other side may differ, in mm, and how much of it must not differ more.
  private static let mostMirrored = 15.0
  private static let leastMirrored = 0.5
  /// From so many mm on beside the edge of a table, the other side has none there.
  private static let sidewaysMirrored = 2.0
  /// Of the points of a table those that are looked at, at most.
  private static let mostPoints = 8000

  /// Measures an implant in its skull.
  ///
  /// - Parameters:
  ///   - implant: the bone that is missing; may be empty.
  ///   - bone: the skull, on the same grid.
  ///   - parts: the surfaces of what is made of the pieces, in any order.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: a pose, a plane and a map of the head; about 12 bytes for each voxel around a piece. The same figures
  ///   at any thread count.
  public init(
    of implant: Mask, in bone: Mask, parts: [TriangleMesh] = [], threads: Int = 1
  ) throws(Diagnostic) {
    try implant.geometry.requireMatch(with: bone.geometry)
    let skull = MirroredSkull(of: bone, threads: threads)
    asymmetryMM = skull.asymmetry
    pieces = []
    let components = implant.components(threads: threads)
    for component in components.bySize {
      let piece =
        components.count == 1 ? implant : components.mask(threads: threads) { $0 == component }
      pieces.append(try Self.measured(piece, in: bone, skull, threads: threads))
    }
    add(parts)
  }

  private static func measured(
    _ piece: Mask, in bone: Mask, _ skull: MirroredSkull, threads: Int
  ) throws(Diagnostic) -> Piece {
    let found = piece.measurement(threads: threads)
    let centroid = found.centroid ?? .zero
    var measures = Piece(
      centroidLPS: [centroid.x, centroid.y, centroid.z], volumeMM3: found.volume)
    guard let inner = piece.boundingBox(threads: threads) else { return measures }
    let box = inner.grown(by: surroundings, on: piece.geometry)
    let own = try piece.cropped(to: box).measurable(threads: threads)
    let near = try bone.cropped(to: box).measurable(threads: threads)
    // Together they have no edge at the rim that smoothing would round off.
    let tables = try TablePoints(
      of: try own.union(near, threads: threads), middle: skull.middle, threads: threads)
    let grid = own.geometry
    let step = 0.6 * grid.spacing.max()
    let isOwn = tables.outer.map { own.holds($0.point - step * $0.normal) }
    measures.boneThickness = thickness(
      of: zip(tables.outer, isOwn).filter { !$0.1 }.map(\.0), tables.inner,
      around: try TablePoints(of: own, middle: skull.middle, threads: threads),
      spacing: grid.spacing,
      threads: threads)
    if let reflection = skull.reflection {
      measures.mirrorMM = try mirrored(
        zip(tables.outer, isOwn).filter(\.1).map { reflection * $0.0.point }, bone: bone,
        middle: skull.middle, threads: threads)
    }
    return measures
  }

  private static func thickness(
    of outer: [TablePoint], _ inner: [TablePoint], around piece: TablePoints,
    spacing: SIMD3<Double>, threads: Int
  ) -> Thickness? {
    let edge = PointCells(
      piece.outer.map(\.point) + piece.inner.map(\.point) + piece.walls, cell: 3)
    let cells = PointCells(inner.map(\.point), cell: 3)
    let chosen = outer.evenly(atMost: mostPoints)
    let lengths = Slabs.map(chosen.count, threads: threads) { slab in
      slab.compactMap { n -> Double? in
        let p = chosen[n].point
        guard let away = edge.distance(to: p, within: band.upperBound), away >= band.lowerBound,
          let nearest = cells.nearest(to: p, within: thickest)
        else { return nil }
        return inner[nearest].distance(to: p, reach: spacing.length / 2)
      }
    }.flatMap { $0 }
    let found = Distribution(lengths)
    guard found.count >= 20, let median = found.quantile(0.5), let low = found.quantile(0.1),
      let high = found.quantile(0.9)
    else { return nil }
    return Thickness(medianMM: median, p10MM: low, p90MM: high)
  }

  /// - Parameter points: of a piece's outer surface, on the other side.
  private static func mirrored(
    _ points: [SIMD3<Double>], bone: Mask, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) -> Double? {
    guard !points.isEmpty,
      let box = IndexBox(around: points, margin: mostMirrored + 5, on: bone.geometry)
    else {
      return nil
    }
    let near = try bone.cropped(to: box).measurable(threads: threads)
    let table = try TablePoints(of: near, middle: middle, threads: threads).outer
    let cells = PointCells(table.map(\.point), cell: 3)
    let reach = near.geometry.spacing.length / 2
    let chosen = points.evenly(atMost: mostPoints)
    let lengths = Slabs.map(chosen.count, threads: threads) { slab in
      slab.compactMap { n -> Double? in
        let p = chosen[n]
        guard let nearest = cells.nearest(to: p, within: mostMirrored),
          table[nearest].sideways(to: p) <= reach + sidewaysMirrored
        else { return nil }
        return table[nearest].distance(to: p, reach: reach)
      }
    }.flatMap { $0 }
    guard Double(lengths.count) >= leastMirrored * Double(chosen.count) else { return nil }
    return Distribution(lengths).mean
  }

  /// Adds the figures of parts, each to the piece that is nearest to it.
  private mutating func add(_ parts: [TriangleMesh]) {
    for part in parts where !part.isEmpty && !pieces.isEmpty {
      let sum = part.vertices.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>($1) }
      let middle = sum / Double(part.vertices.count)
      let nearest = pieces.indices.min { a, b in
        pieces[a].distance(to: middle) < pieces[b].distance(to: middle)
      }!
      pieces[nearest].partVolumeMM3 = (pieces[nearest].partVolumeMM3 ?? 0) + part.signedVolume
      pieces[nearest].partAreaMM2 = (pieces[nearest].partAreaMM2 ?? 0) + part.area
    }
  }
}

extension ImplantMeasures.Piece {
  fileprivate init(centroidLPS: [Double], volumeMM3: Double) {
    (self.centroidLPS, self.volumeMM3) = (centroidLPS, volumeMM3)
  }

  fileprivate func distance(to p: SIMD3<Double>) -> Double {
    (SIMD3(centroidLPS[0], centroidLPS[1], centroidLPS[2]) - p).length
  }
}

extension TablePoint {
  /// How far a place lies from the table of which this is the nearest point, in mm: sideways it is not known to less than
  /// `reach`.
  fileprivate func distance(to p: SIMD3<Double>, reach: Double) -> Double {
    let across = (p - point).dot(normal)
    let beyond = max(0, sideways(to: p) - reach)
    return (across * across + beyond * beyond).squareRoot()
  }

  /// How far a place lies beside the normal through this point, in mm.
  fileprivate func sideways(to p: SIMD3<Double>) -> Double {
    let away = p - point
    let across = away.dot(normal)
    return max(0, away.dot(away) - across * across).squareRoot()
  }
}

extension Array {
  /// No more than so many of them, spread evenly over all.
  fileprivate func evenly(atMost most: Int) -> [Element] {
    guard count > most else { return self }
    return (0..<most).map { self[$0 * count / most] }
  }
}

extension Mask {
  /// The mask with voxels no finer than tables are smoothed.
  fileprivate func measurable(threads: Int) throws(Diagnostic) -> Mask {
    let least = SIMD3<Double>(repeating: 0.8)
    guard geometry.spacing.min() < 0.75 * least.x else { return self }
    let cells = try geometry.respaced(to: pointwiseMax(geometry.spacing, least))
    return try fraction(onto: cells, by: .area, threads: threads)
      .inside(from: 0.5, threads: threads)
  }

  /// Whether the voxel at a place in LPS mm is set.
  fileprivate func holds(_ p: SIMD3<Double>) -> Bool {
    guard let map = geometry.indexFromLPS else { return false }
    let index = map * p + 0.5
    guard index.min() >= 0 else { return false }
    let (i, j, k) = (Int(index.x), Int(index.y), Int(index.z))
    return i < sizes.x && j < sizes.y && k < sizes.z && self[i, j, k]
  }
}
