import Concurrency
package import Volumes

/// A ball of voxels as rows along x: how far a row reaches to both sides, for each step in y and z.
package struct BallRows {
  /// The rows that reach the same number of voxels to both sides, from the shortest on.
  package let groups: [(reach: Int, rows: [(dy: Int, dz: Int)])]
  /// How many voxels the ball reaches along each axis.
  package let steps: SIMD3<Int>
  package let count: Int

  /// The voxels whose centres are no further than `radius` mm from the middle one's; nil where these
  /// are more rows than `limit`.
  ///
  /// - Parameters:
  ///   - radius: the closed ball's. Taken as it is: a caller who wants the k-th voxel at k spacings
  ///     whatever the rounding gives a little more.
  ///   - sizes: no use to look further than the grid is long.
  package init?(radius: Double, spacing: SIMD3<Double>, sizes: GridSize, limit: Int = .max) {
    func reach(_ step: Double, _ size: Int) -> Int {
      // Written so that a spacing that is no number gives the size, not a crash.
      radius / step < Double(size) ? Int(radius / step) + 1 : size
    }
    let most = SIMD3(
      reach(spacing.x, sizes.x), reach(spacing.y, sizes.y), reach(spacing.z, sizes.z))
    guard (2 * most.y + 1).multipliedReportingOverflow(by: 2 * most.z + 1).partialValue <= 4 * limit
    else { return nil }
    func squared(_ n: Int, _ axis: Int) -> Double {
      let mm = Double(n) * spacing[axis]
      return mm * mm
    }
    var byReach: [[(dy: Int, dz: Int)]] = Array(repeating: [], count: most.x + 1)
    var (steps, count) = (SIMD3<Int>.zero, 0)
    for dz in -most.z...most.z {
      for dy in -most.y...most.y {
        // The sum in the order of the axes, and its root, as the distance itself is made.
        func isInside(_ dx: Int) -> Bool {
          let distance = (squared(dx, 0) + squared(dy, 1) + squared(dz, 2)).squareRoot()
          return distance <= radius || radius == .infinity
        }
        guard isInside(0) else { continue }
        var dx = 0
        while dx < most.x, isInside(dx + 1) { dx += 1 }
        byReach[dx].append((dy, dz))
        steps = pointwiseMax(steps, SIMD3(dx, abs(dy), abs(dz)))
        count += 1
      }
    }
    guard count <= limit else { return nil }
    self.steps = steps
    self.count = count
    groups = byReach.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
  }

  /// Sets every bit of `target` that the ball reaches from a bit of `source`.
  ///
  /// Each row of the source is widened step by step and laid onto the rows of the target around it;
  /// empty rows cost nothing.
  /// - Parameter isWanted: whether a row of the target matters; others may stay as they are.
  /// - Precondition: both boxes have the same range along x.
  /// - Complexity: O(rows of the ball × words of the source's rows that are not empty). The bits past
  ///   the ends of rows stay 0. The same at any `threads`.
  package func dilate(
    _ source: BitGrid, into target: BitGrid, threads: Int,
    isWanted: (_ y: Int, _ z: Int) -> Bool = { _, _ in true }
  ) {
    precondition(
      source.box.lower.x == target.box.lower.x && source.width == target.width,
      "grids of other ranges along x")
    // What must be added to the source's indices for the target's.
    let (shiftY, shiftZ) = (
      source.box.lower.y - target.box.lower.y, source.box.lower.z - target.box.lower.z
    )
    let n = source.wordsPerRow
    Slabs.run(target.depth, threads: threads, perThread: 1) { slab in
      let wide = UnsafeMutablePointer<UInt64>.allocate(capacity: n)
      let wanted = UnsafeMutablePointer<Bool>.allocate(capacity: target.height * slab.count)
      defer {
        wide.deallocate()
        wanted.deallocate()
      }
      for z in slab {
        for y in 0..<target.height {
          wanted[(z - slab.lowerBound) * target.height + y] = isWanted(y, z)
        }
      }
      let first = max(0, slab.lowerBound - steps.z - shiftZ)
      let last = min(source.depth, slab.upperBound + steps.z - shiftZ)
      for z in first..<max(first, last) {
        for y in 0..<source.height {
          let row = source.row(y, z)
          // The words that are not 0, and those that widening can reach.
          var (from, to) = (0, n)
          while from < to, row[from] == 0 { from += 1 }
          guard from < to else { continue }
          while row[to - 1] == 0 { to -= 1 }
          let spill = (steps.x + 63) / 64
          (from, to) = (max(0, from - spill), min(n, to + spill))
          wide.update(from: row, count: n)
          var reach = 0
          for group in groups {
            while reach < group.reach {
              Self.widen(wide, from, to)
              reach += 1
            }
            for (dy, dz) in group.rows {
              let (ty, tz) = (y &+ shiftY &+ dy, z &+ shiftZ &+ dz)
              guard ty >= 0, ty < target.height, tz >= slab.lowerBound, tz < slab.upperBound,
                wanted[(tz &- slab.lowerBound) &* target.height &+ ty]
              else { continue }
              let out = target.row(ty, tz)
              for i in from..<to { out[i] |= wide[i] }
            }
          }
        }
      }
      for z in slab {
        for y in 0..<target.height { target.row(y, z)[n - 1] &= target.lastWord }
      }
    }
  }

  /// One voxel more to both sides. Bits past the row's end may appear: they come from voxels that
  /// reach that far, so they never set one that these do not.
  @inline(__always)
  private static func widen(_ row: UnsafeMutablePointer<UInt64>, _ from: Int, _ to: Int) {
    var before: UInt64 = 0
    for i in from..<to {
      let word = row[i]
      let after = i &+ 1 < to ? row[i &+ 1] : 0
      row[i] = word | word << 1 | word >> 1 | before >> 63 | after << 63
      before = word
    }
  }

  /// Clears every bit of `target` that the ball reaches from a bit of `source`.
  ///
  /// Asks of each word of the target that has bits which of them the source's rows around it take, the
  /// nearest row first: where most of the target lies near to the source, few rows settle it.
  /// - Precondition: both boxes have the same range along x.
  /// - Complexity: O(rows of the ball × words of the target that are not 0) at most. The same at any
  ///   `threads`.
  package func clear(_ target: BitGrid, near source: BitGrid, threads: Int) {
    precondition(
      source.box.lower.x == target.box.lower.x && source.width == target.width,
      "grids of other ranges along x")
    guard steps.x < 64 else {
      // Further than to the next word: by way of all that the ball reaches.
      let reached = BitGrid(zerosIn: target.box)
      dilate(source, into: reached, threads: threads) { y, z in !target.isEmpty(target.row(y, z)) }
      for i in 0..<target.wordsPerRow * target.height * target.depth {
        target.words[i] &= ~reached.words[i]
      }
      return
    }
    let (shiftY, shiftZ) = (
      target.box.lower.y - source.box.lower.y, target.box.lower.z - source.box.lower.z
    )
    let n = source.wordsPerRow
    // The longest rows are the nearest.
    let rows = groups.reversed().flatMap { group in
      group.rows.map { (dy: $0.dy, dz: $0.dz, reach: UInt64(group.reach)) }
    }
    Slabs.run(target.depth, threads: threads) { slab in
      for z in slab {
        for y in 0..<target.height {
          let out = target.row(y, z)
          for i in 0..<n where out[i] != 0 {
            var left = out[i]
            for row in rows {
              let (sy, sz) = (y &+ shiftY &+ row.dy, z &+ shiftZ &+ row.dz)
              guard sy >= 0, sy < source.height, sz >= 0, sz < source.depth else { continue }
              let words = source.row(sy, sz)
              let (before, word) = (i > 0 ? words[i &- 1] : 0, words[i])
              let after = i &+ 1 < n ? words[i &+ 1] : 0
              if before | word | after == 0 { continue }
              left &= ~Self.widened(word, before, after, row.reach)
              if left == 0 { break }
            }
            out[i] = left
          }
        }
      }
    }
  }

  /// A word of a row with `reach` < 64 voxels more to both sides of every bit, those of its neighbours
  /// included.
  @inline(__always)
  private static func widened(
    _ word: UInt64, _ before: UInt64, _ after: UInt64, _ reach: UInt64
  ) -> UInt64 {
    var (up, low, down, high) = (word, before, word, after)
    var done: UInt64 = 0
    while done < reach {
      // What is widened by n can be laid beside itself n + 1 voxels further on.
      let step = min(done &+ 1, reach &- done)
      up |= up &<< step | low &>> (64 &- step)
      low |= low &<< step
      down |= down &>> step | high &<< (64 &- step)
      high |= high &>> step
      done &+= step
    }
    return up | down
  }
}
