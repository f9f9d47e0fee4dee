import Concurrency
import Volumes

/// Union-find over the runs of a mask.
///
/// Each run points to an earlier one or to itself, so a root is the first run of its component in
/// raster order whatever the order of the unions: labels do not depend on the thread count.
///
/// *Source*: two passes over runs as in L. He, Y. Chao, K. Suzuki, "A run-based two-scan labeling
/// algorithm", IEEE Trans. Image Processing 17 (2008), in three dimensions, with path halving.
struct RunForest {
  /// For each run its component, numbered from 0 in the order of first voxels.
  private(set) var component: [UInt32]
  private(set) var count: Int

  init(_ table: RunTable, connectivity: Connectivity, threads: Int) {
    self.init(table, neighbours: connectivity.earlierRows, threads: threads)
  }

  /// - Parameter neighbours: the earlier rows that can touch a row, as ``Connectivity/earlierRows``.
  init(
    _ table: RunTable, neighbours: [(dy: Int, dz: Int, reach: UInt32)], threads: Int
  ) {
    guard table.count > 0 else {
      // An array of no capacity is shared by all threads, and its count must not be written.
      (component, count) = ([], 0)
      return
    }
    var components = 0
    component = [UInt32](unsafeUninitializedCapacity: table.count) { buffer, initialized in
      initialized = table.count
      let parents = buffer.baseAddress!
      for run in 0..<table.count { parents[run] = UInt32(run) }
      table.withRuns { runs in
        table.rowStarts.withUnsafeBufferPointer { rowStarts in
          let join = RowJoin(
            parents: parents, runs: runs, rowStarts: rowStarts.baseAddress!,
            sizes: table.sizes)
          // Inside a slab of planes nobody else's runs are touched; the seams follow in one thread.
          Slabs.run(table.sizes.z, threads: threads, perThread: 1) { slab in
            for z in slab { join.plane(z, neighbours) { $0 == 0 || z > slab.lowerBound } }
          }
          for seam in Slabs.ranges(table.sizes.z, threads: threads, perThread: 1).dropFirst() {
            join.plane(seam.lowerBound, neighbours) { $0 != 0 }
          }
        }
      }
      // A parent comes before its run, so it has its number already.
      for run in 0..<table.count {
        let parent = Int(parents[run])
        if parent == run {
          parents[run] = UInt32(components)
          components += 1
        } else {
          parents[run] = parents[parent]
        }
      }
    }
    count = components
  }
}

/// Joins the runs of a row with those of earlier rows that touch them.
private struct RowJoin {
  let parents: UnsafeMutablePointer<UInt32>
  let runs: PackedRuns
  let rowStarts: UnsafePointer<UInt32>
  let sizes: GridSize

  /// Joins every row of plane z with those of its `neighbours` whose dz is `allowed`.
  @inline(__always)
  func plane(
    _ z: Int, _ neighbours: [(dy: Int, dz: Int, reach: UInt32)], allowed: (_ dz: Int) -> Bool
  ) {
    for (dy, dz, reach) in neighbours where z + dz >= 0 && allowed(dz) {
      for y in max(0, -dy)..<max(max(0, -dy), min(sizes.y, sizes.y - dy)) {
        row(y + sizes.y * z, with: y + dy + sizes.y * (z + dz), reach)
      }
    }
  }

  /// Walks two rows together; of two runs the one that ends first is done.
  @inline(__always)
  private func row(_ later: Int, with earlier: Int, _ reach: UInt32) {
    var (a, b) = (Int(rowStarts[later]), Int(rowStarts[earlier]))
    let (aEnd, bEnd) = (Int(rowStarts[later + 1]), Int(rowStarts[earlier + 1]))
    while a < aEnd, b < bEnd {
      let (one, other) = (runs[a], runs[b])
      if one.end &+ reach > other.start, other.end &+ reach > one.start {
        unite(UInt32(a), UInt32(b))
      }
      if one.end < other.end { a += 1 } else { b += 1 }
    }
  }

  @inline(__always)
  private func unite(_ a: UInt32, _ b: UInt32) {
    let (a, b) = (root(a), root(b))
    if a < b { parents[Int(b)] = a } else if b < a { parents[Int(a)] = b }
  }

  @inline(__always)
  private func root(_ run: UInt32) -> UInt32 {
    var run = run
    while true {
      let parent = parents[Int(run)]
      if parent == run { return run }
      let grandparent = parents[Int(parent)]
      parents[Int(run)] = grandparent
      run = grandparent
    }
  }
}
