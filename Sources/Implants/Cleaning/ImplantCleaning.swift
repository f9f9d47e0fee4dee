public import Errors
public import Volumes
internal import VoxelOps

/// How a rough implant (the completed skull minus the existing bone) becomes a printable piece, or
/// one piece for each of several holes.
///
/// *Units*: mm, so that the same setting serves every spacing. A ball smaller than a voxel does
/// nothing along that axis.
public struct ImplantCleaning: Hashable, Sendable {
  /// The radius of the ball that must fit into the body of the implant. Parts thinner than twice
  /// this are removed: whiskers along sutures, veneers on healthy bone, grazing contacts.
  public var opening: Double
  /// How far the body grows back into the rough implant, to fill the corners and feather edges at
  /// the rim that the ball could not reach. More than `opening`, less than the length of a whisker.
  public var regrowth: Double
  /// The gap between implant and bone.
  public var clearance: Double
  /// The core of an implant is what is at least this far from all bone; 0: no such limit.
  ///
  /// For completions whose surface is off by millimetres everywhere, such as those of a coarse
  /// network: that crust is as thick as an implant, but never far from bone.
  public var minDistance: Double
  /// The smallest core of an implant, in mm³. A piece with a smaller core is the crust of an
  /// inaccurate completion, not an implant.
  public var minVolume: Double
  /// The smallest size of a further piece, relative to the largest one; 1: one piece only.
  ///
  /// For skulls with several holes. Smaller pieces are mostly flaws of the completion.
  public var minFraction: Double
  /// A further piece of at least so many mm³ is kept however large the largest one is; 0: none for that alone.
  public var minPiece: Double

  /// A setting; the defaults suit a cranial implant between 0.4 and 1.5 mm spacing.
  public init(
    opening: Double = 1, regrowth: Double = 2, clearance: Double = 0, minDistance: Double = 0,
    minVolume: Double = 0, minFraction: Double = 1, minPiece: Double = 0
  ) {
    self.opening = opening
    self.regrowth = regrowth
    self.clearance = clearance
    self.minDistance = minDistance
    self.minVolume = minVolume
    self.minFraction = minFraction
    self.minPiece = minPiece
  }
}

extension Mask {
  /// This rough implant as one solid piece, or one piece per hole, that shares no voxel with the
  /// bone.
  ///
  /// 1. Bone is removed, and everything nearer to bone than the clearance. Whatever made the rough
  ///    implant, it must not cut into bone, not even into small pieces. With `minDistance`, only
  ///    the surroundings of the largest core are kept; if there is no core, or it is smaller than
  ///    `minVolume`, the result is empty. With `minFraction` below 1, here and below, not only the largest
  ///    is kept but also those that have at least this fraction of its volume, or `minPiece`.
  /// 2. Opening by a ball: parts thinner than the ball are places where two surfaces miss each
  ///    other by a voxel. If nothing would be left (all of the implant is that thin), this step is
  ///    skipped.
  /// 3. The largest component connected by faces, so that the implant and its surface are one
  ///    piece. Voxels that touch only at an edge or a corner would break off.
  /// 4. Regrowth: parts of the rough implant near that piece come back, so that it closes the hole
  ///    up to the rim. Then again the largest component, because what comes back may be
  ///    disconnected.
  /// 5. Enclosed cavities are filled (air cells and marrow of mirrored bone), because they weaken
  ///    the piece and trap powder when it is printed. Cavities that hold bone are kept.
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
    func pieces(_ mask: Mask) -> Mask {
      mask.largestComponents(
        minFraction: cleaning.minFraction,
        orVoxels: cleaning.minPiece > 0 ? cleaning.minPiece / geometry.voxelVolume : .infinity,
        connectivity: .faces6, threads: threads)
    }
    var rough = try cropped(to: box).subtracting(blocked, threads: threads)
    if cleaning.minDistance > 0 {
      var core = pieces(
        try rough.removing(within: cleaning.minDistance, of: blocked, threads: threads))
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
    body = pieces(body)
    body = pieces(
      try body.dilated(byBall: cleaning.regrowth, threads: threads)
        .intersection(rough, threads: threads))
    body = try body.cavitiesFilled(threads: threads).subtracting(blocked, threads: threads)
    implant.formUnion(cropped: body, at: box, threads: threads)
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
