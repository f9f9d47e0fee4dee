import Concurrency
public import Errors
public import Volumes

/// Dilation, erosion, opening and closing by a ball: the voxel centres at a distance ≤ radius.
///
/// *Borders*: outside the grid is background for dilation, and neither background nor bone for
/// erosion (nothing is eroded from outside). Closing is computed on a grid large enough for the
/// dilated mask, so it never removes a voxel; opening never adds one.
///
/// *Units*: mm; the spacing is used, and axes are taken as orthogonal.
///
/// Divergence from SimpleITK: its balls are ellipsoids of whole voxels in index space, ours is the
/// ball in mm; the border conventions are its defaults (`boundaryToForeground`, `safeBorder`).
extension Mask {
  /// The voxels within `radius` mm of the mask.
  ///
  /// - Complexity: O(rows of the ball × voxels of the mask's bounding box / 64), for balls of many
  ///   rows O(voxels of the enlarged bounding box × reach in voxels); one new mask and two bits a
  ///   voxel of that box, or 4·nx·ny·min(2·reach + 1, nz) bytes a thread.
  /// - Precondition: the radius is not negative.
  public func dilated(byBall radius: Double, threads: Int = 1) -> Mask {
    let ball = reach(radius)
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    let written = box.expanded(by: ball.steps).clipped(to: IndexBox(sizes))
    guard let rows = rows(of: ball) else {
      return spreading(ball, 1, box: written, threads: threads)
    }
    var source = box
    (source.lower.x, source.upper.x) = (written.lower.x, written.upper.x)
    let bits = BitGrid(zerosIn: written)
    rows.dilate(BitGrid(self, in: source, threads: threads), into: bits, threads: threads)
    return Mask(bits, on: geometry, threads: threads)
  }

  /// The voxels further than `radius` mm from every voxel of the grid that is not in the mask.
  ///
  /// - Complexity: as ``dilated(byBall:threads:)``.
  /// - Precondition: the radius is not negative.
  public func eroded(byBall radius: Double, threads: Int = 1) -> Mask {
    let ball = reach(radius)
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    guard let rows = rows(of: ball) else { return spreading(ball, 0, box: box, threads: threads) }
    let around = box.expanded(by: ball.steps).clipped(to: IndexBox(sizes))
    let bits = BitGrid(self, in: around, threads: threads)
    bits.erode(by: rows, keeping: box, threads: threads)
    return Mask(bits, on: geometry, threads: threads)
  }

  /// The voxels of this mask that are further than `radius` mm from every voxel of another.
  ///
  /// The same as taking out the other's dilation, which is not made.
  /// *Shape*: both on the same grid; the result is on it too.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: O(rows of the ball × voxels of this mask's bounding box / 64) at most, and far less
  ///   where most of this mask lies near to the other; for balls of many rows as
  ///   ``dilated(byBall:threads:)``. One new mask and three bits a voxel of the box.
  /// - Precondition: the radius is not negative.
  public func removing(
    within radius: Double, of other: Mask, threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    try geometry.requireMatch(with: other.geometry)
    let ball = reach(radius)
    guard let rows = rows(of: ball) else {
      return try subtracting(other.dilated(byBall: radius, threads: threads), threads: threads)
    }
    guard var box = boundingBox(threads: threads) else { return self }
    let around = box.expanded(by: ball.steps).clipped(to: IndexBox(sizes))
    (box.lower.x, box.upper.x) = (around.lower.x, around.upper.x)
    let bits = BitGrid(self, in: box, threads: threads)
    rows.clear(bits, near: BitGrid(other, in: around, threads: threads), threads: threads)
    return Mask(bits, on: geometry, threads: threads)
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
  /// - Complexity: twice ``dilated(byBall:threads:)``, of the enlarged bounding box.
  /// - Precondition: the radius is not negative.
  public func closed(byBall radius: Double, threads: Int = 1) -> Mask {
    let ball = reach(radius)
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: geometry) }
    // The closing lies in the bounding box; the dilation between may leave the grid.
    let wide = box.expanded(by: ball.steps)
    guard let rows = rows(of: ball) else {
      return closed(by: ball, box: box, wide: wide, threads: threads)
    }
    var source = box
    (source.lower.x, source.upper.x) = (wide.lower.x, wide.upper.x)
    let bits = BitGrid(zerosIn: wide)
    rows.dilate(BitGrid(self, in: source, threads: threads), into: bits, threads: threads)
    bits.erode(by: rows, keeping: box, threads: threads)
    return Mask(bits, on: geometry, threads: threads)
  }

  private func closed(by ball: BallReach, box: IndexBox, wide: IndexBox, threads: Int) -> Mask {
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

  /// Bytes that an operation by a ball takes at most beside the mask it works on, the new mask included,
  /// where the mask reaches from border to border of a grid.
  ///
  /// - Parameter closing: closing works on a grid that is larger by the ball on every side.
  /// - Complexity: constant.
  public static func ballBytes(
    _ sizes: GridSize, radius: Double, spacing: SIMD3<Double>, closing: Bool, threads: Int
  ) -> Int {
    let ball = BallReach(radius: radius, spacing: spacing, sizes: sizes)
    let grid = SIMD3(sizes.x, sizes.y, sizes.z)
    let wide = closing ? grid &+ 2 &* ball.steps : grid
    func voxels(_ box: SIMD3<Int>) -> Int { box.x * box.y * box.z }
    if BallRows(radius: ball.radius, spacing: spacing, sizes: sizes, limit: rowLimit) != nil {
      // Erosion has most: the mask, what is outside it, what that reaches, and the columns that count.
      let words = (wide.x + 63) / 64 * wide.y * wide.z
      return voxels(grid) + 4 * 8 * words + threads * (16 * wide.x + voxels(wide) / wide.x)
    }
    let first = ball.scratchBytes(source: grid, writing: wide, threads: threads)
    guard closing else { return voxels(grid) + first }
    let second = ball.scratchBytes(source: wide, writing: grid, threads: threads)
    return voxels(wide) + max(first, voxels(grid) + second)
  }

  /// Rows of a ball up to which bits are the faster way.
  private static let rowLimit = 4000

  private func reach(_ radius: Double) -> BallReach {
    precondition(radius >= 0, "a radius that is negative or no number")
    return BallReach(radius: radius, spacing: geometry.spacing, sizes: sizes)
  }

  /// The ball's rows, where it has few enough for bits to be the faster way.
  private func rows(of ball: BallReach) -> BallRows? {
    BallRows(radius: ball.radius, spacing: geometry.spacing, sizes: sizes, limit: Self.rowLimit)
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

extension Mask {
  /// The mask that bits stand for; what lies outside the grid is dropped.
  package init(_ bits: BitGrid, on geometry: Geometry, threads: Int) {
    self.init(on: geometry) {
      bits.unpack(to: $0.baseAddress!, sizes: geometry.sizes, threads: threads)
    }
  }
}

extension BitGrid {
  /// Clears every bit within the ball of a 0 of the box, and all bits outside `kept`. Nothing outside
  /// the box is a site.
  ///
  /// - Complexity: as ``BallRows/dilate(_:into:threads:isWanted:)``; two more grids.
  func erode(by ball: BallRows, keeping kept: IndexBox, threads: Int) {
    let sites = BitGrid(zerosIn: box)
    let n = wordsPerRow
    Slabs.run(height * depth, threads: threads) { rows in
      for row in rows {
        let (from, to) = (words + row * n, sites.words + row * n)
        for i in 0..<n { to[i] = ~from[i] }
        to[n - 1] &= lastWord
      }
    }
    let worn = BitGrid(zerosIn: box)
    ball.dilate(sites, into: worn, threads: threads) { y, z in !self.isEmpty(self.row(y, z)) }
    let columns = BitGrid(zerosIn: box)
    let first = columns.row(0, 0)
    for x in max(0, kept.lower.x - box.lower.x)..<min(width, kept.upper.x - box.lower.x) {
      first[x >> 6] |= 1 << UInt64(x & 63)
    }
    Slabs.run(depth, threads: threads) { slab in
      for z in slab {
        for y in 0..<height {
          let (to, away) = (row(y, z), worn.row(y, z))
          let isKept =
            y + box.lower.y >= kept.lower.y && y + box.lower.y < kept.upper.y
            && z + box.lower.z >= kept.lower.z && z + box.lower.z < kept.upper.z
          for i in 0..<n { to[i] = isKept ? to[i] & ~away[i] & first[i] : 0 }
        }
      }
    }
  }
}
