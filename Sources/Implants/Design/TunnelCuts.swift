import Volumes
import VoxelOps

extension Volume<Float> {
  /// What is below 0 with tunnels through it cut open, each where what leads around it is thinnest.
  ///
  /// - Parameters:
  ///   - radius: half the width of a cut in mm, at least.
  ///   - most: the area of a cut in mm²; a tunnel that would need a larger one stays.
  /// - Complexity: O(n) in the cells, 6 bytes each; O(m log m) in those below 0, some 30 bytes each.
  func tunnelsCut(by radius: Float, area most: Double, threads: Int) -> Volume<Float> {
    let sizes = sizes
    let ball = CellBall(radius: radius, on: geometry)
    let side = geometry.spacing.x
    let cuts = negative(threads: threads).depths(threads: threads).withField { depths in
      var growth = BallGrowth(in: depths, sizes)
      growth.fill()
      return growth.cuts().filter { Double($0.count) * side * side <= most }
    }
    var open = self
    open.withMutableVoxels { out in
      for cut in cuts.joined() {
        let (x, y, z) = (cut % sizes.x, cut / sizes.x % sizes.y, cut / (sizes.x * sizes.y))
        for cell in ball.cells where ball.contains(cell, around: x, y, z) {
          let i = cut + cell.offset
          out[i] = Swift.max(out[i], radius - cell.distance)
        }
      }
    }
    return open
  }
}

/// A ball that grows within what is below 0 as far as it stays a ball.
///
/// It starts at the deepest cell and always takes the deepest cell beside it, but none that would close a ring or a
/// shell. Thin necks are reached last, so what is left out are slices of them, one cell thick. Further pieces are
/// balls of their own.
private struct BallGrowth {
  private enum Cell: UInt8 {
    case outside, untouched, waiting, refused, taken
  }
  private let depths: DistanceField
  private let sizes: GridSize
  private var cells: [Cell]
  /// Waiting cells by depth, and the deepest depth at which there may be one.
  private var waiting: [[Int32]]
  private var deepest = 0
  /// How many of each depth have been seen to.
  private var done: [Int]
  /// Steps to the 26 neighbours, by their bit.
  private let steps: [Int]
  /// Depths that count as one, per mm.
  private let perMM: Float = 32

  init(in depths: DistanceField, _ sizes: GridSize) {
    (self.depths, self.sizes) = (depths, sizes)
    cells = Array(repeating: .outside, count: sizes.count)
    steps = Neighbourhood.places.map { $0.x + sizes.x * ($0.y + sizes.y * $0.z) }
    var most: Float = 0
    // Cells at the border of the grid have too few neighbours.
    for z in 1..<max(1, sizes.z - 1) {
      for y in 1..<max(1, sizes.y - 1) {
        for x in 1..<max(1, sizes.x - 1) {
          let i = sizes.offset(x, y, z)
          guard depths[i] > 0 else { continue }
          cells[i] = .untouched
          most = max(most, depths[i])
        }
      }
    }
    waiting = Array(repeating: [], count: Int(most * perMM) + 1)
    done = Array(repeating: 0, count: waiting.count)
  }

  /// What no ball could take, in pieces that do not touch; it is forgotten.
  mutating func cuts() -> [[Int]] {
    var cuts: [[Int]] = []
    for first in cells.indices where cells[first] == .refused {
      cells[first] = .outside
      var (cut, next) = ([first], 0)
      while next < cut.count {
        for step in steps where cells[cut[next] + step] == .refused {
          cells[cut[next] + step] = .outside
          cut.append(cut[next] + step)
        }
        next += 1
      }
      cuts.append(cut)
    }
    return cuts
  }

  mutating func fill() {
    let seeds = cells.indices.filter { cells[$0] == .untouched }
      .sorted { (-depths[$0], $0) < (-depths[$1], $1) }
    for seed in seeds where cells[seed] == .untouched {
      take(seed)
      while let next = pop() {
        if Neighbourhood.isSimple(taken(around: next)) {
          take(next)
        } else {
          cells[next] = .refused
        }
      }
    }
  }

  private mutating func take(_ cell: Int) {
    cells[cell] = .taken
    for step in steps {
      let next = cell + step
      // What was refused may do no harm now.
      guard cells[next] == .untouched || cells[next] == .refused else { continue }
      cells[next] = .waiting
      let depth = Int(depths[next] * perMM)
      waiting[depth].append(Int32(next))
      deepest = max(deepest, depth)
    }
  }

  private mutating func pop() -> Int? {
    while done[deepest] == waiting[deepest].count {
      (waiting[deepest], done[deepest]) = ([], 0)
      guard deepest > 0 else { return nil }
      deepest -= 1
    }
    defer { done[deepest] += 1 }
    return Int(waiting[deepest][done[deepest]])
  }

  private func taken(around cell: Int) -> UInt32 {
    var bits: UInt32 = 0
    for (bit, step) in steps.enumerated() where cells[cell + step] == .taken { bits |= 1 << bit }
    return bits
  }
}

/// The 26 cells around a cell, as bits.
enum Neighbourhood {
  static let places: [SIMD3<Int>] = (0..<27).filter { $0 != 13 }.map {
    SIMD3($0 % 3 - 1, $0 / 3 % 3 - 1, $0 / 9 - 1)
  }
  /// For each place those that share a corner with it.
  private static let corners = places.map { near in
    bits {
      let d = near &- $0; return d != .zero && max(abs(d.x), abs(d.y), abs(d.z)) == 1
    }
  }
  /// For each place those of the 18 next to the middle that share a face with it.
  private static let faces = places.map { near in
    bits { length(near &- $0) == 1 && length($0) < 3 }
  }
  private static let middleFaces = bits { length($0) == 1 }
  private static let middleEdges = bits { length($0) < 3 }

  private static func length(_ step: SIMD3<Int>) -> Int { abs(step.x) + abs(step.y) + abs(step.z) }

  private static func bits(where holds: (SIMD3<Int>) -> Bool) -> UInt32 {
    places.enumerated().reduce(0) { holds($1.element) ? $0 | 1 << $1.offset : $0 }
  }

  /// Whether the cell in the middle can be added to some of its neighbours without a change of topology: those that share
  /// a corner with each other are one, and so are the others, of which faces count (G. Bertrand and G. Malandain, 1994).
  static func isSimple(_ taken: UInt32) -> Bool {
    guard taken != 0 else { return false }
    let lowest = taken & (0 &- taken)
    guard flood(lowest, within: taken, by: corners) == taken else { return false }
    let free = ~taken & middleEdges
    let beside = free & middleFaces
    guard beside != 0 else { return false }
    return flood(beside & (0 &- beside), within: free, by: faces) & beside == beside
  }

  private static func flood(_ seed: UInt32, within allowed: UInt32, by steps: [UInt32]) -> UInt32 {
    var (reached, front) = (seed, seed)
    while front != 0 {
      let bit = front.trailingZeroBitCount
      front &= front - 1
      let new = steps[bit] & allowed & ~reached
      reached |= new
      front |= new
    }
    return reached
  }
}
