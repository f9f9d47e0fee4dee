import TestSupport
import Testing
import Volumes

@testable import VoxelOps

@Suite("Thresholded resampling")
struct ThresholdedResamplingTests {
  /// Noise, flat stretches, and values on the level itself.
  private func volume(_ sizes: GridSize, seed: UInt64) -> Volume<Float> {
    var random = SplitMix(state: seed)
    return Volume(on: Geometry(sizes: sizes, spacing: SIMD3(1.7, 2, 1.1))) { out in
      for i in out.indices {
        let z = i / (sizes.x * sizes.y)
        out[i] =
          z % 3 == 0
          ? Float.random(in: 0...1, using: &random)
          : [0, 0.5, 1, 0.5][Int(random.next() % 64) / 16]
      }
      out[out.count / 2] = .nan
    }
  }

  private func grid(of volume: Volume<Float>, _ number: Int) -> Geometry {
    var grid = volume.geometry.respacedForTest(SIMD3(0.6, 0.7, 0.9))
    switch number {
    case 0: break
    case 1: grid = volume.geometry
    case 2:  // beyond the box on one side, short of it on the other
      grid.origin += SIMD3(-7.3, 2.1, -3.9)
    case 3:  // the other way along x
      grid.origin += Double(grid.sizes.x - 1) * grid.directions[0]
      grid.directions[0] = -grid.directions[0]
    case 4:  // axes exchanged
      (grid.directions[0], grid.directions[1]) = (grid.directions[1], grid.directions[0])
    case 5:  // coarser
      grid = volume.geometry.respacedForTest(SIMD3(4, 4, 4))
    default:  // turned
      grid.directions[0] = SIMD3(0.59, 0.1, 0)
    }
    return grid
  }

  @Test("is the resampled volume compared with the level", arguments: 0..<7, [0.5, 0.25, 0, -1])
  func equalsTheComparison(number: Int, level: Float) throws {
    let volume = volume(GridSize(23, 11, 9), seed: UInt64(number) + 3)
    let grid = grid(of: volume, number)
    let expected = try volume.resampled(onto: grid, by: .linear)
      .withVoxels { $0.map { $0 >= level ? UInt8(1) : 0 } }
    for threads in 1...3 {
      var found = [UInt8](repeating: 7, count: grid.sizes.count)
      try found.withUnsafeMutableBufferPointer {
        try volume.threshold(at: level, onto: grid, into: $0, threads: threads)
      }
      #expect(found == expected)
    }
  }
}

extension Geometry {
  /// The same box of about the same extent at another spacing.
  fileprivate func respacedForTest(_ spacing: SIMD3<Double>) -> Geometry {
    let own = self.spacing
    func count(_ axis: Int) -> Int {
      Int((Double(sizes[axis]) * own[axis] / spacing[axis]).rounded())
    }
    var grid = Geometry(sizes: GridSize(count(0), count(1), count(2)), spacing: spacing)
    grid.origin = origin
    return grid
  }
}
