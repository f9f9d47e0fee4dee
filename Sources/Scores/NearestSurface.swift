import Concurrency
import VoxelOps
import Volumes

/// Finds for each voxel of a surface the nearest one of another.
///
/// A voxel looks into the rows around its own in the order of their distance, and stops where the next
/// row is further than the best that it has. A voxel that finds nothing within some rows is left for
/// later: few such voxels look through the rest of the rows, many make a distance transform worth it.
struct NearestSurface {
  let spacing: SIMD3<Double>
  let box: IndexBox

  /// Rows that every voxel may look into: about 16 voxels far.
  private static let nearRows = 800

  /// A row relative to a voxel's own.
  private struct RowStep {
    let dy: Int
    let dz: Int
    let square: Double
  }

  /// The rows around a row, nearest first, at most `limit` (then all nearer than ``RowStep/square`` of
  /// the last are among them).
  private func rowSteps(limit: Int) -> (steps: [RowStep], isComplete: Bool) {
    let (height, depth) = (box.extent.y, box.extent.z)
    func square(_ n: Int, _ axis: Int) -> Double {
      let mm = Double(n) * spacing[axis]
      return mm * mm
    }
    // An ellipse in steps that holds more rows than the limit, or all.
    var radius = min(spacing.y, spacing.z)
    let farthest = (square(height - 1, 1) + square(depth - 1, 2)).squareRoot()
    while radius < farthest, 3 * (radius / spacing.y) * (radius / spacing.z) < Double(limit) {
      radius *= 1.25
    }
    let reachY = Int(min(Double(height - 1), radius / spacing.y))
    let reachZ = Int(min(Double(depth - 1), radius / spacing.z))
    let isComplete = radius >= farthest
    var steps: [RowStep] = []
    for dz in -reachZ...reachZ {
      for dy in -reachY...reachY {
        let square = square(dy, 1) + square(dz, 2)
        if isComplete || square <= radius * radius {
          steps.append(RowStep(dy: dy, dz: dz, square: square))
        }
      }
    }
    steps.sort { ($0.square, $0.dz, $0.dy) < ($1.square, $1.dz, $1.dy) }
    return (steps, isComplete)
  }

  /// The squared distance in mm² of every one of `a` to the nearest one of `b`, in the order of memory.
  ///
  /// - Precondition: both grids fill the box; `b` has a one.
  func squares(from a: BitGrid, to b: BitGrid, threads: Int) -> [Float] {
    let (near, isComplete) = rowSteps(limit: Self.nearRows)
    let parts = Slabs.map(a.depth, threads: threads) { slab in
      search(a, b, near, planes: slab, isComplete: isComplete)
    }
    let unresolved = parts.reduce(0) { $0 + $1.far.count }
    var squares = parts.flatMap(\.squares)
    guard unresolved > 0 else { return squares }
    var far: [(place: Int, point: SIMD3<Int32>)] = []
    far.reserveCapacity(unresolved)
    var start = 0
    for part in parts {
      far += part.far.map { (start + $0.place, $0.point) }
      start += part.squares.count
    }
    // A look through all rows against a few passes over the box.
    if unresolved <= a.width {
      let (all, _) = rowSteps(limit: .max)
      far.withUnsafeBufferPointer { far in
        squares.withUnsafeMutableBufferPointer { squares in
          Slabs.run(far.count, threads: threads) { slab in
            for i in slab {
              let p = far[i].point
              squares[far[i].place] = Float(
                nearest(b, Int(p.x), Int(p.y), Int(p.z), all).square)
            }
          }
        }
      }
      return squares
    }
    let sizes = GridSize(b.width, b.height, b.depth)
    let field = Mask(on: Geometry(sizes: sizes, spacing: spacing)) {
      b.unpack(to: $0.baseAddress!, sizes: sizes, at: .zero, threads: threads)
    }.squaredDistances(threads: threads)
    field.withVoxels { field in
      for (place, p) in far {
        squares[place] = field[Int(p.x) + sizes.x * (Int(p.y) + sizes.y * Int(p.z))]
      }
    }
    return squares
  }

  private struct Part {
    var squares: [Float] = []
    var far: [(place: Int, point: SIMD3<Int32>)] = []
  }

  /// The squares of the voxels of some planes; those that must look further have a place to be filled.
  private func search(
    _ a: BitGrid, _ b: BitGrid, _ steps: [RowStep], planes: Range<Int>, isComplete: Bool
  ) -> Part {
    var part = Part()
    for z in planes {
      for y in 0..<a.height {
        let (from, to) = (a.row(y, z), b.row(y, z))
        for i in 0..<a.wordsPerRow {
          var word = from[i]
          while word != 0 {
            let bit = word.trailingZeroBitCount
            word &= word &- 1
            if to[i] >> UInt64(bit) & 1 != 0 {
              part.squares.append(0)
              continue
            }
            let found = nearest(b, i &* 64 &+ bit, y, z, steps)
            if !found.isSure && !isComplete {
              part.far.append((part.squares.count, SIMD3(Int32(i * 64 + bit), Int32(y), Int32(z))))
            }
            part.squares.append(Float(found.square))
          }
        }
      }
    }
    return part
  }

  /// The squared distance to the nearest one among some rows, and whether rows were left out that could
  /// hold no nearer one.
  @inline(__always)
  private func nearest(
    _ b: BitGrid, _ x: Int, _ y: Int, _ z: Int, _ steps: [RowStep]
  ) -> (square: Double, isSure: Bool) {
    steps.withUnsafeBufferPointer { steps in
      var best = Double.infinity
      var limit = b.width
      for i in 0..<steps.count {
        let step = steps[i]
        if step.square >= best { return (best, true) }
        let (ny, nz) = (y &+ step.dy, z &+ step.dz)
        guard ny >= 0, ny < b.height, nz >= 0, nz < b.depth else { continue }
        let dx = Self.stepsAlong(b.row(ny, nz), x, b.wordsPerRow, limit)
        guard dx < limit else { continue }
        let mm = Double(dx) * spacing.x
        let square = mm * mm + step.square
        if square < best {
          best = square
          // Rows to come are no nearer, so only fewer steps can help.
          limit = dx
          if dx == 0 { return (best, true) }
        }
      }
      return (best, false)
    }
  }

  /// Steps from x to the nearest one of a row, to either side; `limit` where it is no nearer than that.
  @inline(__always)
  private static func stepsAlong(
    _ row: UnsafePointer<UInt64>, _ x: Int, _ count: Int, _ limit: Int
  ) -> Int {
    let (word, bit) = (x >> 6, x & 63)
    var best = limit
    let up = row[word] >> UInt64(bit)
    let down = row[word] << UInt64(63 &- bit)
    if up != 0 {
      best = min(best, up.trailingZeroBitCount)
    } else {
      var (i, away) = (word &+ 1, 64 &- bit)
      while i < count, away < best {
        if row[i] != 0 {
          best = min(best, away &+ row[i].trailingZeroBitCount)
          break
        }
        i &+= 1
        away &+= 64
      }
    }
    if down != 0 {
      best = min(best, down.leadingZeroBitCount)
    } else {
      var (i, away) = (word &- 1, bit &+ 1)
      while i >= 0, away < best {
        if row[i] != 0 {
          best = min(best, away &+ row[i].leadingZeroBitCount)
          break
        }
        i &-= 1
        away &+= 64
      }
    }
    return best
  }
}
