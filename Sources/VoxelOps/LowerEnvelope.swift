/// One pass of the exact distance transform: along every line, `f(x) ← min over q of
/// f(q) + w·(x − q)²`.
///
/// The parabolas that make up the minimum are the vertices of the lower convex hull of the points
/// (q, f(q) + w·q²), so they are found in linear time and without a division.
///
/// *Source*: P. Felzenszwalb, D. Huttenlocher, "Distance transforms of sampled functions", Theory of
/// Computing 8 (2012); the hull in place of intersections is ours.
struct LowerEnvelope {
  /// Lines taken from memory together, so that each cache line is fetched once.
  private static let lanes = 32

  private let length: Int
  private let block: UnsafeMutablePointer<Float>
  private let sites: UnsafeMutablePointer<Int>
  private let heights: UnsafeMutablePointer<Double>
  private let lifted: UnsafeMutablePointer<Double>

  /// Scratch memory for lines of `length` voxels; give it back with ``deallocate()``.
  init(length: Int) {
    self.length = length
    block = .allocate(capacity: length * Self.lanes)
    sites = .allocate(capacity: length)
    heights = .allocate(capacity: length)
    lifted = .allocate(capacity: length)
  }

  func deallocate() {
    block.deallocate()
    sites.deallocate()
    heights.deallocate()
    lifted.deallocate()
  }

  /// Transforms `count` neighbouring lines in place: voxel i of line n is at `n + i·stride`.
  func transform(
    _ lines: UnsafeMutablePointer<Float>, count: Int, stride: Int, weight: Double
  ) {
    for first in Swift.stride(from: 0, to: count, by: Self.lanes) {
      let lanes = min(Self.lanes, count - first)
      for i in 0..<length {
        (block + i * Self.lanes).update(from: lines + first + i * stride, count: lanes)
      }
      for lane in 0..<lanes { transformLine(lane, weight) }
      for i in 0..<length {
        (lines + first + i * stride).update(from: block + i * Self.lanes, count: lanes)
      }
    }
  }

  @inline(__always)
  private func transformLine(_ lane: Int, _ weight: Double) {
    var top = -1
    for x in 0..<length {
      let height = Double(block[x * Self.lanes + lane])
      guard height < .infinity else { continue }
      let lift = height + weight * Double(x &* x)
      while top > 0 {
        // The last vertex goes when it does not lie below the chord from the one before to this.
        let (p, q) = (sites[top - 1], sites[top])
        let here = (lift - lifted[top]) * Double(q &- p)
        let before = (lifted[top] - lifted[top - 1]) * Double(x &- q)
        if here > before { break }
        top &-= 1
      }
      top &+= 1
      sites[top] = x
      heights[top] = height
      lifted[top] = lift
    }
    guard top >= 0 else { return }
    var vertex = 0
    for x in 0..<length {
      var value = parabola(vertex, x, weight)
      while vertex < top {
        let next = parabola(vertex &+ 1, x, weight)
        if next > value { break }
        value = next
        vertex &+= 1
      }
      block[x * Self.lanes + lane] = Float(value)
    }
  }

  @inline(__always)
  private func parabola(_ vertex: Int, _ x: Int, _ weight: Double) -> Double {
    let d = Double(x &- sites[vertex])
    return heights[vertex] + weight * d * d
  }
}
