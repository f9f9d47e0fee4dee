import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite struct LoneVoxelTests {
  /// Rows shorter than a word, of one, and longer by some; voxels at the borders count too.
  @Test(arguments: [1, 5, 8, 13, 24]) func voxelsWithoutNeighboursAreCounted(width: Int) {
    let grid = Geometry(sizes: GridSize(width, 7, 6))
    var random = SplitMix(state: UInt64(width))
    for _ in 0..<20 {
      let mask = Mask(on: grid) { bytes in
        for i in 0..<grid.sizes.count {
          bytes[i] = UInt8.random(in: 0..<30, using: &random) == 0 ? 1 : 0
        }
      }
      let components = mask.components(connectivity: .corners26)
      let expected = components.bySize.count { components.size(of: $0) == 1 }
      for threads in [1, 3] { #expect(mask.loneVoxelCount(threads: threads) == expected) }
    }
  }
}
