public import Errors
public import Volumes
internal import VoxelOps

/// Draws holes into one complete skull, as many as wanted.
///
/// A hole depends on the skull, the kind, the seed, the case and the variation alone: a trainer counts
/// the variation up to see other holes in each epoch. Holes are drawn again until the implant takes 1
/// to 25 % of the bone.
///
/// Works on any skull with directions along LPS or turned against it; places are chosen by the box of
/// the bone, so the head must be about upright.
public struct DefectDrawer: Sendable {
  /// The least and the greatest fraction of the bone that an implant takes.
  public static let fractions = 0.01...0.25
  /// How many holes are drawn before none is said to fit.
  public static let limit = 200

  /// The complete skull that holes are cut into.
  public let skull: Mask
  let points: BonePoints

  /// A drawer for a complete skull.
  ///
  /// - Complexity: one pass over the mask; 16 bytes for each voxel of bone.
  public init(skull: Mask) {
    self.skull = skull
    points = BonePoints(skull)
  }

  /// A hole of a kind.
  ///
  /// - Parameters:
  ///   - number: the case's number in its population.
  ///   - variation: which of the case's holes of this kind.
  /// - Throws: `Diagnostic` with code `noDefectFits` where ``limit`` holes in turn take too
  ///   little or too much: of masks that are no skulls, or empty.
  /// - Complexity: O(voxels of bone) a try, one or two tries mostly; two new masks.
  public func defect(
    _ kind: Defect.Kind, seed: UInt64, case number: Int, variation: Int = 0
  ) throws(Diagnostic) -> Defect {
    let (offsets, tries) = try offsets(kind, seed: seed, case: number, variation: variation)
    var defective = skull
    let implant = Mask(on: skull.geometry) { implant in
      defective.withMutableBytes { defective in
        for offset in offsets {
          implant[Int(offset)] = 1
          defective[Int(offset)] = 0
        }
      }
    }
    return Defect(
      kind: kind, implant: implant, defective: defective,
      fraction: Double(offsets.count) / Double(points.count), tries: tries)
  }

  /// The implant of a hole alone; see ``defect(_:seed:case:variation:)``.
  public func implant(
    _ kind: Defect.Kind, seed: UInt64, case number: Int, variation: Int = 0
  ) throws(Diagnostic) -> Mask {
    let offsets = try offsets(kind, seed: seed, case: number, variation: variation).offsets
    return Mask(on: skull.geometry) { out in for offset in offsets { out[Int(offset)] = 1 } }
  }

  /// The places in memory of the implant's voxels, in rising order; for those who keep skulls as
  /// bits. See ``defect(_:seed:case:variation:)``.
  public func offsets(
    _ kind: Defect.Kind, seed: UInt64, case number: Int, variation: Int = 0
  ) throws(Diagnostic) -> (offsets: [Int32], tries: Int) {
    let (sets, tries) = try cuts(
      kind, seed: seed, case: number, variation: variation, [points])
    return (sets[0], tries)
  }

  /// The places in memory of another skull's voxels in the hole that is drawn for this one.
  func offsets(
    _ kind: Defect.Kind, seed: UInt64, case number: Int, variation: Int, in other: BonePoints
  ) throws(Diagnostic) -> [Int32] {
    try cuts(kind, seed: seed, case: number, variation: variation, [points, other]).offsets[1]
  }

  /// The voxels of several skulls in a hole that takes its part of the first one.
  private func cuts(
    _ kind: Defect.Kind, seed: UInt64, case number: Int, variation: Int, _ skulls: [BonePoints]
  ) throws(Diagnostic) -> (offsets: [[Int32]], tries: Int) {
    var stream = RandomStream(
      seed: seed, case: number, purpose: .defect,
      parts: [kind.number, UInt64(bitPattern: Int64(variation))])
    let least = Int((Self.fractions.lowerBound * Double(points.count)).rounded(.up))
    let most = Int(Self.fractions.upperBound * Double(points.count))
    if points.count > 0 {
      for attempt in 1...Self.limit {
        let offsets = drawn(kind, &stream, skulls)
        if offsets[0].count >= max(1, least), offsets[0].count <= most {
          return (offsets, attempt)
        }
      }
    }
    throw Diagnostic(
      .noDefectFits, field: "defect", expected: "a \(kind.rawValue) hole of 1 to 25 % of the bone",
      found: "none in \(Self.limit) tries on \(counted(points.count, "voxel")) of bone",
      remedy: "is the mask a whole skull?")
  }

  private func drawn(
    _ kind: Defect.Kind, _ stream: inout RandomStream, _ skulls: [BonePoints]
  ) -> [[Int32]] {
    func inside(_ hole: some Hole) -> [[Int32]] { skulls.map { $0.inside(hole) } }
    return switch kind {
    case .prism: inside(PrismHole(points, &stream))
    case .cube: inside(CubeHole(points, &stream))
    case .sphere: inside(SphereHole(points, &stream))
    case .polygon: inside(PolygonHole(points, &stream))
    case .bilateral: inside(BlobHole(points, .vault, mirrored: true, &stream))
    case .frontoorbital: inside(BlobHole(points, .orbitalRim, mirrored: false, &stream))
    case .parietotemporal: inside(BlobHole(points, .side, mirrored: false, &stream))
    case .random: inside(BlobHole(points, .vault, mirrored: false, &stream))
    case .facial: inside(FacialHole(points, &stream))
    }
  }
}

extension Defect.Kind {
  /// What random streams know the kind by; never to be changed.
  fileprivate var number: UInt64 {
    switch self {
    case .prism: 1
    case .cube: 2
    case .sphere: 3
    case .polygon: 4
    case .bilateral: 5
    case .frontoorbital: 6
    case .parietotemporal: 7
    case .random: 8
    case .facial: 9
    }
  }
}
