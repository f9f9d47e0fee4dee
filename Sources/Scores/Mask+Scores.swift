public import Errors
import VoxelOps
public import Volumes

extension MaskScores {
  /// How far from the defective skull, in mm, a voxel counts for ``bdsc``.
  public static let borderDistance = 10.0

  /// Spacings in mm that are scored. Squares of smaller ones vanish in float, and would make the
  /// distances between any two masks 0; larger ones than a metre are no skull's.
  public static let spacings = 1e-4...1e3
}

extension Mask {
  /// Scores this mask, a prediction, against the truth.
  ///
  /// *Shape*: all masks on one grid. *Units*: mm with the grid's spacing; axes are taken as orthogonal.
  /// - Parameter defective: the skull with the hole, for the border Dice.
  /// - Throws: `Diagnostic` with code `gridMismatch` where grids differ by more than 1e-3 mm, `badSize`
  ///   where a spacing lies outside ``MaskScores/spacings``.
  /// - Complexity: one pass over the masks, then as ``surfaceDistances(to:threads:)``; the same at any
  ///   `threads`.
  ///
  /// *Source*: the definitions of the AutoImplant challenge's evaluation, see ``MaskScores``,
  /// ``borderDice(with:near:within:threads:)`` and ``SurfaceDistances``.
  public func scores(
    against truth: Mask, defective: Mask? = nil, threads: Int = 1
  ) throws(Diagnostic) -> MaskScores {
    try geometry.requireMatch(with: truth.geometry)
    try requireSaneSpacing()
    if let defective { try geometry.requireMatch(with: defective.geometry) }
    let (mine, other) = (boundingBox(threads: threads), truth.boundingBox(threads: threads))
    let status: MaskScores.Status =
      switch (mine, other) {
      case (.some, .some): .ok
      case (nil, .some): .emptyPrediction
      case (.some, nil): .emptyTruth
      case (nil, nil): .bothEmpty
      }
    let distances = try surfaceDistances(to: truth, threads: threads)
    return MaskScores(
      dsc: try dice(with: truth, threads: threads),
      bdsc: try defective.flatMap { defective throws(Diagnostic) in
        try borderDice(
          with: truth, near: defective, within: MaskScores.borderDistance, threads: threads)
      },
      hd95: distances?.percentile(95), hd: distances?.maximum, status: status)
  }

  private func requireSaneSpacing() throws(Diagnostic) {
    let spacing = geometry.spacing
    // Written so that what is no number is refused too.
    guard (0..<3).allSatisfy({ MaskScores.spacings.contains(spacing[$0]) }) else {
      throw Diagnostic(
        .badSize, field: "spacing",
        expected: "\(MaskScores.spacings.lowerBound) to \(MaskScores.spacings.upperBound) mm",
        found: "\(spacing.x) x \(spacing.y) x \(spacing.z)",
        remedy: "correct the header of both files")
    }
  }

  /// Dice among the voxels that lie no further than a distance from a skull, its own voxels included;
  /// nil where neither mask has one.
  ///
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: one pass over the masks and a dilation of the part of the skull around them.
  public func borderDice(
    with truth: Mask, near skull: Mask, within distance: Double, threads: Int = 1
  ) throws(Diagnostic) -> Double? {
    try geometry.requireMatch(with: truth.geometry)
    try geometry.requireMatch(with: skull.geometry)
    // Only what is near to one of the two can count.
    let boxes = [boundingBox(threads: threads), truth.boundingBox(threads: threads)]
      .compactMap { $0 }
    guard let first = boxes.first else { return nil }
    let box = boxes.dropFirst().reduce(first) { $0.union($1) }
    let far = skull.far(beyond: distance, in: box, of: (self, truth), threads: threads)
    let (a, b) = (
      BitGrid(self, in: far.box, threads: threads), BitGrid(truth, in: far.box, threads: threads)
    )
    var (both, total) = (0, 0)
    for i in 0..<far.wordsPerRow * far.height * far.depth {
      let (x, y) = (a.words[i] & ~far.words[i], b.words[i] & ~far.words[i])
      both += (x & y).nonzeroBitCount
      total += x.nonzeroBitCount + y.nonzeroBitCount
    }
    return total == 0 ? nil : 2 * Double(both) / Double(total)
  }

  /// The voxels of two masks, which lie in a box, whose distance to this one is more than `distance`,
  /// as the challenge's evaluation decides it: by the root of the sum of squares in double, no
  /// tolerance. The box of the result may be wider along x.
  private func far(
    beyond distance: Double, in box: IndexBox, of masks: (Mask, Mask), threads: Int
  ) -> BitGrid {
    if let ball = BallRows(
      radius: distance, spacing: geometry.spacing, sizes: sizes, limit: 4000)
    {
      let around = box.expanded(by: ball.steps).clipped(to: IndexBox(sizes))
      // Bits must line up along x.
      var wide = box
      (wide.lower.x, wide.upper.x) = (around.lower.x, around.upper.x)
      let bits = BitGrid(masks.0, in: wide, threads: threads)
      let others = BitGrid(masks.1, in: wide, threads: threads)
      for i in 0..<bits.wordsPerRow * bits.height * bits.depth { bits.words[i] |= others.words[i] }
      ball.clear(bits, near: BitGrid(self, in: around, threads: threads), threads: threads)
      return bits
    }
    // A ball of many voxels: the distances themselves, around the box.
    let reach = distance / geometry.spacing
    func steps(_ axis: Int) -> Int {
      reach[axis] < Double(sizes[axis]) ? Int(reach[axis]) + 1 : sizes[axis]
    }
    let around = box.expanded(by: SIMD3(steps(0), steps(1), steps(2)))
      .clipped(to: IndexBox(sizes))
    let far = cropped(to: around).distances(threads: threads)
      .binarized(in: .range(0...distance), threads: threads).inverted(threads: threads)
    let inner = IndexBox(lower: box.lower &- around.lower, upper: box.upper &- around.lower)
    let extent = GridSize(box.extent.x, box.extent.y, box.extent.z)
    let part = BitGrid(far.cropped(to: inner), in: IndexBox(extent), threads: threads)
    let bits = BitGrid(zerosIn: box)
    bits.words.update(from: part.words, count: bits.wordsPerRow * bits.height * bits.depth)
    return bits
  }
}
