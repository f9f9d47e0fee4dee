import Glibc

/// A value behind a lock.
///
/// In place of `Synchronization.Mutex`, whose slow path on Linux is a futex inside the standard
/// library: ThreadSanitizer does not see it and reports races where there are none. It knows the
/// mutex of POSIX.
///
/// Unchecked: `value` is touched only while `lock` is held.
public final class Guarded<Value: Sendable>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  public init(_ value: Value) {
    self.value = value
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Does something with the value, alone.
  ///
  /// Not to be called again from `body`.
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
