import Testing
import Volumes

@Suite struct MaskTests {
  /// Sizes around the blocks in which voxels are counted.
  @Test(arguments: [1, 7, 8159, 8160, 8161, 16_320, 40_003])
  func countsEveryVoxel(length: Int) {
    let mask = Mask(on: Geometry(sizes: GridSize(length, 1, 1))) { bytes in
      for i in 0..<bytes.count { bytes[i] = i % 3 == 0 ? 1 : 0 }
    }
    #expect(mask.voxelCount == (length + 2) / 3)
    let full = Mask(on: mask.geometry) { $0.update(repeating: 1) }
    #expect(full.voxelCount == length)
    #expect(Mask(emptyOn: mask.geometry).isEmpty)
    #expect(!full.isEmpty)
  }

  @Test func nonzeroOfAnyValue() {
    var volume = Volume<Double>(zerosOn: Geometry(sizes: GridSize(2, 2, 1)))
    volume[0, 0, 0] = -3
    volume[1, 1, 0] = 255
    let mask = Mask(nonzeroOf: volume)
    #expect(mask[0, 0, 0] && mask[1, 1, 0] && !mask[1, 0, 0])
    #expect(mask.asVolume[1, 1, 0] == 1)
  }

  @Test func subscriptWritesOneVoxel() {
    var mask = Mask(emptyOn: Geometry(sizes: GridSize(3, 3, 3)))
    mask[1, 2, 0] = true
    #expect(mask.voxelCount == 1)
    mask[1, 2, 0] = false
    #expect(mask.isEmpty)
  }
}
