import Concurrency

internal import Volumes
internal import VoxelOps

/// A 3 × 3 system of least squares at every control point: Σ n·nᵀ · u = Σ e·n.
struct NormalEquations {
  // nxx, nxy, nxz, nyy, nyz, nzz, enx, eny, enz, weight: ten volumes behind each other.
  private var channels: [Float]
  private let sizes: GridSize

  init(on sizes: GridSize) {
    self.sizes = sizes
    channels = Array(repeating: 0, count: 10 * sizes.count)
  }

  /// Where the sums are added to.
  struct Channels {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    /// Adds one wish: a displacement by `error` along `normal`.
    @inline(__always)
    func add(normal n: SIMD3<Float>, error: Float, at point: Int) {
      let at = base + point
      at[0] += n.x * n.x
      at[count] += n.x * n.y
      at[2 * count] += n.x * n.z
      at[3 * count] += n.y * n.y
      at[4 * count] += n.y * n.z
      at[5 * count] += n.z * n.z
      at[6 * count] += error * n.x
      at[7 * count] += error * n.y
      at[8 * count] += error * n.z
      at[9 * count] += 1
    }
  }

  /// Lets `body` add; the caller sees to it that no two threads add at one point.
  mutating func withChannels(_ body: (Channels) -> Void) {
    channels.withUnsafeMutableBufferPointer {
      body(Channels(base: $0.baseAddress!, count: sizes.count))
    }
  }

  /// Gathers the wishes around each point with Gaussian weights.
  mutating func smooth(by smoothing: GaussianSmoothing, threads: Int) {
    let (sizes, count) = (sizes, sizes.count)
    channels.withUnsafeMutableBufferPointer { all in
      let base = all.baseAddress!
      Slabs.run(10, threads: threads) { slab in
        for channel in slab { smoothing.apply(to: base + channel * count, sizes: sizes) }
      }
    }
  }

  /// The displacement at a point.
  ///
  /// A tenth of the weight is added to the diagonal: what no normal determines (sliding along the
  /// surface) stays where it is. The constant lets displacements fade out far from any bone.
  func solution(_ point: Int) -> SIMD3<Float> {
    func channel(_ i: Int) -> Double { Double(channels[i * sizes.count + point]) }
    let damping = 0.1 * channel(9) + 1e-3
    let matrix = Matrix3(
      SIMD3(channel(0) + damping, channel(1), channel(2)),
      SIMD3(channel(1), channel(3) + damping, channel(4)),
      SIMD3(channel(2), channel(4), channel(5) + damping))
    guard let inverse = matrix.inverse else { return .zero }
    return SIMD3<Float>(inverse * SIMD3(channel(6), channel(7), channel(8)))
  }
}
