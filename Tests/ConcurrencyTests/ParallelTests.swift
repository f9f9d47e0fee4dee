import Concurrency
import Synchronization
import Testing

@Suite struct ParallelTests {
  struct Trouble: Error, Equatable { let index: Int }

  @Test(arguments: [(0, 4), (1, 4), (7, 1), (1000, 3), (3, 1000), (5, 0)])
  func callsEachIndexOnce(count: Int, threads: Int) {
    var calls = [Int](repeating: 0, count: count)
    calls.withUnsafeMutableBufferPointer { calls in
      nonisolated(unsafe) let calls = calls  // Each place is written by one thread.
      Parallel.forEach(count, threads: threads) { _, index in calls[index] += 1 }
    }
    #expect(calls == [Int](repeating: 1, count: count))
  }

  @Test func aThreadOfTheLoopRunsOneCallAtATime() {
    let busy = Guarded([Bool](repeating: false, count: 4))
    let clashes = Atomic(0)
    Parallel.forEach(2000, threads: 4) { thread, _ in
      busy.withLock { busy in
        if busy[thread] { clashes.add(1, ordering: .relaxed) }
        busy[thread] = true
      }
      busy.withLock { $0[thread] = false }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [1, 4])
  func anErrorEndsTheLoopAndIsThrown(threads: Int) {
    let calls = Atomic(0)
    let error = #expect(throws: Trouble.self) {
      try Parallel.forEach(100_000, threads: threads) { _, index in
        calls.add(1, ordering: .relaxed)
        if index == 10 { throw Trouble(index: index) }
      }
    }
    #expect(error == Trouble(index: 10))
    #expect(calls.load(ordering: .relaxed) < 100_000)
  }

  @Test func oneOfSeveralErrorsIsThrown() {
    #expect(throws: Trouble.self) {
      try Parallel.forEach(64, threads: 4) { _, index in throw Trouble(index: index) }
    }
  }

  @Test func loopsMayNest() {
    let sum = Atomic(0)
    Parallel.forEach(20, threads: 4) { _, outer in
      Parallel.forEach(50, threads: 4) { _, inner in
        sum.add(outer * 50 + inner, ordering: .relaxed)
      }
    }
    #expect(sum.load(ordering: .relaxed) == 1000 * 999 / 2)
  }

  @Test(arguments: [(0, 4), (1, 4), (10, 3), (3, 10), (10, 1), (1 << 40, 7)])
  func slabsAreEvenAndCoverTheCount(count: Int, threads: Int) {
    let slabs = Slabs.ranges(count, threads: threads)
    #expect(slabs.count == max(1, min(count, threads > 1 ? 4 * threads : 1)))
    let wide = Slabs.ranges(count, threads: threads, perThread: 1)
    #expect(wide.count == max(1, min(count, threads)) && wide.last?.upperBound == count)
    #expect(slabs.first?.lowerBound == 0 && slabs.last?.upperBound == count)
    for (one, next) in zip(slabs, slabs.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
    let widths = slabs.map(\.count)
    #expect(widths.max()! - widths.min()! <= 1)
  }

  @Test(arguments: [1, 2, 5])
  func resultsOfSlabsAreInOrder(threads: Int) {
    #expect(Slabs.map(1000, threads: threads) { $0 } == Slabs.ranges(1000, threads: threads))
  }
}
