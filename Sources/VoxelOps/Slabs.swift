import Dispatch

/// The one way in which this module is parallel: `0..<count` cut into at most `threads` contiguous
/// slabs of about equal length.
///
/// A slab writes only what belongs to its own indices, and reductions add whole numbers, so that
/// every thread count gives the same bytes. One slab runs on the caller's thread without Dispatch.
package enum Slabs {
  /// Voxels that a thread is worth starting for: a pass over them takes 0.1 ms or more, starting a thread
  /// some µs.
  package static let worthwhile = 1 << 18

  /// The slabs, in order; none is empty unless `count` is 0.
  package static func ranges(_ count: Int, threads: Int) -> [Range<Int>] {
    let parts = max(1, min(threads, count))
    // Widths differ by at most one; written so that count * parts cannot overflow.
    let (width, rest) = count.quotientAndRemainder(dividingBy: parts)
    return (0..<parts).map { part in
      let start = part * width + min(part, rest)
      return start..<start + width + (part < rest ? 1 : 0)
    }
  }

  /// Runs `body` once a slab, and returns when all are done.
  package static func run(_ count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
    let slabs = ranges(count, threads: threads)
    guard slabs.count > 1 else { return body(slabs[0]) }
    withoutActuallyEscaping(body) { body in
      let work = SlabWork(body: body)
      DispatchQueue.concurrentPerform(iterations: slabs.count) { work.body(slabs[$0]) }
    }
  }

  /// What `body` returns for each slab, in the order of the slabs.
  package static func map<Result>(
    _ count: Int, threads: Int, _ body: (Range<Int>) -> Result
  ) -> [Result] {
    let slabs = ranges(count, threads: threads)
    return [Result](unsafeUninitializedCapacity: slabs.count) { buffer, initialized in
      let base = buffer.baseAddress!
      run(slabs.count, threads: slabs.count) { parts in
        for part in parts { (base + part).initialize(to: body(slabs[part])) }
      }
      initialized = slabs.count
    }
  }
}

/// The closure that the slabs share.
private struct SlabWork: @unchecked Sendable {
  // Invariant behind @unchecked: the closure reads what it shares, writes only what belongs to the
  // indices of its slab, and is done before `Slabs.run` returns.
  let body: (Range<Int>) -> Void
}
