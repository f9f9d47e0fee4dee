import Testing
import VoxelOps
import Volumes

@Suite("Binarize")
struct BinarizeTests {
  private func mask<Voxel: VoxelScalar>(
    _ values: [Voxel], _ threshold: Threshold, threads: Int = 1
  ) -> String {
    let volume = Volume<Voxel>(on: Geometry(sizes: GridSize(values.count, 1, 1))) { out in
      for (i, v) in values.enumerated() { out[i] = v }
    }
    let erased = AnyVolume(volume).binarized(in: threshold, threads: threads)
    #expect(erased == volume.binarized(in: threshold))
    return erased.text
  }

  @Test("at least, range, label, nonzero", arguments: 1...3)
  func kinds(threads: Int) {
    let values: [Int16] = [-32768, -1, 0, 1, 225, 226, 227, 32767]
    #expect(mask(values, .atLeast(226), threads: threads) == "00000111")
    #expect(mask(values, .atLeast(225.5), threads: threads) == "00000111")
    #expect(mask(values, .range(-1...225.9), threads: threads) == "01111000")
    #expect(mask(values, .label(226), threads: threads) == "00000100")
    #expect(mask(values, .nonzero, threads: threads) == "11011111")
  }

  @Test("bounds outside the type")
  func outside() {
    let values: [UInt8] = [0, 1, 255]
    #expect(mask(values, .atLeast(-1e300)) == "111")
    #expect(mask(values, .atLeast(255.01)) == "000")
    #expect(mask(values, .atLeast(-0.5)) == "111")
    #expect(mask(values, .range(-9...1e300)) == "111")
    #expect(mask(values, .range(-9 ... -0.5)) == "000")
    #expect(mask(values, .label(-1)) == "000")
    #expect(mask(values, .label(256)) == "000")
    #expect(mask([Int8.min, .max], .range(-.infinity ... .infinity)) == "11")
  }

  @Test("64-bit integers are compared exactly, beyond what a double holds")
  func wide() {
    let big: UInt64 = 1 << 63
    #expect(mask([big - 1, big, big + 1, .max], .atLeast(0x1p63)) == "0111")
    #expect(mask([big - 1, big, .max], .range(0...0x1p63)) == "110")
    #expect(mask([UInt64.max], .atLeast(0x1p64)) == "0")
    #expect(mask([UInt64.max], .range(0...0x1p64)) == "1")
    let odd = Int64(1 << 53) + 1
    #expect(mask([odd - 1, odd, odd + 1], .label(Int(odd))) == "010")
    #expect(mask([odd - 1, odd, odd + 1], .atLeast(0x1p53)) == "111")
    #expect(mask([Int64.max, .min], .atLeast(0x1p63)) == "00")
    #expect(mask([Int64.max, .min], .range(-0x1p63...0)) == "01")
  }

  @Test("NaN is never inside, infinities are ordered")
  func notANumber() {
    let values: [Float] = [.nan, -.infinity, -1, -0.0, 0, .leastNonzeroMagnitude, .infinity]
    #expect(mask(values, .nonzero) == "0110011")
    #expect(mask(values, .atLeast(0)) == "0001111")
    #expect(mask(values, .atLeast(-.infinity)) == "0111111")
    #expect(mask(values, .range(-1...0)) == "0011100")
    #expect(mask(values, .label(0)) == "0001100")
    for threshold in [Threshold.atLeast(.nan)] {
      #expect(mask(values, threshold) == "0000000")
      #expect(mask([Int32.min, 0, .max], threshold) == "000")
    }
  }

  @Test("floats are compared with the bound itself, not with its nearest float")
  func floats() {
    let tenth: Float = 0.1  // above 0.1
    #expect(mask([tenth.nextDown, tenth], .atLeast(0.1)) == "01")
    #expect(mask([tenth.nextDown, tenth], .range(0...0.1)) == "10")
    let third: Float = 1 / 3  // above 1/3
    #expect(mask([third.nextDown, third], .range(0...(1.0 / 3))) == "10")
    #expect(mask([Double(0.1).nextDown, 0.1], .atLeast(0.1)) == "01")
    #expect(mask([Float(16_777_216)], .label(16_777_217)) == "0")
  }
}
