internal import Completion
internal import Skulls
internal import Volumes

/// Tells pieces that a skull lacks from differences between its sides, by the holes of its vault.
struct MirroredHoles {
  private let pose: HeadPose?
  private let map: VaultMap?
  private let holes: [VaultHole]

  /// The smallest hole of the vault, in mm², of which a piece beside the largest one counts as a defect.
  private static let smallestHole = 200.0
  /// The part of a piece that lies in a hole, at least.
  private static let share = 0.3

  /// - Complexity: as ``HeadPose/find(in:threads:)``, and a map of the vault.
  init(of bone: Mask, threads: Int) {
    pose = HeadPose.find(in: bone, threads: threads)
    map = pose.flatMap { VaultMap(of: bone, pose: $0, threads: threads) }
    holes = map?.holes(least: Self.smallestHole) ?? []
  }

  /// The pieces to fill, in their order, the largest first: those of at least half the volume of the largest, and
  /// those in a hole of the vault; of these, the ones that a user names.
  ///
  /// - Throws: `Diagnostic` where a place names neither a piece nor a hole of the vault.
  func defects(among seeds: [MissingSeeds], only targets: CompletionTargets?) throws
    -> [MissingSeeds]
  {
    guard let targets else {
      let least = 0.5 * (seeds.first?.volume ?? 0)
      return seeds.filter { $0.volume >= least || isInHole($0) }
    }
    guard let pose else {
      try targets.requireHoles([])
      return []
    }
    let shapes = seeds.map { $0.shape(pose, isOfVault: isInHole($0)) }
    // A hole of the vault that both sides have is one, and stays open.
    let vault = map.map { map in holes.map { HoleShape($0, of: map) } } ?? []
    try targets.requireHoles(vault + shapes)
    let isNamed = targets.isNamed(shapes)
    let named = zip(holes, targets.isNamed(vault)).filter(\.1).map(\.0)
    return zip(seeds, isNamed).filter { seed, isNamed in isNamed || isInside(seed, named) }
      .map(\.0)
  }

  private func isInHole(_ seeds: MissingSeeds) -> Bool { isInside(seeds, holes) }

  private func isInside(_ seeds: MissingSeeds, _ holes: [VaultHole]) -> Bool {
    guard let map, !seeds.points.isEmpty else { return false }
    let pixels = Set(holes.flatMap(\.pixels))
    let inside = seeds.points.filter { point in
      let p = map.pose.headFromLPS * point - map.middle
      let way = p.length
      guard way > 1 else { return false }
      let (u, v) = map.place(p.x / way, p.y / way, p.z / way)
      let (x, y) = (Int(u.rounded()), Int(v.rounded()))
      return x >= 0 && y >= 0 && x < map.width && y < map.width
        && pixels.contains(x + map.width * y)
    }
    return Double(inside.count) >= Self.share * Double(seeds.points.count)
  }
}

extension MissingSeeds {
  fileprivate func shape(_ pose: HeadPose, isOfVault: Bool) -> HoleShape {
    let places = points.map { pose.headFromLPS * $0 }
    let height = places.reduce(0) { $0 + $1.z } / Double(places.count)
    return HoleShape(
      points: points,
      defect: CompletionFindings.Defect(
        at: places, on: Geometry(sizes: GridSize(1, 1, 1), spacing: SIMD3(repeating: 2)),
        pose: pose,
        kind: isOfVault ? .cranial : height > -50 * pose.scale ? .orbital : .facial))
  }
}
