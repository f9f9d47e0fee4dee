import Glibc

/// One thread that runs the jobs given to it one after another, in order.
///
/// For work that blocks, which would take a worker from Dispatch, and for engines that keep state
/// for the thread that calls them. The thread ends when the last reference goes; jobs submitted
/// before run first.
public final class FixedThread: Sendable {
  private let mailbox: Mailbox
  private let thread: SystemThread

  /// A thread that waits for jobs.
  ///
  /// - Precondition: the system has a thread left.
  public init() {
    let mailbox = Mailbox()
    self.mailbox = mailbox
    thread = SystemThread { mailbox.run() }
  }

  deinit {
    mailbox.close()
    // The last reference may go inside a job, and a thread cannot join itself.
    if thread.isCurrent { thread.detach() } else { thread.join() }
  }

  /// Takes a job and returns at once.
  public func submit(_ job: @escaping @Sendable () -> Void) { mailbox.post(job) }
}

/// The jobs of a thread.
///
/// Unchecked: `jobs` and `isClosed` are touched only while `lock` is held.
private final class Mailbox: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable () -> Void] = []
  private var isClosed = false

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  func post(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(lock)
    jobs.append(job)
    pthread_cond_signal(changed)
    pthread_mutex_unlock(lock)
  }

  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(lock)
  }

  func run() {
    while let jobs = next() {
      for job in jobs { job() }
    }
  }

  /// Waits for jobs; nil once closed and empty.
  private func next() -> [@Sendable () -> Void]? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while jobs.isEmpty, !isClosed { pthread_cond_wait(changed, lock) }
    defer { jobs = [] }
    return jobs.isEmpty ? nil : jobs
  }
}
