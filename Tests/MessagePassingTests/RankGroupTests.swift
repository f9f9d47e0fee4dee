import Errors
import MessagePassing
import TestSupport
import Testing

/// What groups of ranks do together, on ranks that are threads.
@Suite struct RankGroupTests {
  @Test func partsAreAllOfItOnce() throws {
    for count in [0, 1, 3, 4, 10] {
      let parts = try ThreadRanks.run(4) { $0.part(of: count) }.map { try $0.get() }
      #expect(parts.flatMap { Array($0) } == Array(0..<count))
      #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1)
    }
  }

  @Test func anErrorOfOneIsThrownByAll() throws {
    let results = ThreadRanks.run(3) { ranks in
      try ranks.agree {
        if ranks.rank == 1 {
          throw Diagnostic(.unreadable, "a.nrrd", field: "file", expected: "one", found: "none")
        }
        return ranks.rank
      }
    }
    for result in results {
      let failure = try #require(throws: SharedFailure.self) { try result.get() }
      #expect(failure.diagnostics.all.map(\.code) == [.unreadable])
      #expect(failure.description.hasPrefix("a.nrrd: rank 1 of 3: file: expected one"))
    }
    let well = try ThreadRanks.run(3) { ranks in try ranks.agree { ranks.rank } }
      .map { try $0.get() }
    #expect(well == [0, 1, 2])
  }

  @Test func whatDiffersIsNamed() throws {
    let results = ThreadRanks.run(3) { ranks in
      try ranks.requireEqual(
        ["program": "1", "data": ranks.rank == 2 ? "b" : "a"], remedy: "give all the same")
    }
    for result in results {
      let failure = try #require(throws: SharedFailure.self) { try result.get() }
      #expect(
        failure.description
          == "data: expected the same on every rank (a on rank 0), found b on rank 2; give all the same"
      )
    }
  }

  /// A training file has many settings.
  @Test(arguments: [("a 1\nb 2", "a 1\nb 3", "b 2", "b 3"), ("a 1", "a 1\nb 3", "a 1", "b 3")])
  func ofManyLinesTheFirstThatDiffersIsTold(
    first: String, last: String, expected: String, found: String
  ) throws {
    let results = ThreadRanks.run(2) { ranks in
      try ranks.requireEqual(["file": ranks.rank == 0 ? first : last], remedy: "give one")
    }
    for result in results {
      let failure = try #require(throws: SharedFailure.self) { try result.get() }
      #expect(
        failure.description
          == "file: expected the same on every rank (\(expected) on rank 0), found \(found) on rank 1; give one"
      )
    }
  }

  @Test func sumsAreOfAll() throws {
    let sums = try ThreadRanks.run(4) { ranks in
      var values = [Double(ranks.rank), 1]
      var singles = [Float(ranks.rank)]
      ranks.sum(&values)
      ranks.sum(&singles)
      return values + [Double(singles[0])]
    }.map { try $0.get() }
    for sum in sums { #expect(sum == [6, 4, 6]) }
  }
}
