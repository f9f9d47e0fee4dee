import Testing
import Volumes

@testable import SyntheticSkulls

@Suite struct WarpTests {
  let warp = Warp(seed: 3, case: 5)

  func forward(_ p: SIMD3<Double>) -> SIMD3<Double> {
    warp.nodes.withUnsafeBufferPointer { nodes in
      let q = (p - Warp.first) / Warp.spacing
      let u = NodeSampler(nodes.baseAddress!).at(Float(q.x), Float(q.y), Float(q.z))
      return p + SIMD3(Double(u.x), Double(u.y), Double(u.z))
    }
  }

  @Test func theInverseUndoesTheWarp() {
    var stream = RandomStream(seed: 1, case: 1, purpose: .pose)
    var (worst, moved) = (0.0, 0.0)
    for _ in 0..<200 {
      let p = 90 * stream.direction()
      worst = max(worst, (forward(warp.inverse(p)) - p).length)
      moved = max(moved, (forward(p) - p).length)
    }
    #expect(worst < 0.4, "\(worst) mm")
    #expect(moved > 2 && moved < 20, "\(moved) mm")
  }

  @Test func nothingFolds() {
    for number in 0..<2 {
      let range = Warp(seed: 9, case: number)
        .jacobians(in: (SIMD3(-75, -105, -85), SIMD3(75, 105, 80)))
      #expect(range.lowerBound > 0.4 && range.upperBound < 2, "\(range)")
      #expect(range.lowerBound < 0.9 && range.upperBound > 1.1, "\(range)")
    }
  }

  /// With no antisymmetric part the field mirrors itself, with nothing else it mirrors reversed.
  @Test(arguments: [0.0, 1]) func symmetry(antisymmetric: Double) {
    var field = [Float](repeating: 0, count: 4 * Warp.count * Warp.count * Warp.count)
    ControlGrid(spacing: 24, sigma: 1.2, thickness: 0.5, antisymmetric: antisymmetric)
      .add(to: &field, RandomStream(seed: 4, case: 2, purpose: .warpFine))
    let sign: Float = antisymmetric == 0 ? 1 : -1
    var (worst, largest): (Float, Float) = (0, 0)
    for row in stride(from: 0, to: field.count, by: 4 * Warp.count) {
      for x in 0..<Warp.count {
        let (a, b) = (row + 4 * x, row + 4 * (Warp.count - 1 - x))
        worst = max(worst, abs(field[a] + sign * field[b]))
        for c in 1..<4 { worst = max(worst, abs(field[a + c] - sign * field[b + c])) }
        largest = max(largest, abs(field[a]))
      }
    }
    #expect(worst < 1e-4 && largest > 0.5, "\(worst), \(largest)")
  }

  @Test func edgeNoiseHasItsSigma() {
    let sizes = GridSize(24, 20, 16)
    let stream = RandomStream(seed: 1, case: 0, purpose: .edgeNoise)
    let noise = EdgeNoise.make(sizes, sigma: 0.12, stream, threads: 1)
    let square = noise.reduce(0) { $0 + Double($1) * Double($1) } / Double(noise.count)
    #expect(abs(square.squareRoot() - 0.12) < 0.015, "\(square.squareRoot())")
    #expect(EdgeNoise.make(sizes, sigma: 0.12, stream, threads: 3) == noise)
  }
}
