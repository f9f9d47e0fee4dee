#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One thread that runs the jobs given to it one after another, in order.
///
/// For work that blocks, which would take a worker from Dispatch, and for engines that keep state
/// for the thread that calls them. The thread ends when the last reference goes; jobs submitted
/// before run first.
public final class FixedThread: StageExecutor {
  private let mailbox: Mailbox
  #if canImport(Darwin)
    // A pointer there, and never changed.
    private nonisolated(unsafe) let thread: pthread_t
  #else
    private let thread: pthread_t
  #endif

  /// A thread that waits for jobs.
  ///
  /// - Precondition: the system has a thread left.
  public init() {
    let mailbox = Mailbox()
    self.mailbox = mailbox
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    // Threads of Darwin have 512 KiB unless told otherwise: too little for a stage.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
      var started: pthread_t?
    #else
      var started = pthread_t()
    #endif
    let argument = Unmanaged.passRetained(mailbox).toOpaque()
    let code = pthread_create(&started, &attributes, runMailbox, argument)
    precondition(code == 0, "no thread could be started (error \(code))")
    #if canImport(Darwin)
      thread = started!
    #else
      thread = started
    #endif
  }

  deinit {
    mailbox.close()
    // The last reference may go inside a job, and a thread cannot join itself.
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  /// Takes a job and returns at once.
  public func submit(_ job: @escaping @Sendable () -> Void) { mailbox.post(job) }
}

#if canImport(Darwin)
  private func runMailbox(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Mailbox>.fromOpaque(argument).takeRetainedValue().run()
    return nil
  }
#else
  private func runMailbox(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<Mailbox>.fromOpaque(argument!).takeRetainedValue().run()
    return nil
  }
#endif

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
    while let batch = next() {
      for job in batch { job() }
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
