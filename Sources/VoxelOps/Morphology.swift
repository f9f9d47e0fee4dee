public import Volumes

/// Dilation and its kin by a ball in mm: the closed ball of voxel centres at a distance ≤ radius.
///
/// *Borders*: outside the grid is background for dilation, and neither background nor bone for
/// erosion (nothing is worn away from outside). Closing is computed on a grid large enough not to
/// cut the dilated mask, so it never removes a voxel; opening never adds one.
/// *Units*: mm; the spacing counts, axes are taken as orthogonal.
///
/// Divergence from SimpleITK: its balls are ellipsoids of whole voxels in index space, ours is the
/// ball in mm; the border conventions are its defaults (`boundaryToForeground`, `safeBorder`).
extension Mask {
  /// The voxels within `radius` mm of the mask.
  ///
  /// - Complexity: O(voxels of the enlarged bounding box × reach in voxels); one new mask, and
  ///   4·nx·ny·(2·reach + 1) bytes a thread.
  /// - Precondition: the radius is not negative.
  public func dilated(byBall radius: Double, threads: Int = 1) -> Mask {
    let ball = reach(radius)
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    let written = box.expanded(by: ball.steps).clipped(to: IndexBox(sizes))
    return spreading(ball, 1, box: written, threads: threads)
  }

  /// The voxels further than `radius` mm from every voxel of the grid that is not in the mask.
  ///
  /// - Complexity: as ``dilated(byBall:threads:)``.
  /// - Precondition: the radius is not negative.
  public func eroded(byBall radius: Double, threads: Int = 1) -> Mask {
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    return spreading(reach(radius), 0, box: box, threads: threads)
  }

  /// Erosion, then dilation: what a ball inside the mask can cover.
  ///
  /// - Complexity: twice ``dilated(byBall:threads:)``, and a second mask.
  /// - Precondition: the radius is not negative.
  public func opened(byBall radius: Double, threads: Int = 1) -> Mask {
    eroded(byBall: radius, threads: threads).dilated(byBall: radius, threads: threads)
  }

  /// Dilation, then erosion: gaps that a ball cannot enter are filled.
  ///
  /// - Complexity: twice ``dilated(byBall:threads:)``, and the bytes of the enlarged bounding box.
  /// - Precondition: the radius is not negative.
  public func closed(byBall radius: Double, threads: Int = 1) -> Mask {
    let ball = reach(radius)
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    // The closing lies in the bounding box; the dilation between may leave the grid.
    let wide = box.expanded(by: ball.steps)
    let between = UnsafeMutablePointer<UInt8>.allocate(
      capacity: wide.extent.x * wide.extent.y * wide.extent.z)
    defer { between.deallocate() }
    withBytes { bytes in
      ball.spread(
        1, of: BoxBytes(base: bytes.baseAddress!, box: IndexBox(sizes)),
        to: BoxBytes(base: between, box: wide), writing: wide, threads: threads)
    }
    return Mask(on: geometry) { out in
      ball.spread(
        0, of: BoxBytes(base: UnsafePointer(between), box: wide),
        to: BoxBytes(base: out.baseAddress!, box: IndexBox(sizes)), writing: box,
        threads: threads)
    }
  }

  private func reach(_ radius: Double) -> BallReach {
    precondition(radius >= 0, "a radius that is negative or no number")
    return BallReach(radius: radius, spacing: geometry.spacing, sizes: sizes)
  }

  private func spreading(
    _ ball: BallReach, _ site: UInt8, box: IndexBox, threads: Int
  ) -> Mask {
    Mask(on: geometry) { out in
      withBytes { bytes in
        ball.spread(
          site, of: BoxBytes(base: bytes.baseAddress!, box: IndexBox(sizes)),
          to: BoxBytes(base: out.baseAddress!, box: IndexBox(sizes)), writing: box,
          threads: threads)
      }
    }
  }
}
