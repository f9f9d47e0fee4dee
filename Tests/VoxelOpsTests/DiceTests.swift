import Errors
import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Dice")
struct DiceTests {
  @Test("2·|A ∩ B| / (|A| + |B|) at any length and thread count", arguments: 1...3)
  func counts(threads: Int) throws {
    // Past one block of 16 · 127 bytes and off its end.
    for (seed, length) in [1, 15, 16, 17, 2032, 2033, 6131].enumerated() {
      let line = Geometry(sizes: GridSize(length, 1, 1))
      var a = Mask(randomOn: line, density: 0.7, seed: UInt64(seed))
      a[0, 0, 0] = true
      let b = Mask(randomOn: line, density: 0.9, seed: UInt64(seed) + 50)
      let both = try a.intersection(b).voxelCount
      let expected = 2 * Double(both) / Double(a.voxelCount + b.voxelCount)
      #expect(try a.dice(with: b, threads: threads) == expected)
      #expect(try a.dice(with: a, threads: threads) == 1)
      #expect(try a.dice(with: a.inverted(), threads: threads) == 0)
    }
  }

  @Test("full masks do not overflow a lane")
  func full() throws {
    let full = Mask(emptyOn: Geometry(sizes: GridSize(64, 64, 64))).inverted()
    #expect(try full.dice(with: full) == 1)
  }

  @Test("two empty masks have no Dice; one empty has 0; other grids are refused")
  func special() throws {
    let geometry = Geometry(sizes: GridSize(5, 4, 3))
    let empty = Mask(emptyOn: geometry)
    #expect(try empty.dice(with: empty) == nil)
    #expect(try empty.dice(with: empty.inverted()) == 0)
    #expect(throws: Diagnostic.self) {
      try empty.dice(with: Mask(emptyOn: geometry.resized(to: GridSize(3, 4, 5))))
    }
  }
}
