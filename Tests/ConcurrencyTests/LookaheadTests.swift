import Concurrency
import Testing

@Suite struct LookaheadTests {
  /// Who asks once more after an error is told again, and does not wait for what nobody makes.
  @Test(.timeLimit(.minutes(1))) func elementsAfterAnErrorAreTheError() throws {
    struct Bad: Error, Equatable {}
    let ahead = Lookahead(0..<5) { index in
      if index == 2 { throw Bad() }
      return index
    }
    #expect(try ahead.next() == 0)
    #expect(try ahead.next() == 1)
    for _ in 0..<3 { #expect(throws: Bad()) { try ahead.next() } }
    ahead.close()
  }

  @Test(.timeLimit(.minutes(1))) func aClosedLookaheadHasNoMore() throws {
    let ahead = Lookahead(0..<100, depth: 1) { $0 }
    #expect(try ahead.next() == 0)
    ahead.close()
    while try ahead.next() != nil {}
  }
}
