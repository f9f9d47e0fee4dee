/// Told how far the bytes of a file have got; throwing ends the transfer with that error.
///
/// Called with decoded bytes done and in all, about every megabyte, from one thread at a time, not
/// always the caller's.
public typealias TransferProgress = @Sendable (_ done: Int, _ total: Int) throws -> Void

/// How the bytes of one file are read or written: with how many threads, and how progress is
/// reported.
struct Transfer: Sendable {
  /// Threads at once, at least 1. Never changes a byte.
  let threads: Int
  let progress: TransferProgress?

  init(threads: Int?, progress: TransferProgress? = nil) {
    self.threads = max(1, threads ?? UsableThreads.count)
    self.progress = progress
  }

  /// The same for a part that begins at a byte of a larger whole.
  func shifted(by start: Int, of total: Int) -> Transfer {
    guard let progress else { return self }
    return Transfer(threads: threads) { done, _ in try progress(start + done, total) }
  }
}
