internal import Skulls
internal import Volumes

/// A complete head that is laid onto the bone of a skull, and where the skull has holes by it.
struct LaidHead: Sendable {
  /// The head, most exactly around the holes.
  let head: CompleteHead
  /// Where the skull lacks bone that the head has.
  let holes: [MissingBone.Hole]
  /// The share of the bone's surface that lies on the head's, and its median distance from it in mm.
  var share: Double { fit.share }
  var misfit: Double { fit.misfit }

  /// By how much a way that leans on this head must beat one that leans on the bone in trials, in Dice. Trials lie
  /// elsewhere than the hole; the further the head is from the bone, the less they say of it. Measured: at 0.21 mm
  /// it is right wherever it wins, at 0.27 mm, on another person's skull, it wins by up to .02 where it is worse.
  var margin: Double { min(0.035, max(0.005, 0.4 * (misfit - 0.19))) }

  /// Where the scan ends besides at its border.
  let ends: [ScanEnd]

  private let fit: TemplateFit
  private let template: ShapeTemplate

  /// With a median distance below this, in mm, the bone is the template's own.
  private static let likeItself = 0.25

  /// Nil where the bone is not like a head's.
  ///
  /// - Complexity: a pass over the mask for the surface and one for the holes, and about a second.
  /// - Throws: what the context throws; progress goes from 0.2 to 0.85.
  init?(
    _ template: ShapeTemplate, on bone: Mask, pose: HeadPose, effort: TemplateFit.Effort,
    leastShare: Double, in context: CompletionContext
  ) throws {
    guard
      var fit = try TemplateFit(
        of: bone, onto: template, pose: pose, effort: effort, context: context)
    else { return nil }
    // No head is symmetric: of the template's and its mirror image one is nearer to this head, and a wrong header
    // exchanges the sides.
    if fit.misfit > Self.likeItself,
      let mirrored = try TemplateFit(
        of: bone, onto: template, pose: pose, isMirrored: true, effort: effort, context: context),
      mirrored.misfit < fit.misfit
    {
      fit = mirrored
    }
    (self.fit, self.template, ends) = (fit, template, pose.ends)
    try context.advance(to: 0.5)
    let first = CompleteHead(fit, of: template, threads: context.threads)
    guard fit.share >= leastShare else {
      (head, holes) = (first, [])
      return
    }
    holes = try MissingBone(in: bone, of: first, ends: pose.ends, threads: context.threads).holes
      .named(by: context.targets, pose: pose)
    try context.advance(to: 0.7)
    head =
      holes.isEmpty
      ? first
      : CompleteHead(
        try fit.refined(around: holes.flatMap(\.points), context: context), of: template,
        threads: context.threads)
    try context.advance(to: 0.85)
  }

  /// The head laid onto the skull as if it had no bone in some pieces of its vault.
  func blind(
    to discs: [VaultHole], on map: VaultMap, in context: CompletionContext
  ) throws -> CompleteHead {
    var isHidden = [Bool](repeating: false, count: map.width * map.width)
    for disc in discs { for i in disc.pixels { isHidden[i] = true } }
    let fit = try fit.blind(context: context) { p in
      let q = map.pose.headFromLPS * p - map.middle
      let way = max(1e-9, q.length)
      let (u, v) = map.place(q.x / way, q.y / way, q.z / way)
      let (x, y) = (Int(u + 0.5), Int(v + 0.5))
      return x >= 0 && y >= 0 && x < map.width && y < map.width && isHidden[x + map.width * y]
    }
    return CompleteHead(fit, of: template, threads: context.threads)
  }
}
