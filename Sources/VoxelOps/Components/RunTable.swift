import Concurrency
import Volumes

/// A run of inside voxels along x, half open.
struct VoxelRun {
  var start: UInt32
  var end: UInt32
}

/// A mask as its x-runs, in raster order: 4 bytes a run and 4 a row, whatever the voxels take.
///
/// A mask of noise or a checkerboard has a run for every other voxel, so a run must be small.
struct RunTable {
  let sizes: GridSize
  /// Start and end of each run in one word; in two where rows have more than 65,535 voxels.
  private let words: [UInt32]
  private let isWide: Bool
  /// Row y of plane z holds runs `rowStarts[y + ny·z] ..< rowStarts[y + ny·z + 1]`.
  let rowStarts: [UInt32]

  var count: Int { isWide ? words.count / 2 : words.count }

  /// - Precondition: fewer than 2³² voxels along x, and fewer than 2³² runs.
  /// - Complexity: one pass; for a moment three times the runs.
  init(_ mask: Mask, threads: Int) {
    let sizes = mask.sizes
    let rows = sizes.y * sizes.z
    let isWide = Self.needsTwoWords(sizes)
    let slabs = mask.withBytes { bytes in
      Slabs.map(rows, threads: threads) { slab in
        var runs = PackedRunList(isWide: isWide)
        var ends: [UInt32] = []
        ends.reserveCapacity(slab.count)
        for row in slab {
          RowRuns.forEach(in: bytes.baseAddress! + row * sizes.x, count: sizes.x) { start, end in
            runs.append(start, end)
          }
          ends.append(UInt32(runs.count))
        }
        return (runs, ends)
      }
    }
    self.sizes = sizes
    self.isWide = isWide
    var rowStarts: [UInt32] = [0]
    rowStarts.reserveCapacity(rows + 1)
    let total = slabs.reduce(0) { $0 + $1.0.words.count }
    if slabs.count == 1, slabs[0].0.words.capacity <= total + total / 4 + 1 << 16 {
      words = slabs[0].0.words
      rowStarts += slabs[0].1
    } else {
      // Of arrays that grew, half may be empty.
      var all = PackedRunList(isWide: isWide)
      all.words.reserveCapacity(total)
      for (runs, ends) in slabs {
        let before = UInt32(all.count)
        for end in ends { rowStarts.append(before + end) }
        all.words += runs.words
      }
      words = all.words
    }
    self.rowStarts = rowStarts
  }

  private init(sizes: GridSize, runs: PackedRunList, rowStarts: [UInt32]) {
    (self.sizes, self.rowStarts) = (sizes, rowStarts)
    (words, isWide) = (runs.words, runs.isWide)
  }

  private static func needsTwoWords(_ sizes: GridSize) -> Bool { sizes.x > Int(UInt16.max) }

  /// The runs, to be looked at by their numbers.
  @inline(__always)
  func withRuns<Result>(_ body: (PackedRuns) -> Result) -> Result {
    words.withUnsafeBufferPointer {
      // Of no runs none is looked at.
      body(PackedRuns(words: $0.baseAddress, isWide: isWide))
    }
  }

  /// The runs of what is not in the mask.
  func complement() -> RunTable {
    var gaps = PackedRunList(isWide: isWide)
    gaps.words.reserveCapacity((isWide ? 2 : 1) * (count + rowStarts.count))
    var starts: [UInt32] = [0]
    starts.reserveCapacity(rowStarts.count)
    withRuns { runs in
      for row in 0..<rowStarts.count - 1 {
        var end = 0
        for run in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
          let (from, to) = (Int(runs[run].start), Int(runs[run].end))
          if from > end { gaps.append(end, from) }
          end = to
        }
        if end < sizes.x { gaps.append(end, sizes.x) }
        starts.append(UInt32(gaps.count))
      }
    }
    return RunTable(sizes: sizes, runs: gaps, rowStarts: starts)
  }

  /// Calls `body` with the number of each run, the place of its row's first voxel in memory, and the run.
  @inline(__always)
  func forEach(rows: Range<Int>, _ body: (_ run: Int, _ row: Int, VoxelRun) -> Void) {
    withRuns { runs in
      for row in rows {
        for run in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
          body(run, row * sizes.x, runs[run])
        }
      }
    }
  }
}

/// The runs of a table by their numbers.
struct PackedRuns {
  fileprivate let words: UnsafePointer<UInt32>?
  fileprivate let isWide: Bool

  @inline(__always)
  subscript(run: Int) -> VoxelRun {
    if isWide {
      return VoxelRun(
        start: words.unsafelyUnwrapped[2 &* run], end: words.unsafelyUnwrapped[2 &* run &+ 1])
    }
    let word = words.unsafelyUnwrapped[run]
    return VoxelRun(start: word & 0xffff, end: word >> 16)
  }
}

private struct PackedRunList {
  let isWide: Bool
  var words: [UInt32] = []

  init(isWide: Bool) { self.isWide = isWide }

  var count: Int { isWide ? words.count / 2 : words.count }

  @inline(__always)
  mutating func append(_ start: Int, _ end: Int) {
    if isWide {
      words.append(UInt32(start))
      words.append(UInt32(end))
    } else {
      words.append(UInt32(truncatingIfNeeded: start | end << 16))
    }
  }
}
