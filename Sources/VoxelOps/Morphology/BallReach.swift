import Concurrency
import Volumes

/// Bytes of 0 and 1 that fill a box of a grid.
struct BoxBytes<Base> {
  let base: Base
  let box: IndexBox

  /// Where voxel (box.lower.x, y, z) lies.
  func row(_ y: Int, _ z: Int) -> Int {
    ((z - box.lower.z) * box.extent.y + (y - box.lower.y)) * box.extent.x
  }
}

/// Which voxels lie within a distance of a site: the heart of the four ball operations.
///
/// A distance transform that looks no further than the ball reaches: along x from the runs, then
/// along y and z as the minimum over the few rows within reach, a whole row at a time. Only
/// 2·reach + 1 planes are held; rows without a site nearby cost nothing.
struct BallReach {
  /// The radius in mm, a part in a million more than asked for.
  let radius: Double
  let spacing: SIMD3<Double>
  /// The squared radius. The ball is closed: a part in a million more, so that a radius of k spacings
  /// takes the k-th voxel whatever the rounding.
  let limit: Float
  /// How many voxels the ball reaches along each axis.
  let steps: SIMD3<Int>

  /// - Parameter sizes: no use to look further than the grid is long.
  init(radius: Double, spacing: SIMD3<Double>, sizes: GridSize) {
    let closed = radius * (1 + 1e-6)
    self.radius = closed
    self.spacing = spacing
    limit = Float(closed * closed)
    func reach(_ step: Double, _ size: Int) -> Int {
      // Written so that a spacing that is no number gives the size, not a crash.
      closed / step < Double(size) ? Int(closed / step) : size
    }
    steps = SIMD3(
      reach(spacing.x, sizes.x), reach(spacing.y, sizes.y), reach(spacing.z, sizes.z))
  }

  /// How many planes of distances are held, of a source of so many.
  fileprivate func ringPlanes(_ depth: Int) -> Int { min(2 * steps.z + 1, depth) }

  /// Bytes that ``spread(_:of:to:writing:threads:)`` takes.
  func scratchBytes(source: SIMD3<Int>, writing box: SIMD3<Int>, threads: Int) -> Int {
    let row = box.x * 4
    let ring = box.y * ringPlanes(source.z)
    // Distances, where they are finite, a line, and the squares.
    let worker =
      (ring + box.y + 2 * steps.y) * (row + MemoryLayout<Range<Int>>.stride) + row + source.x
      + 4 * (steps.x + 1)
    return worker * max(1, min(threads, box.z))
  }

  /// Writes `site` to each voxel of `target` that has a byte `site` of `source` within the radius,
  /// and `1 - site` to the others. Nothing outside `source` is a site.
  func spread(
    _ site: UInt8, of source: BoxBytes<UnsafePointer<UInt8>>,
    to target: BoxBytes<UnsafeMutablePointer<UInt8>>, writing box: IndexBox, threads: Int
  ) {
    Slabs.run(box.extent.z, threads: threads, perThread: 1) { slab in
      let planes = box.lower.z + slab.lowerBound..<box.lower.z + slab.upperBound
      let worker = BallReachWorker(self, site, source, target, box)
      defer { worker.deallocate() }
      var ready = planes.lowerBound - steps.z
      for z in planes {
        while ready <= z + steps.z {
          worker.preparePlane(ready)
          ready += 1
        }
        worker.writePlane(z)
      }
    }
  }
}

/// The scratch memory of one slab of ``BallReach``.
private struct BallReachWorker {
  let ball: BallReach
  let site: UInt8
  let source: BoxBytes<UnsafePointer<UInt8>>
  let target: BoxBytes<UnsafeMutablePointer<UInt8>>
  let box: IndexBox
  let width: Int
  let height: Int
  let ringPlanes: Int
  // Squared distances along x of the rows of one plane, with `steps.y` rows more on both sides.
  let rows: UnsafeMutablePointer<Float>
  let rowSpans: UnsafeMutablePointer<Range<Int>>
  // The same after y, a ring of as many planes as the ball reaches, or as the source has.
  let ring: UnsafeMutablePointer<Float>
  let ringSpans: UnsafeMutablePointer<Range<Int>>
  let line: UnsafeMutablePointer<Float>
  let flipped: UnsafeMutablePointer<UInt8>
  let squaresX: UnsafeMutablePointer<Float>

  init(
    _ ball: BallReach, _ site: UInt8, _ source: BoxBytes<UnsafePointer<UInt8>>,
    _ target: BoxBytes<UnsafeMutablePointer<UInt8>>, _ box: IndexBox
  ) {
    self.ball = ball
    self.site = site
    self.source = source
    self.target = target
    self.box = box
    width = box.extent.x
    height = box.extent.y
    ringPlanes = ball.ringPlanes(source.box.extent.z)
    rows = .allocate(capacity: width * (height + 2 * ball.steps.y))
    rowSpans = .allocate(capacity: height + 2 * ball.steps.y)
    ring = .allocate(capacity: width * height * ringPlanes)
    ringSpans = .allocate(capacity: height * ringPlanes)
    line = .allocate(capacity: width)
    flipped = .allocate(capacity: source.box.extent.x)
    squaresX = .allocate(capacity: ball.steps.x + 1)
    for d in 0...ball.steps.x { squaresX[d] = Self.square(d, ball.spacing.x) }
  }

  func deallocate() {
    rows.deallocate()
    rowSpans.deallocate()
    ring.deallocate()
    ringSpans.deallocate()
    line.deallocate()
    flipped.deallocate()
    squaresX.deallocate()
  }

  private static func square(_ steps: Int, _ spacing: Double) -> Float {
    let d = Double(steps) * spacing
    return Float(d * d)
  }

  private func slot(_ z: Int) -> Int {
    let rest = (z - source.box.lower.z) % ringPlanes
    return rest < 0 ? rest + ringPlanes : rest
  }

  /// Fills the ring's place for plane z with squared distances along x and y.
  func preparePlane(_ z: Int) {
    guard z >= source.box.lower.z, z < source.box.upper.z else { return }
    let spans = ringSpans + slot(z) * height
    let reach = ball.steps.y
    for n in 0..<height + 2 * reach { rowSpans[n] = prepareRow(n, box.lower.y + n - reach, z) }
    for y in 0..<height {
      spans[y] = minimum(
        ring + (slot(z) * height + y) * width, -reach...reach, ball.spacing.y,
        span: { rowSpans[y + reach + $0] }, row: { rows + (y + reach + $0) * width })
    }
  }

  /// Writes one plane of the target from the ring.
  func writePlane(_ z: Int) {
    // What lies outside the source has no place in the ring.
    let first = max(z - ball.steps.z, source.box.lower.z)
    let last = min(z + ball.steps.z, source.box.upper.z - 1)
    for y in 0..<height {
      let out =
        target.base + target.row(box.lower.y + y, z) + box.lower.x - target.box.lower.x
      let span =
        first > last
        ? 0..<0
        : minimum(
          line, first - z...last - z, ball.spacing.z,
          span: { ringSpans[slot(z + $0) * height + y] },
          row: { ring + (slot(z + $0) * height + y) * width })
      let (near, far) = (site, 1 - site)
      out.update(repeating: far, count: width)
      for x in span { out[x] = line[x] <= ball.limit ? near : far }
    }
  }

  /// The minimum over the rows within reach of row + their distance; returns where it is finite.
  @inline(__always)
  private func minimum(
    _ out: UnsafeMutablePointer<Float>, _ reach: ClosedRange<Int>, _ spacing: Double,
    span: (Int) -> Range<Int>, row: (Int) -> UnsafeMutablePointer<Float>
  ) -> Range<Int> {
    var (lower, upper) = (Int.max, Int.min)
    for d in reach {
      let span = span(d)
      if span.isEmpty { continue }
      lower = min(lower, span.lowerBound)
      upper = max(upper, span.upperBound)
    }
    guard lower < upper else { return 0..<0 }
    (out + lower).update(repeating: .infinity, count: upper - lower)
    for d in reach {
      let (span, values, away) = (span(d), row(d), Self.square(d, spacing))
      if away > ball.limit { continue }
      for x in span {
        let value = values[x] + away
        out[x] = value < out[x] ? value : out[x]
      }
    }
    return lower..<upper
  }

  /// Squared distances along x in row number n, which is row y of plane z; returns where they are
  /// finite, in voxels of the box.
  private func prepareRow(_ n: Int, _ y: Int, _ z: Int) -> Range<Int> {
    guard y >= source.box.lower.y, y < source.box.upper.y else { return 0..<0 }
    let (width, reach) = (width, ball.steps.x)
    let out = rows + n * width
    // Only what can reach the box.
    let first = max(source.box.lower.x, box.lower.x - reach)
    let count = min(source.box.upper.x, box.upper.x + reach) - first
    guard count > 0 else { return 0..<0 }
    var bytes = source.base + source.row(y, z) + first - source.box.lower.x
    if site == 0 {
      for x in 0..<count { flipped[x] = 1 &- bytes[x] }
      bytes = UnsafePointer(flipped)
    }
    let shift = first - box.lower.x
    var (lower, upper) = (0, 0)
    var filled = 0  // everything before is written
    var before = Int.min / 2  // the last voxel of the run before
    RowRuns.forEach(in: bytes, count: count) { from, to in
      let (start, end) = (from + shift, to + shift)
      if filled == 0, before == Int.min / 2 {
        lower = min(width, max(0, start - reach))
        filled = lower
      }
      let rampEnd = min(width, max(filled, start))
      for x in filled..<rampEnd {
        let d = min(x - before, start - x)
        out[x] = d <= reach ? squaresX[d] : .infinity
      }
      let (inStart, inEnd) = (min(width, max(0, start)), min(width, max(0, end)))
      if inStart < inEnd { (out + inStart).update(repeating: 0, count: inEnd - inStart) }
      filled = max(rampEnd, inEnd)
      before = end - 1
    }
    guard before != Int.min / 2 else { return 0..<0 }
    upper = max(filled, min(width, before + reach + 1))
    for x in filled..<upper {
      let d = x - before
      out[x] = d <= reach ? squaresX[d] : .infinity
    }
    return lower < upper ? lower..<upper : 0..<0
  }
}
