import Concurrency
import Volumes

/// Trilinear resampling between grids that are turned against each other, point by point.
struct ObliqueResampler<Arithmetic: VoxelArithmetic> {
  typealias From = Arithmetic.From
  typealias To = Arithmetic.To
  typealias Real = Arithmetic.Real

  let map: GridMap
  /// Sample points along each axis of a target voxel: 1 for linear, more for the mean over it.
  let samples: SIMD3<Int>
  let background: Real
  let threads: Int

  init(_ map: GridMap, area: Bool, background: Real, threads: Int) {
    self.map = map
    self.background = background
    self.threads = threads
    func count(_ axis: Int) -> Int {
      // Beyond 64 a sample is skipped rather than a run never ended.
      area ? Int(min(64, (map.sourceFromTarget.linear[axis].length - 1e-6).rounded(.up))) : 1
    }
    samples = pointwiseMax(SIMD3(1, 1, 1), SIMD3(count(0), count(1), count(2)))
  }

  func run(_ from: UnsafePointer<From>, _ to: UnsafeMutablePointer<To>) {
    let target = map.target
    let offsets = sampleOffsets()
    let share = 1 / Real(offsets.count)
    let step = map.sourceFromTarget.linear[0]
    Slabs.run(target.z, threads: threads) { slab in
      for z in slab {
        for y in 0..<target.y {
          let out = to + target.x * (y + target.y * z)
          let start = map.sourceFromTarget * SIMD3(0, Double(y), Double(z))
          for x in 0..<target.x {
            let centre = start + step * Double(x)
            if offsets.count == 1 {
              out[x] = Arithmetic.store(value(from, centre))
            } else {
              var sum: Real = 0
              for offset in offsets { sum += value(from, centre + offset) }
              out[x] = Arithmetic.store(sum * share)
            }
          }
        }
      }
    }
  }

  /// The sample points of a target voxel relative to its centre, in source voxels.
  private func sampleOffsets() -> [SIMD3<Double>] {
    func along(_ axis: Int, _ n: Int) -> SIMD3<Double> {
      map.sourceFromTarget.linear[axis] * ((Double(n) + 0.5) / Double(samples[axis]) - 0.5)
    }
    var offsets: [SIMD3<Double>] = []
    for k in 0..<samples.z {
      for j in 0..<samples.y {
        for i in 0..<samples.x { offsets.append(along(0, i) + along(1, j) + along(2, k)) }
      }
    }
    return offsets
  }

  @inline(__always)
  private func value(
    _ from: UnsafePointer<From>, _ position: SIMD3<Double>
  ) -> Real {
    let size = map.source
    let last = SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1))
    let shifted = position + (0.5 + GridMap.tolerance)
    guard shifted.x >= 0, shifted.y >= 0, shifted.z >= 0,
      shifted.x < last.x + 1, shifted.y < last.y + 1, shifted.z < last.z + 1
    else { return background }
    let p = pointwiseMin(pointwiseMax(position, .zero), last)
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    let u = Real(p.x - Double(i))
    let v = Real(p.y - Double(j))
    let w = Real(p.z - Double(k))
    // At the upper border the neighbour has weight 0 and must not be read.
    let dx = i + 1 < size.x ? 1 : 0
    let dy = j + 1 < size.y ? size.x : 0
    let dz = k + 1 < size.z ? size.x * size.y : 0
    let near = from + (i + size.x * (j + size.y * k))
    let far = near + dz
    func line(_ p: UnsafePointer<From>) -> Real {
      mix(Arithmetic.load(p[0]), Arithmetic.load(p[dx]), u)
    }
    return mix(
      mix(line(near), line(near + dy), v), mix(line(far), line(far + dy), v), w)
  }

  /// Exact at both ends.
  @inline(__always)
  private func mix(_ a: Real, _ b: Real, _ t: Real) -> Real { t == 0 ? a : a * (1 - t) + b * t }
}
