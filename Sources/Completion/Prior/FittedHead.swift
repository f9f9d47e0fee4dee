internal import Skulls
internal import Volumes
internal import VoxelOps

/// A scan of the head from before, laid onto the bone that is left.
struct FittedHead: Sendable {
  let laid: LaidBone

  /// Surfaces this near to each other agree, in mm; at least this part of a voxel.
  private static let tolerance = 0.9
  private static let voxelPart = 0.6
  /// How far from a piece bone is its surroundings, in mm.
  private static let around = 15.0

  /// Nil where the prior bone is no head.
  init?(
    _ prior: Mask, onto defective: Mask, vault: ContinuedVault, effort: PriorCompletion.Effort,
    context: CompletionContext
  ) throws {
    let threads = context.threads
    guard let pose = HeadPose.find(in: prior, threads: threads),
      let field = ShapeTemplate(surfaceOf: prior, cell: effort.cell, threads: threads)
    else { return nil }
    try context.advance(to: 0.3)
    let samples = SurfaceSamples.of(defective, count: effort.points, threads: threads)
    guard samples.count >= 200 else { return nil }
    let start = pose.lpsFromHead * vault.pose.headFromLPS
    let rough = RigidFit(
      of: samples.prefix(1500), onto: field, from: start, trim: 4...14, steps: 24)
    let fit = RigidFit(of: samples[...], onto: field, from: rough.map, trim: 1.5...5, steps: 16)
    guard let map = fit.map.inverse else { return nil }
    try context.advance(to: 0.5)
    let moved = prior.moved(by: map)
    let missing = MissingPrior(
      in: defective, of: moved, pose: vault.pose, threads: threads)
    let (holes, others) = try missing.named(by: context.targets, vault: vault)
    var parts: [(part: Mask, box: IndexBox)] = []
    for hole in holes {
      try context.checkCancellation()
      if let part = try hole.bone(of: moved, around: defective, threads: threads) {
        parts.append(part)
      }
    }
    let near = Surroundings(of: holes.flatMap(\.points), within: Self.around)
    let spacing = max(defective.geometry.spacing.max(), prior.geometry.spacing.max())
    let tolerance = Float(max(Self.tolerance, Self.voxelPart * spacing))
    let share = field.withSampler { distance -> Double in
      func agreement(_ samples: [SurfaceSample]) -> Double {
        let count = samples.filter {
          let p = fit.map * $0.point
          return abs(distance(p.x, p.y, p.z)) <= tolerance
        }.count
        return Double(count) / Double(max(1, samples.count))
      }
      // Around the holes, and on the whole head above the jaws.
      let head = samples.filter {
        (vault.pose.headFromLPS * $0.point).z > -60 * vault.pose.scale
      }
      let rim = head.filter { near.contains($0.point) }
      return rim.count < 50 ? agreement(head) : min(agreement(rim), agreement(head) + 0.1)
    }
    laid = LaidBone(map: map, parts: parts, fit: share, misfit: fit.cost, others: others)
  }
}

/// What lies near some points, to half the distance or so.
private struct Surroundings {
  private let cells: Set<SIMD3<Int>>
  private let edge: Double

  init(of points: [SIMD3<Double>], within distance: Double) {
    let edge = distance / 2
    self.edge = edge
    var cells: Set<SIMD3<Int>> = []
    for middle in Set(points.map { Self.cell($0, edge) }) {
      for z in -2...2 {
        for y in -2...2 { for x in -2...2 { cells.insert(middle &+ SIMD3(x, y, z)) } }
      }
    }
    self.cells = cells
  }

  func contains(_ p: SIMD3<Double>) -> Bool { cells.contains(Self.cell(p, edge)) }

  private static func cell(_ p: SIMD3<Double>, _ edge: Double) -> SIMD3<Int> {
    let q = (p / edge).rounded(.down)
    return SIMD3(Int(q.x), Int(q.y), Int(q.z))
  }
}
