/// ``Parallel/forEach(_:threads:_:)`` over ranges: `0..<count` cut into contiguous slabs of about equal length.
///
/// There are four for each thread, which takes the next when it is done with one: bone is not everywhere, and
/// another program may take a core for a while. Where each slab repeats work at its border, `perThread` is 1. One
/// thread has one slab.
///
/// A slab writes only what belongs to its own indices, and reductions add whole numbers, so that
/// every thread count gives the same bytes. One slab runs on the caller's thread without Dispatch.
public enum Slabs {
  /// Voxels that a thread is worth starting for: a pass over them takes 0.1 ms or more, starting a thread
  /// some µs.
  public static let worthwhile = 1 << 18

  /// The slabs, in order; none is empty unless `count` is 0.
  public static func ranges(_ count: Int, threads: Int, perThread: Int = 4) -> [Range<Int>] {
    let parts = threads > 1 ? max(1, min(perThread * threads, count)) : 1
    // Widths differ by at most one; written so that count * parts cannot overflow.
    let (width, rest) = count.quotientAndRemainder(dividingBy: parts)
    return (0..<parts).map { part in
      let start = part * width + min(part, rest)
      return start..<start + width + (part < rest ? 1 : 0)
    }
  }

  /// Runs `body` once a slab, and returns when all are done.
  public static func run(
    _ count: Int, threads: Int, perThread: Int = 4, _ body: (Range<Int>) -> Void
  ) {
    let slabs = ranges(count, threads: threads, perThread: perThread)
    guard slabs.count > 1 else { return body(slabs[0]) }
    Parallel.forEach(slabs.count, threads: threads) { _, slab in body(slabs[slab]) }
  }

  /// What `body` returns for each slab, in the order of the slabs.
  public static func map<Result>(
    _ count: Int, threads: Int, perThread: Int = 4, _ body: (Range<Int>) -> Result
  ) -> [Result] {
    let slabs = ranges(count, threads: threads, perThread: perThread)
    return [Result](unsafeUninitializedCapacity: slabs.count) { buffer, initialized in
      let base = buffer.baseAddress!
      Parallel.forEach(slabs.count, threads: threads) { _, slab in
        (base + slab).initialize(to: body(slabs[slab]))
      }
      initialized = slabs.count
    }
  }
}
