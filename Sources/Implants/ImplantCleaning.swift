public import Errors
public import Volumes
internal import VoxelOps

/// How a rough implant, the completed skull minus the bone there is, becomes a printable piece, or several
/// where several holes are.
///
/// All lengths in mm, so that the same setting serves every spacing; a ball smaller than a voxel
/// does nothing along that axis.
public struct ImplantCleaning: Hashable, Sendable {
  /// The radius of the ball that must fit into what is kept as the body: whiskers along sutures,
  /// veneers on healthy bone and grazing contacts thinner than twice this go.
  public var opening: Double
  /// How far the body grows back into the rough implant, to fill the corners and feather edges at
  /// the rim that the ball could not reach. More than `opening`, less than the length of a whisker.
  public var regrowth: Double
  /// The gap that is left between implant and bone.
  public var clearance: Double
  /// The core of an implant is what lies further from all bone than this; a piece without a core is
  /// dropped. 0: no core is asked for.
  ///
  /// For completions whose surface misses the skull's by mm all over, such as those of a coarse
  /// network: their crust is as thick as an implant, but never far from bone.
  public var minDistance: Double
  /// The smallest volume of a core, in mm³: a piece with a smaller one is the crust of a completion
  /// that misses the skull, not an implant.
  public var minVolume: Double
  /// The smallest volume of a further piece, as a fraction of the largest one's; 1: there is one piece.
  ///
  /// For skulls with several holes. A completion that is right but for small flaws has small flaws
  /// as its other pieces.
  public var minFraction: Double

  /// A setting; the defaults suit a cranial implant between 0.4 and 1.5 mm spacing.
  public init(
    opening: Double = 1, regrowth: Double = 2, clearance: Double = 0, minDistance: Double = 0,
    minVolume: Double = 0, minFraction: Double = 1
  ) {
    self.opening = opening
    self.regrowth = regrowth
    self.clearance = clearance
    self.minDistance = minDistance
    self.minVolume = minVolume
    self.minFraction = minFraction
  }
}

extension Mask {
  /// This rough implant as one solid piece, or as one for each hole, that has no voxel in common with
  /// the bone.
  ///
  /// 1. Bone is taken out, and what is nearer to it than the clearance: whatever made the rough
  ///    implant, it must not cut into bone, small pieces of bone included.
  ///    With `minDistance` only the surroundings of the largest core are kept; if it is smaller than
  ///    `minVolume`, the result is empty. With `minFraction` below 1, here and below: of the largest
  ///    and of those that have this fraction of its volume.
  /// 2. Opening by a ball: parts thinner than the ball are no implant but places where two surfaces
  ///    miss each other by a voxel. Where nothing is left (all of the implant is that thin) the step
  ///    is passed over.
  /// 3. The largest component that hangs together by faces: the implant is one piece, and so is its
  ///    surface. Voxels that touch at an edge or a corner only would break off.
  /// 4. Regrowth: what the rough implant holds within a short way of that piece comes back, so that
  ///    it closes the hole up to its rim; again the largest component, for what comes back may hang
  ///    by nothing.
  /// 5. Enclosed cavities are filled (air cells and marrow that a mirrored bone brings along): they
  ///    weaken the piece and keep powder in when it is printed. Cavities that hold bone keep it.
  ///
  /// *Shape*: both on the same grid; the result is on it too, empty where nothing is left.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: O(voxels of the rough implant's bounding box × reach), the same bytes at any
  ///   `threads`; one new mask and a few bytes for each voxel of that box.
  /// - Precondition: no setting is negative.
  public func cleaned(
    against bone: Mask, by cleaning: ImplantCleaning = ImplantCleaning(), threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    try geometry.requireMatch(with: bone.geometry)
    var implant = Mask(emptyOn: geometry)
    guard let tight = boundingBox(threads: threads) else { return implant }
    // Bone just outside the box counts for the clearance.
    let spacing = geometry.spacing
    var box = IndexBox(sizes).surroundings(
      of: tight, max(cleaning.clearance, cleaning.minDistance), spacing)
    var blocked = bone.cropped(to: box)
    if cleaning.clearance > 0 {
      blocked = blocked.dilated(byBall: cleaning.clearance, threads: threads)
    }
    var rough = try cropped(to: box).subtracting(blocked, threads: threads)
    if cleaning.minDistance > 0 {
      var core = try rough.removing(within: cleaning.minDistance, of: blocked, threads: threads)
        .largestComponents(share: cleaning.minFraction, connectivity: .faces6, threads: threads)
      let minVoxels = cleaning.minVolume / geometry.voxelVolume
      core = core.removingComponents(
        smallerThan: Int(min(1e15, minVoxels.rounded(.up))), connectivity: .faces6, threads: threads
      )
      guard let middle = core.boundingBox(threads: threads) else { return implant }
      let way = cleaning.minDistance + cleaning.regrowth
      // All that is left lies so near; with a margin, so that what ends there is seen to end.
      let around = box.surroundings(of: middle.moved(by: box.lower), way, spacing)
      let part = around.moved(by: .zero &- box.lower)
      box = around
      blocked = blocked.cropped(to: part)
      rough = try core.cropped(to: part).dilated(byBall: way, threads: threads)
        .intersection(rough.cropped(to: part), threads: threads)
    }
    var body = rough.opened(byBall: cleaning.opening, threads: threads)
    if body.isEmpty { body = rough }
    body = body.largestComponents(
      share: cleaning.minFraction, connectivity: .faces6, threads: threads)
    body = try body.dilated(byBall: cleaning.regrowth, threads: threads)
      .intersection(rough, threads: threads)
      .largestComponents(share: cleaning.minFraction, connectivity: .faces6, threads: threads)
    body = try body.cavitiesFilled(threads: threads).subtracting(blocked, threads: threads)
    implant.formUnion(cropped: body, at: box)
    return implant
  }
}

extension IndexBox {
  /// The part of this box within so many mm of an inner one, and a voxel more.
  fileprivate func surroundings(
    of inner: IndexBox, _ distance: Double, _ spacing: SIMD3<Double>
  ) -> IndexBox {
    func steps(_ axis: Int) -> Int {
      let steps = (distance / spacing[axis]).rounded(.up) + 1
      return steps < Double(extent[axis]) ? Int(steps) : extent[axis]
    }
    return inner.expanded(by: SIMD3(steps(0), steps(1), steps(2))).clipped(to: self)
  }

  fileprivate func moved(by way: SIMD3<Int>) -> IndexBox {
    IndexBox(lower: lower &+ way, upper: upper &+ way)
  }
}
