public import Volumes
internal import VoxelOps

extension Frame {
  /// The radius in mm of the closing that the training skulls had: bone without its sponge.
  public static let closing = 4.5

  /// A mask on the scan's grid as the network sees it: each cell by its centre, as the training skulls
  /// are made; outside the scan there is no bone.
  ///
  /// Bone of a CT is full of marrow and air cells, which the training skulls have not; a closing fills
  /// gaps of up to twice its radius. It is done at about 1.1 mm. A scan whose voxels are 2.5 mm long or
  /// longer shows no marrow and is taken as it is, and so is one that is framed already.
  ///
  /// - Parameter closing: the radius in mm; 0: none.
  /// - Throws: `Diagnostic` where the mask is on another grid than ``source``.
  /// - Complexity: O(voxels of the frame at 1.1 mm); ``closingBytes(shape:closing:)``.
  public func framed(_ mask: Mask, closing: Double = 0, threads: Int = 1) throws -> Mask {
    try source.requireMatch(with: mask.geometry)
    guard closing > 0, source.spacing.max() < 2.5, grid != source.alongLPS else {
      return try mask.resampled(onto: grid, threads: threads)
    }
    // Odd factors, so that the middle one of the fine cells has the centre of the coarse one.
    var factors = SIMD3<Int>.one
    var margins = SIMD3<Int>.zero
    var fine = grid
    for axis in 0..<3 {
      let factor = Self.closingFactor(spacing: grid.spacing[axis])
      let step = grid.directions[axis] / Double(factor)
      let margin = Self.closingMargin(closing, step: step.length)
      (factors[axis], margins[axis]) = (factor, margin)
      fine.directions[axis] = step
      fine.origin -= (Double(margin) + Double(factor - 1) / 2) * step
    }
    fine.sizes = GridSize(
      grid.sizes.x * factors.x + 2 * margins.x, grid.sizes.y * factors.y + 2 * margins.y,
      grid.sizes.z * factors.z + 2 * margins.z)
    let closed = try mask.resampled(onto: fine, threads: threads)
      .closed(byBall: closing, threads: threads)
    return Mask(on: grid) { out in
      closed.withBytes { bytes in
        var place = 0
        for z in 0..<grid.sizes.z {
          let plane = margins.z + z * factors.z + factors.z / 2
          for y in 0..<grid.sizes.y {
            let row = margins.y + y * factors.y + factors.y / 2
            var at = fine.sizes.x * (row + fine.sizes.y * plane) + margins.x + factors.x / 2
            for _ in 0..<grid.sizes.x {
              out[place] = bytes[at]
              place += 1
              at += factors.x
            }
          }
        }
      }
    }
  }

  /// Fine cells in a cell of the network's, along an axis.
  private static func closingFactor(spacing: Double) -> Int { max(1, 2 * Int(spacing / 2.4) + 1) }

  /// Fine cells around the network's field of view, on each side.
  private static func closingMargin(_ closing: Double, step: Double) -> Int {
    Int((closing / step).rounded(.up)) + 2
  }

  /// Bytes that a closing takes for a network's input: eight for each of its fine cells, whatever the
  /// head's size (``HeadPlacement/views``, ``HeadPlacement/spans``, ``HeadBox/sizes``).
  public static func closingBytes(
    shape: GridSize, closing: Double, rule: FramingRule = .fieldOfView
  ) -> Int {
    guard closing > 0, rule != .resize else { return 0 }
    return (0..<3).reduce(8) { bytes, axis in
      var range = axis == 2 ? HeadPlacement.spans : HeadPlacement.views
      if rule == .pose {
        let sizes = HeadBox.sizes
        range = sizes.lowerBound * range.lowerBound...sizes.upperBound * range.upperBound
      }
      let cells = Double(shape[axis])
      let factor = closingFactor(spacing: range.upperBound / cells)
      let step = range.lowerBound / cells / Double(factor)
      return bytes * (shape[axis] * factor + 2 * closingMargin(closing, step: step))
    }
  }
}
