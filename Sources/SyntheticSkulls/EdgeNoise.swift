import Concurrency

internal import Volumes
internal import VoxelOps

/// Noise along the edges of bone: white noise smoothed by a Gaussian of one voxel.
enum EdgeNoise {
  /// The Gaussian from its middle outwards, cut at three voxels; its squares add up to 1, so that the
  /// standard deviation of white noise stays the same.
  private static let kernel: [Float] = {
    let raw = (0...3).map { PowerSeries.exp(-0.5 * Double($0 * $0)) }
    let squares = raw[0] * raw[0] + 2 * raw.dropFirst().map { $0 * $0 }.reduce(0, +)
    return raw.map { Float($0 / squares.squareRoot()) }
  }()

  /// Smoothed noise on a grid, x fastest; the same at any `threads`.
  ///
  /// - Parameter sigma: its standard deviation.
  /// - Complexity: 21 additions a voxel; two volumes of floats while it runs, one kept.
  static func make(
    _ sizes: GridSize, sigma: Float, _ stream: RandomStream, threads: Int
  ) -> [Float] {
    let (nx, plane) = (sizes.x, sizes.x * sizes.y)
    let k = kernel
    var across = [Float](repeating: 0, count: sizes.count)
    var result = [Float](repeating: 0, count: sizes.count)
    across.withUnsafeMutableBufferPointer { across in
      result.withUnsafeMutableBufferPointer { result in
        let (across, result) = (across.baseAddress!, result.baseAddress!)
        Slabs.run(sizes.z, threads: threads) { slab in
          // Beyond the ends of a row, a column, a stack there is noise too: σ is the same there.
          let width = nx + 6
          let rows = sizes.y + 6
          let line = UnsafeMutablePointer<Float>.allocate(capacity: width)
          let smooth = UnsafeMutablePointer<Float>.allocate(capacity: nx * rows)
          defer {
            line.deallocate()
            smooth.deallocate()
          }
          for z in slab {
            for y in 0..<rows {
              let first = UInt64(z * rows + y) &* UInt64(width)
              for x in 0..<width { line[x] = white(stream[first &+ UInt64(x)], sigma) }
              let out = smooth + y * nx
              for x in 0..<nx {
                let ends = k[3] * (line[x] + line[x + 6]) + k[2] * (line[x + 1] + line[x + 5])
                out[x] = ends + (k[1] * (line[x + 2] + line[x + 4]) + k[0] * line[x + 3])
              }
            }
            for y in 0..<sizes.y {
              let (from, to) = (smooth + y * nx, across + z * plane + y * nx)
              for x in 0..<nx {
                let ends =
                  k[3] * (from[x] + from[x + 6 * nx]) + k[2] * (from[x + nx] + from[x + 5 * nx])
                to[x] =
                  ends + (k[1] * (from[x + 2 * nx] + from[x + 4 * nx]) + k[0] * from[x + 3 * nx])
              }
            }
          }
        }
        // Along z the ends mirror: the first and last planes are nearly alike, which nobody sees.
        Slabs.run(sizes.z, threads: threads) { slab in
          for z in slab {
            func source(_ step: Int) -> UnsafeMutablePointer<Float> {
              var other = z + step
              if other < 0 { other = -other - 1 }
              if other >= sizes.z { other = 2 * sizes.z - 1 - other }
              return across + min(max(other, 0), sizes.z - 1) * plane
            }
            let (a, b, c, d) = (source(-3), source(-2), source(-1), source(0))
            let (e, f, g) = (source(1), source(2), source(3))
            let out = result + z * plane
            for i in 0..<plane {
              out[i] =
                (k[3] * (a[i] + g[i]) + k[2] * (b[i] + f[i])) + (k[1] * (c[i] + e[i]) + k[0] * d[i])
            }
          }
        }
      }
    }
    return result
  }

  /// Four even numbers of 16 bits added: near enough to a normal distribution to be smoothed.
  @inline(__always)
  private static func white(_ bits: UInt64, _ sigma: Float) -> Float {
    let sum =
      Int32(truncatingIfNeeded: bits & 0xFFFF) &+ Int32(truncatingIfNeeded: bits >> 16 & 0xFFFF)
      &+ Int32(truncatingIfNeeded: bits >> 32 & 0xFFFF) &+ Int32(truncatingIfNeeded: bits >> 48)
    // Mean 131070, standard deviation 65536/√3.
    return Float(sum &- 131_070) * (sigma * 1.732_050_8 / 65_536)
  }
}
