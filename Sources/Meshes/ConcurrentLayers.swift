import Dispatch

/// Calls `body` once for every layer in `0..<count`, on at most `threads` threads.
///
/// Thread t takes the layers t, t + threads, …: neighbours cost about the same, so the shares are
/// even without a queue. Calls for different layers must write different memory, and which thread
/// runs a layer must not show in the result.
func forEachLayer(_ count: Int, threads: Int, _ body: (Int) -> Void) {
  let workers = max(1, min(threads, count))
  perform(workers) { worker in
    for layer in stride(from: worker, to: count, by: workers) { body(layer) }
  }
}

/// Splits `0..<count` into contiguous ranges and calls `body` for each, on at most `threads`
/// threads; for work that costs the same everywhere. The rules of ``forEachLayer`` hold.
func forEachRange(of count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
  let workers = max(1, min(threads, count / 4096))
  perform(workers) { worker in
    body(count * worker / workers..<count * (worker + 1) / workers)
  }
}

private func perform(_ workers: Int, _ body: (Int) -> Void) {
  if workers == 1 { return body(0) }
  withoutActuallyEscaping(body) { body in
    // Unsafe to share only if two calls wrote the same memory, which the callers rule out.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: workers) { body($0) }
  }
}
