import Volumes

/// A run of inside voxels along x, half open.
struct VoxelRun {
  var start: UInt32
  var end: UInt32
}

/// A mask as its x-runs, in raster order: 8 bytes a run and 4 a row, whatever the voxels take.
struct RunTable {
  let sizes: GridSize
  let runs: [VoxelRun]
  /// Row y of plane z holds runs `rowStarts[y + ny·z] ..< rowStarts[y + ny·z + 1]`.
  let rowStarts: [UInt32]

  /// - Precondition: fewer than 2³² voxels along x, and fewer than 2³² runs.
  init(_ mask: Mask, threads: Int) {
    let sizes = mask.sizes
    let rows = sizes.y * sizes.z
    let slabs = mask.withBytes { bytes in
      Slabs.map(rows, threads: threads) { slab in
        var runs: [VoxelRun] = []
        var ends: [UInt32] = []
        ends.reserveCapacity(slab.count)
        for row in slab {
          RowRuns.forEach(in: bytes.baseAddress! + row * sizes.x, count: sizes.x) { start, end in
            runs.append(VoxelRun(start: UInt32(start), end: UInt32(end)))
          }
          ends.append(UInt32(runs.count))
        }
        return (runs, ends)
      }
    }
    self.sizes = sizes
    var rowStarts: [UInt32] = [0]
    rowStarts.reserveCapacity(rows + 1)
    if slabs.count == 1 {
      runs = slabs[0].0
      rowStarts += slabs[0].1
    } else {
      var all: [VoxelRun] = []
      all.reserveCapacity(slabs.reduce(0) { $0 + $1.0.count })
      for (runs, ends) in slabs {
        let before = UInt32(all.count)
        for end in ends { rowStarts.append(before + end) }
        all += runs
      }
      runs = all
    }
    self.rowStarts = rowStarts
  }

  private init(sizes: GridSize, runs: [VoxelRun], rowStarts: [UInt32]) {
    (self.sizes, self.runs, self.rowStarts) = (sizes, runs, rowStarts)
  }

  /// The runs of what is not in the mask.
  func complement() -> RunTable {
    var gaps: [VoxelRun] = []
    gaps.reserveCapacity(runs.count + rowStarts.count)
    var starts: [UInt32] = [0]
    starts.reserveCapacity(rowStarts.count)
    let width = UInt32(sizes.x)
    for row in 0..<rowStarts.count - 1 {
      var end: UInt32 = 0
      for run in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
        if runs[run].start > end { gaps.append(VoxelRun(start: end, end: runs[run].start)) }
        end = runs[run].end
      }
      if end < width { gaps.append(VoxelRun(start: end, end: width)) }
      starts.append(UInt32(gaps.count))
    }
    return RunTable(sizes: sizes, runs: gaps, rowStarts: starts)
  }

  /// Calls `body` with the number of each run and the place of its row's first voxel in memory.
  @inline(__always)
  func forEach(rows: Range<Int>, _ body: (_ run: Int, _ row: Int) -> Void) {
    for row in rows {
      for run in Int(rowStarts[row])..<Int(rowStarts[row + 1]) { body(run, row * sizes.x) }
    }
  }
}
