/// One pass of the exact distance transform: along every line, `f(x) ← min over q of
/// f(q) + w·(x − q)²`.
///
/// The parabolas that make up the minimum are the vertices of the lower convex hull of the points
/// (q, f(q) + w·q²), so they are found in linear time and without a division. A line falls apart
/// wherever it is 0: no parabola from beyond a 0 is lower. Stretches between are short near the mask,
/// and then every pair is tried, many lines at once. In long ones most points lie above a short chord
/// of their neighbours; these are sorted out first, without a branch, so that the hull guesses seldom.
///
/// *Source*: P. Felzenszwalb, D. Huttenlocher, "Distance transforms of sampled functions", Theory of
/// Computing 8 (2012); the hull in place of intersections and the division at zeros are ours.
struct LowerEnvelope {
  /// Lines taken from memory together: a cache line of each row.
  private static let lanes = 16
  /// No infinite heights beyond the ends of a line are looked at further away than this.
  private static let margin = 8
  /// Rows up to which all pairs are tried.
  private static let fewRows = 12

  private typealias Lanes = SIMD16<Float>

  private let length: Int
  private let weight: Double
  // What is larger counts as infinite, and how many voxels away it begins at the latest.
  private let most: Float
  private let reach: Int
  // A line after the other, a little longer than the lines so that they do not share cache sets.
  private let block: UnsafeMutablePointer<Float>
  private let pitch: Int
  private let kept: UnsafeMutablePointer<UInt8>
  private let candidates: UnsafeMutablePointer<Int32>
  private let sites: UnsafeMutablePointer<Int32>
  private let heights: UnsafeMutablePointer<Float>
  private let lifted: UnsafeMutablePointer<Double>
  private let few: UnsafeMutablePointer<Lanes>
  private let squares: UnsafeMutablePointer<Float>

  /// Scratch memory for lines of `length` voxels at a squared spacing of `weight`; give it back with
  /// ``deallocate()``.
  ///
  /// - Parameter most: larger values become infinite, and what is infinite far from any other is not looked
  ///   at.
  init(length: Int, weight: Double, most: Float = .infinity) {
    self.length = length
    self.weight = weight
    self.most = most
    let steps = (Double(most) / weight).squareRoot()
    reach = steps < Double(length) ? Int(steps) + 1 : length
    pitch = length + 4 * Self.margin
    block = .allocate(capacity: pitch * Self.lanes)
    block.initialize(repeating: .infinity, count: pitch * Self.lanes)
    kept = .allocate(capacity: length)
    candidates = .allocate(capacity: length + 1)
    sites = .allocate(capacity: length)
    heights = .allocate(capacity: length)
    lifted = .allocate(capacity: length)
    few = .allocate(capacity: Self.fewRows + 2)
    squares = .allocate(capacity: Self.fewRows + 2)
    for d in 0..<Self.fewRows + 2 { squares[d] = Float(weight * Double(d * d)) }
  }

  func deallocate() {
    block.deallocate()
    kept.deallocate()
    candidates.deallocate()
    sites.deallocate()
    heights.deallocate()
    lifted.deallocate()
    few.deallocate()
    squares.deallocate()
  }

  /// The part of a row outside of which it is 0; empty: the whole row is.
  typealias Span = (lower: Int32, upper: Int32)

  /// Transforms `count` neighbouring lines in place: voxel i of line n is at `n + i·stride`.
  ///
  /// - Parameter spans: of each row i, at `i·spanStride`, the part that may not be 0. Elsewhere the rows
  ///   are not even looked at.
  func transform(
    _ lines: UnsafeMutablePointer<Float>, count: Int, stride: Int, spans: UnsafePointer<Span>,
    spanStride: Int
  ) {
    for first in Swift.stride(from: 0, to: count, by: Self.lanes) {
      let lanes = min(Self.lanes, count - first)
      let rows = lines + first
      func isZeroRow(_ i: Int) -> Bool {
        let span = spans[i &* spanStride]
        return Int(span.lower) >= first &+ lanes || Int(span.upper) <= first
          || lanes == Self.lanes && isZero(rows + i &* stride)
      }
      func transform(_ part: Range<Int>) {
        var i = part.lowerBound
        while i < part.upperBound {
          if isZeroRow(i) {
            i += 1
            continue
          }
          var end = i + 1
          while end < part.upperBound, !isZeroRow(end) { end += 1 }
          self.stretch(rows, stride, i..<end, lanes)
          i = end + 1
        }
      }
      guard most < .infinity else {
        transform(0..<length)
        continue
      }
      // The rows within reach of one that is not infinite in all lanes.
      var (start, end) = (0, 0)
      for i in 0..<length where isFinite(rows + i &* stride, lanes) {
        if i &- reach > end {
          transform(start..<end)
          start = i &- reach
        }
        end = min(length, i &+ reach &+ 1)
      }
      transform(start..<end)
    }
  }

  /// Whether a value of a row is not infinite.
  @inline(__always)
  private func isFinite(_ row: UnsafeMutablePointer<Float>, _ lanes: Int) -> Bool {
    guard lanes == Self.lanes else { return (0..<lanes).contains { row[$0] < .infinity } }
    // Twice the bits of an infinite float.
    let infinite = SIMD8<UInt64>(repeating: 0x7f80_0000_7f80_0000)
    let values = UnsafeRawPointer(row).loadUnaligned(as: SIMD8<UInt64>.self) ^ infinite
    let halves = values.lowHalf | values.highHalf
    return halves.lowHalf | halves.highHalf != .zero
  }

  @inline(__always)
  private func isZero(_ row: UnsafeMutablePointer<Float>) -> Bool {
    let values = UnsafeRawPointer(row).loadUnaligned(as: SIMD8<UInt64>.self)
    let halves = values.lowHalf | values.highHalf
    return halves.lowHalf | halves.highHalf == .zero
  }

  /// Rows that are not 0 in all lanes, with such rows, or the ends, around them.
  private func stretch(
    _ lines: UnsafeMutablePointer<Float>, _ stride: Int, _ rows: Range<Int>, _ lanes: Int
  ) {
    let around = max(0, rows.lowerBound - 1)..<min(length, rows.upperBound + 1)
    guard rows.count <= Self.fewRows, lanes == Self.lanes else {
      return hulls(lines, stride, around, rows, lanes)
    }
    let first = UnsafeMutableRawPointer(lines + around.lowerBound * stride)
    let step = stride * MemoryLayout<Float>.stride
    for i in 0..<around.count {
      few[i] = first.loadUnaligned(fromByteOffset: i * step, as: Lanes.self)
    }
    for row in rows {
      let i = row - around.lowerBound
      var least = few[i]
      for j in 0..<around.count where j != i {
        let other = few[j] + squares[abs(i &- j)]
        least.replace(with: other, where: other .< least)
      }
      least.replace(with: .infinity, where: least .> most)
      first.storeBytes(of: least, toByteOffset: i * step, as: Lanes.self)
    }
  }

  /// Every lane by its hull over the rows `around`; only `rows` are written.
  private func hulls(
    _ lines: UnsafeMutablePointer<Float>, _ stride: Int, _ around: Range<Int>, _ rows: Range<Int>,
    _ lanes: Int
  ) {
    let block = block + Self.margin
    for i in 0..<around.count {
      let from = lines + (around.lowerBound + i) * stride
      for lane in 0..<lanes { block[lane &* pitch &+ i] = from[lane] }
    }
    for lane in 0..<lanes {
      let line = block + lane * pitch
      (line + around.count).update(repeating: .infinity, count: Self.margin)
      transformLine(line, around.count)
    }
    for row in rows {
      let i = row - around.lowerBound
      let to = lines + row * stride
      for lane in 0..<lanes {
        let value = block[lane &* pitch &+ i]
        to[lane] = value > most ? .infinity : value
      }
    }
  }

  @inline(__always)
  private func transformLine(_ line: UnsafeMutablePointer<Float>, _ count: Int) {
    let candidateCount = chooseCandidates(line, count)
    var top = -1
    // The last vertex, and what it is beyond the one before.
    var (site, lift) = (0, 0.0)
    var (run, rise) = (0.0, 0.0)
    for i in 0..<candidateCount {
      let x = Int(candidates[i])
      let height = line[x]
      let lifted = Double(height) + weight * Double(x &* x)
      while top > 0 {
        // The last vertex goes when it does not lie below the chord from the one before to this.
        if (lifted - lift) * run > rise * Double(x &- site) { break }
        top &-= 1
        site = Int(sites[top])
        lift = self.lifted[top]
        if top > 0 {
          run = Double(site &- Int(sites[top &- 1]))
          rise = lift - self.lifted[top &- 1]
        }
      }
      run = Double(x &- site)
      rise = lifted - lift
      (site, lift) = (x, lifted)
      top &+= 1
      sites[top] = Int32(truncatingIfNeeded: x)
      heights[top] = height
      self.lifted[top] = lifted
    }
    guard top >= 0 else { return }
    let half = 0.5 / weight
    let weight = Float(weight)
    var x = 0
    for vertex in 0...top {
      var end = count
      if vertex < top {
        // From here on the next parabola is lower.
        let rise = self.lifted[vertex &+ 1] - self.lifted[vertex]
        let place = rise * half / Double(sites[vertex &+ 1] &- sites[vertex])
        end = place < 0 ? 0 : place < Double(count) ? Int(place) &+ 1 : count
        if end <= x { continue }
      }
      let (height, site) = (heights[vertex], sites[vertex])
      while x < end {
        let d = Float(Int32(truncatingIfNeeded: x) &- site)
        line[x] = height + weight * d * d
        x &+= 1
      }
    }
  }

  /// Writes the places whose points may be vertices of the hull: those that lie below three chords
  /// centred on them. What lies on or above a chord is no vertex. Returns how many there are.
  @inline(__always)
  private func chooseCandidates(_ line: UnsafeMutablePointer<Float>, _ count: Int) -> Int {
    let weight = Float(2 * weight)
    for x in 0..<count {
      let twice = 2 * line[x]
      let near: UInt8 = twice < line[x &- 1] + line[x &+ 1] + weight ? 1 : 0
      let middle: UInt8 = twice < line[x &- 3] + line[x &+ 3] + 9 * weight ? 1 : 0
      let far: UInt8 = twice < line[x &- 8] + line[x &+ 8] + 64 * weight ? 1 : 0
      kept[x] = near & middle & far
    }
    var found = 0
    for x in 0..<count {
      candidates[found] = Int32(truncatingIfNeeded: x)
      found &+= Int(kept[x])
    }
    return found
  }
}
