import Testing

@testable import SyntheticSkulls

@Suite struct RandomStreamTests {
  @Test func streamsDependOnEveryPartOfTheKey() {
    let base = RandomStream(seed: 1, case: 2, purpose: .pose)
    let others = [
      RandomStream(seed: 2, case: 2, purpose: .pose),
      RandomStream(seed: 1, case: 3, purpose: .pose),
      RandomStream(seed: 1, case: 2, purpose: .edgeNoise),
      RandomStream(seed: 1, case: 2, purpose: .pose, parts: [0]),
    ]
    for other in others { #expect(other[0] != base[0]) }
    #expect(RandomStream(seed: 1, case: 2, purpose: .pose)[5] == base[5])
  }

  @Test func normalNumbersHaveSigmaOneAndKeepTheLimit() {
    var stream = RandomStream(seed: 7, case: 0, purpose: .pose)
    let draws = (0..<20_000).map { _ in stream.normal(limit: 2) }
    let mean = draws.reduce(0, +) / 20_000
    let square = draws.map { $0 * $0 }.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.03)
    // A normal distribution cut at 2 σ has a standard deviation of about 0.96.
    #expect(abs(square.squareRoot() - 0.96) < 0.02, "\(square.squareRoot())")
    #expect(draws.allSatisfy { abs($0) <= 2 } && draws.contains { $0 == 2 })
  }
}
