/// Processes that train one model together, each with a number of its own, its rank: what they say to one
/// another.
///
/// Every rank makes the same calls in the same order, or all wait for ever. One thread at a time may call.
/// Every rank gets the same bits of a sum, and so does the next run with as many ranks, placed alike.
public protocol RankGroup: AnyObject, Sendable {
  /// The number of this process, from 0; rank 0 alone writes files.
  var rank: Int { get }
  /// How many there are, at least 1.
  var count: Int { get }
  /// What carries the messages, such as `Open MPI v4.1.4`, for accounts.
  var carrier: String { get }
  /// Seconds that the calling thread has spent in calls so far, waiting included.
  var seconds: Double { get }

  /// Sums over all ranks, in place.
  func sum(_ values: UnsafeMutableBufferPointer<Double>)
  /// Begins to sum over all ranks, in place; the memory may not be touched before ``finishSums()``.
  func beginSum(_ values: UnsafeMutableBufferPointer<Float>)
  /// Lets sums go on that are under way. To be called now and then: nobody else does it.
  func advance()
  /// Waits for all sums that are under way.
  func finishSums()
  /// What each rank has, in the order of the ranks; of any lengths, the longest times the ranks below 2 GB.
  func gather(_ bytes: [UInt8]) -> [[UInt8]]
  /// What rank 0 has, to all; what the others give is dropped.
  func broadcast(_ bytes: [UInt8]) -> [UInt8]
  /// Ends all ranks with this exit code, wherever they are.
  func abort(code: Int32) -> Never
}

extension RankGroup {
  /// How many bytes of elements that are shared are under way at most.
  public static var sharedBytes: Int { 64 << 20 }

  /// Replaces each number by its sum over all ranks; as many on every rank.
  public func sum(_ values: inout [Double]) {
    values.withUnsafeMutableBufferPointer { sum($0) }
  }

  /// Replaces each number by its sum over all ranks; as many on every rank.
  public func sum(_ values: inout [Float]) {
    values.withUnsafeMutableBufferPointer {
      beginSum($0)
      finishSums()
    }
  }

  /// Elements of `bytes` bytes each of which every rank has made its own part: all of them, on every rank.
  ///
  /// - Parameter own: the elements of ``part(of:)``.
  /// - Complexity: O(elements), in messages of at most ``sharedBytes``, or of an element a rank.
  public func share(_ own: [[UInt8]], of elements: Int, bytes: Int) -> [[UInt8]] {
    precondition(own.count == part(of: elements).count, "another part")
    let most = (elements + count - 1) / count
    let piece = max(1, Self.sharedBytes / (max(1, bytes) * count))
    var parts = [[[UInt8]]](repeating: [], count: count)
    for begin in stride(from: 0, to: most, by: piece) {
      let sent = own[min(begin, own.count)..<min(begin + piece, own.count)]
      for (rank, got) in gather(sent.flatMap { $0 }).enumerated() {
        parts[rank] += stride(from: 0, to: got.count, by: bytes).map { Array(got[$0..<$0 + bytes]) }
      }
    }
    return parts.flatMap { $0 }
  }

  /// This rank's own part of `count` elements: those of all ranks are one after another, and of equal size
  /// but for one.
  public func part(of count: Int) -> Range<Int> {
    count * rank / self.count..<count * (rank + 1) / self.count
  }
}
