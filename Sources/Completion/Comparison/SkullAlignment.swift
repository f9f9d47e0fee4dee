public import Skulls
public import Volumes
internal import VoxelOps

/// A second scan of a head, laid onto the first by the bone that both have.
///
/// The poses of both heads (``HeadPose``) are the start; then points of the first scan's bone are laid onto the surface of
/// the second's by a rotation and a shift, as ``PriorCompletion`` lays a scan from before. Points from 1.5 mm on beside the
/// surface do not count in the end, so that bone that has changed does not draw.
public struct SkullAlignment: Sendable {
  /// From the second scan to the first, both in LPS mm.
  public let map: Affine
  /// Where the first head lies.
  public let pose: HeadPose
  /// Where the second head lies, in its own scan.
  public let otherPose: HeadPose
  /// The share of the first scan's bone above the jaws that has bone of the second within ``tolerance``.
  public let agreement: Double
  /// The mean distance in mm of that bone from the second's, each at most 4 mm.
  public let misfit: Double

  /// Below this agreement two scans are not taken as of one head.
  public static let leastAgreement = 0.6
  /// Surfaces this near to each other agree, in mm; at least ``voxelPart`` of a voxel.
  static let tolerance = 0.9
  static let voxelPart = 0.6

  /// Nil where one of the two is no head.
  ///
  /// - Complexity: two poses, and steps × points; 5 bytes for each cell of 1 mm of the second's box.
  public init?(of second: Mask, onto first: Mask, threads: Int = 1) {
    self.init(of: second, onto: first, effort: PriorCompletion.Effort(), threads: threads)
  }

  init?(
    of second: Mask, onto first: Mask, effort: PriorCompletion.Effort, threads: Int
  ) {
    guard let pose = HeadPose.find(in: first, threads: threads),
      let otherPose = HeadPose.find(in: second, threads: threads),
      let field = ShapeTemplate(surfaceOf: second, cell: effort.cell, threads: threads)
    else { return nil }
    let samples = SurfaceSamples.of(first, count: effort.points, threads: threads)
      .filter { Self.isAboveJaws($0.point, pose) }
    guard samples.count >= 200 else { return nil }
    let start = otherPose.lpsFromHead * pose.headFromLPS
    let rough = RigidFit(
      of: samples.prefix(1500), onto: field, from: start, trim: 4...14, steps: 24)
    let fit = RigidFit(of: samples[...], onto: field, from: rough.map, trim: 1.5...5, steps: 24)
    guard let map = fit.map.inverse else { return nil }
    (self.map, self.pose, self.otherPose, misfit) = (map, pose, otherPose, fit.cost)
    let spacing = max(first.geometry.spacing.max(), second.geometry.spacing.max())
    let limit = Float(max(Self.tolerance, Self.voxelPart * spacing))
    agreement = field.withSampler { distance in
      let near = samples.count {
        let p = fit.map * $0.point
        return abs(distance(p.x, p.y, p.z)) <= limit
      }
      return Double(near) / Double(samples.count)
    }
  }

  /// Whether a place of the first scan lies where a head does not move in itself: vault, base and upper face.
  public func isAboveJaws(_ p: SIMD3<Double>) -> Bool { Self.isAboveJaws(p, pose) }

  private static func isAboveJaws(_ p: SIMD3<Double>, _ pose: HeadPose) -> Bool {
    (pose.headFromLPS * p).z > -60 * pose.scale
  }
}
