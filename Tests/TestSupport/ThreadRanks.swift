import Concurrency
import Foundation
import MessagePassing

/// Ranks that are threads of one process, for tests: the same calls as MPI's, without MPI.
///
/// Sums are formed in the order of the ranks when the last of them has come.
package final class ThreadRanks: RankGroup, @unchecked Sendable {
  /// What the ranks of a group share.
  ///
  /// Unchecked: all state is touched only while `lock` is held.
  private final class Meeting: @unchecked Sendable {
    let lock = NSCondition()
    let count: Int
    var given: [Any?]
    var taken = 0
    var result: [Any] = []
    var round = 0

    init(_ count: Int) { (self.count, given) = (count, Array(repeating: nil, count: count)) }

    /// Waits until all ranks have given something; what they gave, by rank.
    func exchange(_ own: Any, _ rank: Int) -> [Any] {
      lock.lock()
      defer { lock.unlock() }
      // Those of the round before have to be gone.
      while given[rank] != nil { lock.wait() }
      given[rank] = own
      let mine = round
      if given.allSatisfy({ $0 != nil }) {
        result = given.map { $0! }
        round += 1
        lock.broadcast()
      }
      while round == mine { lock.wait() }
      let all = result
      taken += 1
      if taken == count {
        taken = 0
        given = Array(repeating: nil, count: count)
        lock.broadcast()
      }
      return all
    }
  }

  package let rank: Int
  package var count: Int { meeting.count }
  package let carrier = "threads"
  package var seconds: Double { 0 }
  private let meeting: Meeting
  /// Sums that are under way, with what their memory held: who changes it before they have ended is found out.
  private var begun: [(values: UnsafeMutableBufferPointer<Float>, bits: [UInt32])] = []
  /// How many sums of gradients were begun, and how often one was let go on.
  package private(set) var calls = (sums: 0, advances: 0)

  private init(_ rank: Int, _ meeting: Meeting) { (self.rank, self.meeting) = (rank, meeting) }

  /// Runs `body` on a thread for each rank; what each returned or threw, by rank.
  package static func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ThreadRanks) throws -> Value
  ) -> [Result<Value, any Error>] {
    let meeting = Meeting(count)
    let results = Guarded([Int: Result<Value, any Error>]())
    let done = DispatchSemaphore(value: 0)
    for rank in 0..<count {
      SystemThread {
        let result = Result { try body(ThreadRanks(rank, meeting)) }
        results.withLock { $0[rank] = result }
        done.signal()
      }.detach()
    }
    for _ in 0..<count { done.wait() }
    return results.withLock { results in (0..<count).map { results[$0]! } }
  }

  package func sum(_ values: UnsafeMutableBufferPointer<Double>) {
    let all = meeting.exchange(Array(values), rank) as! [[Double]]
    for i in values.indices { values[i] = all.reduce(0) { $0 + $1[i] } }
  }

  package func beginSum(_ values: UnsafeMutableBufferPointer<Float>) {
    begun.append((values, values.map(\.bitPattern)))
    calls.sums += 1
  }

  package func advance() { calls.advances += 1 }

  package func finishSums() {
    for (values, bits) in begun {
      precondition(
        values.map(\.bitPattern) == bits, "memory of a sum that is under way was changed")
      let all = meeting.exchange(Array(values), rank) as! [[Float]]
      for i in values.indices { values[i] = all.reduce(0) { $0 + $1[i] } }
    }
    begun = []
  }

  package func gather(_ bytes: [UInt8]) -> [[UInt8]] {
    meeting.exchange(bytes, rank) as! [[UInt8]]
  }

  package func broadcast(_ bytes: [UInt8]) -> [UInt8] { gather(bytes)[0] }

  package func abort(code: Int32) -> Never { fatalError("rank \(rank) aborts with \(code)") }
}
