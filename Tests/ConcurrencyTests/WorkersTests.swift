import Concurrency
import Synchronization
import Testing
import Glibc

@Suite struct WorkersTests {
  struct Trouble: Error, Equatable { let index: Int }

  @Test(arguments: [(0, 4), (1, 4), (500, 1), (500, 3), (3, 100)])
  func resultsAreInOrder(count: Int, threads: Int) {
    let results = Workers.map(count, threads: threads) { index in
      if index % 7 == 0 { usleep(200) }
      return "\(index)"
    }
    #expect(results == (0..<count).map { "\($0)" })
  }

  @Test func itemsRunBesideEachOtherOnThreadsOfTheirOwn() {
    // Every item waits until all four have begun, which fewer threads would never reach.
    let begun = Atomic(0)
    let threads = Workers.map(4, threads: 4) { _ in
      begun.add(1, ordering: .sequentiallyConsistent)
      while begun.load(ordering: .sequentiallyConsistent) < 4 { usleep(100) }
      return currentThread()
    }
    #expect(Set(threads.map { $0! }).count == 4)
    #expect(!threads.contains(currentThread()))
  }

  /// The eighth fails long after the ninth, which must not hide it.
  @Test func theErrorOfTheLowestIndexIsThrownAndNoMoreBegin() {
    let calls = Atomic(0)
    let eighthHasBegun = Atomic(false)
    let error = #expect(throws: Trouble.self) {
      _ = try Workers.map(100_000, threads: 2) { index in
        calls.add(1, ordering: .relaxed)
        if index == 8 {
          eighthHasBegun.store(true, ordering: .sequentiallyConsistent)
          usleep(20_000)
          throw Trouble(index: index)
        }
        if index == 9 {
          while !eighthHasBegun.load(ordering: .sequentiallyConsistent) { usleep(100) }
          throw Trouble(index: index)
        }
      }
    }
    #expect(error == Trouble(index: 8))
    #expect(calls.load(ordering: .relaxed) == 10)
  }

  @Test func whatWasNotBegunHasNoResultOnceStopped() {
    let done = Atomic(0)
    let results = Workers.map(
      1000, threads: 3, until: { done.load(ordering: .relaxed) >= 10 }
    ) { index in
      done.add(1, ordering: .relaxed)
      return index
    }
    let count = results.count { $0 != nil }
    // Two more may have been begun while the tenth ended.
    #expect((10...12).contains(count))
    for (index, result) in results.enumerated() { #expect(result == nil || result == index) }
  }

  @Test func loopsMayNest() {
    let sums = Workers.map(6, threads: 3) { outer in
      Workers.map(20, threads: 3) { inner in outer * 20 + inner }.reduce(0) { $0 + $1! }
    }
    #expect(sums.reduce(0) { $0 + $1! } == 120 * 119 / 2)
  }

  @Test func aSourceIsEmptiedOnceByAllThreads() {
    let source = Guarded(Array(0..<1000))
    let taken = Guarded<[Int]>([])
    Workers.run(threads: 4, next: { source.withLock { $0.popLast() } }) { item in
      taken.withLock { $0.append(item) }
    }
    #expect(taken.withLock { $0.sorted() } == Array(0..<1000))
  }
}
