import Glibc

/// A thread of the system that runs one piece of work and ends.
///
/// Either ``join()`` or ``detach()`` is called once.
package struct SystemThread: Sendable {
  private let handle: pthread_t

  /// Starts a thread with 8 MiB of stack, whatever `ulimit -s` says.
  ///
  /// - Precondition: the system has a thread left.
  package init(_ work: @escaping @Sendable () -> Void) {
    // Not `pthread_attr_t()`, which counts as Dispatch's where a file of the module imports that.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, 8 << 20)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    let argument = Unmanaged.passRetained(Work(work)).toOpaque()
    var started = pthread_t()
    let code = pthread_create(&started, attributes, { Work.run($0!) }, argument)
    precondition(code == 0, "no thread could be started (error \(code))")
    handle = started
  }

  /// Whether the caller runs on this thread.
  var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

  /// Waits until the work has ended.
  func join() { pthread_join(handle, nil) }

  /// Lets the thread end by itself.
  package func detach() { pthread_detach(handle) }

  /// What the thread does, as one object that it owns.
  private final class Work: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
      Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }
  }
}
