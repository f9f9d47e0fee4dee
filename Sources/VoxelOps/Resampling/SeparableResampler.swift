import Concurrency
import Volumes

/// Weighted resampling between grids whose axes are parallel: rows first, then along the row.
struct SeparableResampler<Arithmetic: VoxelArithmetic> {
  typealias From = Arithmetic.From
  typealias To = Arithmetic.To
  typealias Real = Arithmetic.Real

  let source: GridSize
  let target: GridSize
  let taps: [AxisTaps]
  let background: Real
  let threads: Int

  /// - Parameter axes: target axis n runs along source axis n.
  init(
    _ axes: [AxisMap], source: GridSize, target: GridSize, by interpolation: Interpolation,
    background: Real,
    threads: Int
  ) {
    self.source = source
    self.target = target
    self.background = background
    self.threads = threads
    taps = (0..<3).map {
      AxisTaps(axes[$0], count: target[$0], limit: source[$0], by: interpolation)
    }
  }

  func run(_ from: UnsafePointer<From>, _ to: UnsafeMutablePointer<To>) {
    let weightsX = taps[0].weights.map { Real($0) }
    let used = usedColumns
    Slabs.run(target.z, threads: threads) { slab in
      let sum = UnsafeMutablePointer<Real>.allocate(capacity: source.x)
      defer { sum.deallocate() }
      for z in slab {
        for y in 0..<target.y {
          let out = to + target.x * (y + target.y * z)
          let coverage = Real(taps[1].coverage[y] * taps[2].coverage[z])
          if coverage > 0 {
            addRows(y, z, from, sum, used)
            along(sum, weightsX, coverage, out)
          } else {
            out.update(repeating: Arithmetic.store(background), count: target.x)
          }
        }
      }
    }
  }

  /// The part of the source rows that matters.
  var usedColumns: Range<Int> {
    taps[0].first.indices.reduce(into: source.x..<source.x) { used, i in
      let (first, weights) = taps[0].taps(i)
      guard !weights.isEmpty else { return }
      let upper = max(used.isEmpty ? 0 : used.upperBound, first + weights.count)
      used = min(used.lowerBound, first)..<upper
    }
  }

  /// The weighted sum of the source rows that target row (y, z) takes in.
  @inline(__always)
  func addRows(
    _ y: Int, _ z: Int, _ from: UnsafePointer<From>, _ sum: UnsafeMutablePointer<Real>,
    _ used: Range<Int>
  ) {
    let (firstY, weightsY) = taps[1].taps(y)
    let (firstZ, weightsZ) = taps[2].taps(z)
    var isFirst = true
    for (dz, weightZ) in weightsZ.enumerated() {
      var row = from + source.x * (firstY + source.y * (firstZ + dz))
      var n = weightsY.startIndex
      // Two rows at a time: a pass over the sum costs as much as one over a row.
      while n < weightsY.endIndex {
        let a = Real(weightsY[n] * weightZ)
        if n + 1 < weightsY.endIndex {
          let b = Real(weightsY[n + 1] * weightZ)
          let next = row + source.x
          if isFirst {
            for x in used { sum[x] = a * Arithmetic.load(row[x]) + b * Arithmetic.load(next[x]) }
          } else {
            for x in used { sum[x] += a * Arithmetic.load(row[x]) + b * Arithmetic.load(next[x]) }
          }
          n += 2
          row += 2 * source.x
        } else {
          if isFirst {
            for x in used { sum[x] = a * Arithmetic.load(row[x]) }
          } else {
            for x in used { sum[x] += a * Arithmetic.load(row[x]) }
          }
          n += 1
          row += source.x
        }
        isFirst = false
      }
    }
  }

  /// Along x, with what lies outside filled up from the background.
  @inline(__always)
  private func along(
    _ sum: UnsafeMutablePointer<Real>, _ weights: [Real], _ coverage: Real,
    _ out: UnsafeMutablePointer<To>
  ) {
    taps[0].first.withUnsafeBufferPointer { first in
      taps[0].starts.withUnsafeBufferPointer { starts in
        taps[0].coverage.withUnsafeBufferPointer { coverageX in
          weights.withUnsafeBufferPointer { weights in
            for x in 0..<target.x {
              let values = sum + first[x]
              let (start, end) = (starts[x], starts[x + 1])
              var value: Real = 0
              if end &- start == 2 {
                value = weights[start] * values[0] + weights[start &+ 1] * values[1]
              } else {
                for n in start..<end { value += weights[n] * values[n &- start] }
              }
              let inside = Real(coverageX[x]) * coverage
              if inside < 1 { value += (1 - inside) * background }
              out[x] = Arithmetic.store(value)
            }
          }
        }
      }
    }
  }
}
