internal import Skulls
public import Volumes
internal import VoxelOps

/// Completes a skull with a complete head that is laid onto the bone that is there.
///
/// 1. The pose of the head (``HeadPose/find(in:threads:)``) lays the template onto it, an affine map more
///    closely.
/// 2. A smooth deformation, a Gaussian process with a part that is the same on both sides, lays the template's
///    surface onto the bone's where both are there; where bone is missing, it is continued from around the hole
///    and from the other side.
/// 3. A hole is where the deformed template has bone far from all bone, enough of it at a time.
/// 4. There the deformed template is added, up to the rim.
///
/// It serves all holes, cranial, orbital and facial, over the midline too. What it adds has the features of
/// the template's head: ``ContinuationCompletion`` follows the bone of a vault more closely.
///
/// *Template*: the head of `sample-data/shape.safetensors`, or of another file (`calvaria template`).
public struct ShapeCompletion: CompletionModel {
  /// The name in pipeline files: `shape`.
  public static let identifier = "shape"

  public static let fillsNamedHoles = true

  public static let reader = CompletionModelReader(
    identifier: identifier, summary: "a complete head, laid onto the bone that is there",
    recognizes: { $0.hasSuffix(ShapeFile.ending) }
  ) { parameter in
    ShapeCompletion(ShapeFile(parameter == identifier ? ShapeFile.shipped : parameter))
  }

  /// Where the template is.
  public let file: ShapeFile

  /// The distance of missing bone from bone that is there, in mm; at least a voxel.
  private static let departure = 2.0
  /// How far from that the template's bone is added, in mm: over the gap that the departure leaves.
  private static let regrowth = 0.6
  /// The least share of the bone's surface that must lie on the template's.
  private static let leastShare = 0.5

  /// How much work the fit is.
  var effort = TemplateFit.Effort()

  /// A completion by the template of a file.
  public init(_ file: ShapeFile = ShapeFile(ShapeFile.shipped)) { self.file = file }

  /// Reads the template.
  ///
  /// - Throws: `Diagnostic` where the file is missing or none of a template.
  public func prepare() throws -> [ModelFileRecord] { [try file.load().record] }

  /// What completing a mask takes: the result, cells of 1.5 mm over the head, a system of 1,500 unknowns, and
  /// some bytes for each voxel around a hole.
  public func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    let box = cubicMillimetres > 0 ? cubicMillimetres : Double(voxels)
    let cells = min(box, 8e6) / 3.4
    return CompletionDemand(peakBytes: 8 * voxels + Int(16 * cells) + 96 << 20, cores: 12)
  }

  /// Completes a skull; see ``ShapeCompletion``.
  ///
  /// *Scores*: `holes`; `added` (mm³); `fit`, the share of the bone's surface that lies on the template's;
  /// `misfit`, its median distance from it in mm; `poseTrust`.
  /// - Complexity: O(voxels) for pose and surface, and about a second. The same bytes at any number of threads.
  /// - Throws: `Diagnostic` where there is no template; what the context throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try defective.completedAsHead(threads: context.threads) { try completed($0, in: context) }
  }

  /// A head without table and holder.
  private func completed(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull
  {
    try context.advance(to: 0)
    func unchanged(_ warning: String, _ scores: [String: Double] = [:]) -> CompletedSkull {
      CompletedSkull(
        mask: defective, scores: scores.merging(["holes": 0, "added": 0]) { a, _ in a },
        warnings: [warning])
    }
    guard let pose = HeadPose.find(in: defective, threads: context.threads) else {
      return unchanged("no vault is found in the bone: there is nothing to complete")
    }
    try context.advance(to: 0.2)
    guard let laid = try laid(on: defective, pose: pose, in: context) else {
      return unchanged("the bone is not like a head's: nothing is added")
    }
    let scores = ["fit": laid.share, "misfit": laid.misfit, "poseTrust": pose.trust]
    guard laid.share >= Self.leastShare else {
      return unchanged("the complete head does not fit the bone: nothing is added", scores)
    }
    guard !laid.holes.isEmpty else {
      return unchanged("the head has no hole: nothing is added", scores)
    }
    let missing = try missing(in: defective, by: laid, in: context)
    var warnings: [String] = []
    if pose.trust < HeadPose.leastTrust {
      warnings.append("which way the head is turned is not certain: look at the result")
    }
    let added = Double(missing.voxelCount) * defective.geometry.voxelVolume
    return CompletedSkull(
      mask: try defective.union(missing, threads: context.threads),
      scores: scores.merging(["holes": Double(laid.holes.count), "added": added]) { a, _ in a },
      warnings: warnings)
  }

  /// The template, laid onto bone; nil where it is not like a head's.
  ///
  /// - Throws: `Diagnostic` where there is no template; what the context throws.
  func laid(on bone: Mask, pose: HeadPose, in context: CompletionContext) throws -> LaidHead? {
    try LaidHead(
      try file.load().template, on: bone, pose: pose, effort: effort,
      leastShare: Self.leastShare, in: context)
  }

  /// The head's bone that a skull lacks in its holes.
  func missing(in defective: Mask, by laid: LaidHead, in context: CompletionContext) throws -> Mask
  {
    var missing = Mask(emptyOn: defective.geometry)
    for (number, hole) in laid.holes.enumerated() {
      if let (part, box) = try Self.bone(
        in: hole, of: defective, by: laid, threads: context.threads)
      {
        missing.formUnion(
          cropped: try part.subtracting(defective.cropped(to: box), threads: context.threads),
          at: box, threads: context.threads)
      }
      try context.advance(to: 0.85 + 0.15 * Double(number + 1) / Double(laid.holes.count))
    }
    return missing
  }

  /// The bone to add in one hole, cropped to a box of the grid; nil where there is none.
  private static func bone(
    in hole: MissingBone.Hole, of defective: Mask, by laid: LaidHead, threads: Int
  ) throws -> (part: Mask, box: IndexBox)? {
    let spacing = defective.geometry.spacing.max()
    let departure = max(Self.departure, 1.01 * spacing)
    return try MissingSeeds(points: hole.points, volume: hole.volume).bone(
      around: defective, departure: departure,
      reach: departure + max(Self.regrowth, 0.5 * spacing), threads: threads
    ) { laid.head.bone(on: $0, threads: threads).cut(by: laid.ends) }
  }
}

extension Mask {
  /// The mask without what lies beyond some planes.
  fileprivate func cut(by ends: [ScanEnd]) -> Mask {
    guard !ends.isEmpty else { return self }
    let sizes = sizes
    let lpsFromIndex = geometry.lpsFromIndex
    return Mask(on: geometry) { out in
      withBytes { bytes in
        for i in bytes.indices where bytes[i] != 0 {
          let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
          let (z, y) = row.quotientAndRemainder(dividingBy: sizes.y)
          let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
          if !ends.contains(where: { $0.hides(p) }) { out[i] = 1 }
        }
      }
    }
  }
}
