// Dispatch does not say that its sources are Sendable; they are, being thread-safe objects.
@preconcurrency import Dispatch
import Files
import Glibc
import Concurrency

/// Handles SIGINT and SIGTERM. They end the program immediately and leave no partial file. During a run, the
/// first signal lets running stages finish, and only the second ends the program immediately.
enum Interrupts {
  private struct State: Sendable {
    var first: Int32?
    var action: (@Sendable () -> Void)?
    /// Whether SIGTERM may come several times and mean one.
    var repeatsTermination = false
  }

  private static let state = Guarded(State())
  private static let queue = DispatchQueue(label: "calvaria.interrupts")
  private static let sources: [any DispatchSourceSignal] = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler { receive(number) }
    source.resume()
    return source
  }

  static func begin() { _ = sources }

  /// Sets what the first signal does; nil: the program ends immediately.
  static func onFirst(_ action: (@Sendable () -> Void)?) {
    state.withLock { $0.action = action }
  }

  /// For processes that a launcher started: it hands SIGTERM on, which whoever sent it may have given to all of them. So only a
  /// second SIGINT ends the program immediately.
  static func endOnlyByInterrupt() { state.withLock { $0.repeatsTermination = true } }

  /// The ending for the first signal; nil if there was none.
  static var ending: Ending? { state.withLock { $0.first.map(Ending.signal) } }

  /// The message after the first signal.
  static func notice(waitingFor work: String) -> String {
    "calvaria: stopping after \(work); press Ctrl-C again to quit immediately"
  }

  private static func receive(_ number: Int32) {
    let (action, isRepeated) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
      defer { state.first = state.first ?? number }
      guard state.first != nil else { return (state.action, false) }
      return (nil, state.repeatsTermination && number == SIGTERM && state.action != nil)
    }
    if isRepeated { return }
    guard let action else { end(number) }
    action()
  }

  /// Ends the program as the first signal asked for, from what ``onFirst(_:)`` was given.
  static func endNow() -> Never { end(state.withLock { $0.first } ?? SIGINT) }

  private static func end(_ number: Int32) -> Never {
    TemporaryNames.removeAll()
    _exit(Ending.signal(number).code)
  }
}
