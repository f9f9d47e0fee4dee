import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Morphology by a ball")
struct MorphologyTests {
  @Test("equals scipy.ndimage with the same ball", arguments: MaskFixture.all, 1...3)
  func golden(_ fixture: MaskFixture, threads: Int) {
    let mask = Mask(fixture.mask, on: fixture.geometry)
    let complement = mask.inverted(threads: threads)
    for ball in fixture.balls {
      let r = ball.radius
      #expect(mask.dilated(byBall: r, threads: threads).text == ball.dilated)
      #expect(mask.eroded(byBall: r, threads: threads).text == ball.eroded)
      #expect(mask.closed(byBall: r, threads: threads).text == ball.closed)
      #expect(complement.eroded(byBall: r, threads: threads).text == ball.complementEroded)
      #expect(complement.opened(byBall: r, threads: threads).text == ball.complementOpened)
    }
  }

  @Test("dilation is what the distance transform says", arguments: 0..<10)
  func distances(seed: Int) {
    var random = SplitMix(state: UInt64(seed) + 100)
    let sizes = GridSize(
      .random(in: 1...60, using: &random), .random(in: 1...30, using: &random),
      .random(in: 1...20, using: &random))
    let geometry = Geometry(sizes: sizes, spacing: SIMD3(0.5, 0.8, 1.25))
    let mask = Mask(randomOn: geometry, density: 0.003, seed: UInt64(seed))
    let radius = Double.random(in: 0...12, using: &random)
    let near = mask.distances().withVoxels { $0.map { Double($0) <= radius ? UInt8(1) : 0 } }
    for threads in 1...3 {
      #expect(mask.dilated(byBall: radius, threads: threads).withBytes(Array.init) == near)
      let kept = mask.inverted().eroded(byBall: radius, threads: threads).inverted()
      #expect(kept.withBytes(Array.init) == near)
    }
  }

  @Test("removal within a distance is the subtraction of the dilation", arguments: 0..<24)
  func removal(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) + 7)
    let sizes = GridSize(
      .random(in: 1...200, using: &random), .random(in: 1...30, using: &random),
      .random(in: 1...20, using: &random))
    // The third spacing has balls that reach beyond the next word.
    let spacing = [SIMD3(0.5, 0.8, 1.25), SIMD3(1, 1, 1), SIMD3(0.05, 2, 2)][seed % 3]
    let geometry = Geometry(sizes: sizes, spacing: spacing)
    let mask = Mask(randomOn: geometry, density: [0.01, 0.9][seed % 2], seed: UInt64(seed))
    let other = Mask(
      randomOn: geometry, density: [0, 0.001, 0.02][seed % 3], seed: UInt64(seed) + 9)
    for radius in [0, 1, Double.random(in: 0...9, using: &random), 300] {
      let expected = try mask.subtracting(other.dilated(byBall: radius))
      for threads in 1...3 {
        #expect(try mask.removing(within: radius, of: other, threads: threads) == expected)
      }
    }
  }

  @Test("closing only adds, opening only removes, both once for all", arguments: 0..<8)
  func laws(seed: Int) throws {
    let geometry = Geometry(sizes: GridSize(37, 21, 9), spacing: SIMD3(0.7, 0.7, 1))
    let mask = Mask(randomOn: geometry, density: [0.02, 0.5, 0.9][seed % 3], seed: UInt64(seed))
    let radius = [0.0, 0.7, 1.0, 2.1][seed % 4]
    let closed = mask.closed(byBall: radius)
    let opened = mask.opened(byBall: radius)
    #expect(try mask.subtracting(closed).isEmpty)
    #expect(try opened.subtracting(mask).isEmpty)
    #expect(closed.closed(byBall: radius) == closed)
    #expect(opened.opened(byBall: radius) == opened)
    if radius == 0 { #expect(closed == mask && opened == mask) }
  }

  @Test("a radius beyond the grid fills it, and empty stays empty")
  func extremes() {
    let geometry = Geometry(sizes: GridSize(6, 5, 4))
    var mask = Mask(emptyOn: geometry)
    #expect(mask.dilated(byBall: 3).isEmpty)
    #expect(mask.closed(byBall: 3).isEmpty)
    #expect(mask.eroded(byBall: 3).isEmpty)
    mask[2, 2, 2] = true
    #expect(mask.dilated(byBall: 1e12).voxelCount == geometry.sizes.count)
    #expect(mask.closed(byBall: 50) == mask)
    // The full mask has no outside to be worn away from.
    let full = mask.dilated(byBall: .infinity)
    #expect(full.eroded(byBall: 2) == full)
  }

  @Test("a spacing of 0 or no number does not crash", arguments: [0, Double.nan])
  func degenerate(spacing: Double) {
    let geometry = Geometry(sizes: GridSize(4, 3, 2), spacing: SIMD3(1, spacing, 1))
    let mask = Mask("010000000000000000000001", on: geometry)
    #expect(mask.closed(byBall: 0).sizes == geometry.sizes)
    #expect(mask.dilated(byBall: 1).sizes == geometry.sizes)
    #expect(mask.distances().sizes == geometry.sizes)
  }
}
