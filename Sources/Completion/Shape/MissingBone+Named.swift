internal import Skulls
internal import Volumes

extension [MissingBone.Hole] {
  /// The holes that a user names; without targets, all.
  ///
  /// - Throws: `Diagnostic` where a place names none of them.
  func named(by targets: CompletionTargets?, pose: HeadPose) throws -> [MissingBone.Hole] {
    guard let targets else { return self }
    let shapes = map { $0.shape(pose) }
    try targets.requireHoles(shapes)
    return zip(self, targets.isNamed(shapes)).filter(\.1).map(\.0)
  }
}

extension MissingBone.Hole {
  fileprivate func shape(_ pose: HeadPose) -> HoleShape {
    let places = points.map { pose.headFromLPS * $0 }
    let height = places.reduce(0) { $0 + $1.z } / Double(places.count)
    // The vault's lowest point lies some 20 mm below its middle, orbits up to 50 mm.
    let kind: CompletionFindings.Defect.Kind =
      height > -5 * pose.scale ? .cranial : height > -50 * pose.scale ? .orbital : .facial
    return HoleShape(
      points: points,
      defect: CompletionFindings.Defect(
        at: places, on: Geometry(sizes: GridSize(1, 1, 1), spacing: SIMD3(repeating: 1.5)),
        pose: pose, kind: kind))
  }
}
