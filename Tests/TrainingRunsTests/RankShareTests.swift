import Testing

@testable import TrainingRuns

@Suite struct RankShareTests {
  private func threads(_ all: [[String]], usable: Int = 8) -> [Int] {
    all.indices.map { RankShare(rank: $0, of: all, usable: usable, memory: 100).threads }
  }

  @Test func coresAreSharedByThoseWhoMayUseThem() {
    // Four ranks on all cores of one machine.
    #expect(threads(Array(repeating: ["a", "0", "1", "2", "3"], count: 4)) == [1, 1, 1, 1])
    // Two that were bound to cores of their own.
    #expect(threads([["a", "0", "1"], ["a", "2", "3"]]) == [2, 2])
    // Each on a machine of its own.
    #expect(threads([["a", "0", "1", "2"], ["b", "0", "1", "2"]]) == [3, 3])
    // More ranks than cores; a quota below the mask; three on six.
    #expect(threads(Array(repeating: ["a", "0", "1"], count: 5)) == [1, 1, 1, 1, 1])
    #expect(threads([["a", "0", "1", "2", "3"]], usable: 2) == [2])
    #expect(
      threads(Array(repeating: ["a"] + (0..<64).map(String.init), count: 4), usable: 4)
        == [1, 1, 1, 1])
    #expect(
      threads(Array(repeating: ["a"] + (0..<6).map(String.init), count: 3)) == [2, 2, 2])
  }

  @Test func memoryIsSharedByMachine() {
    let all = [["a", "0"], ["a", "0"], ["b", "0"]]
    #expect(
      (0..<3).map { RankShare(rank: $0, of: all, usable: 1, memory: 100).memory } == [50, 50, 100])
  }
}
