// Dispatch does not say that its sources are Sendable; they are, being thread-safe objects.
@preconcurrency import Dispatch
import Files
import Glibc
import Concurrency

/// What SIGINT and SIGTERM do: end the program at once, and leave no partial file. While a run is
/// going on the first of them lets its running stages end, and only the second stops at once.
enum Interrupts {
  private struct State: Sendable {
    var first: Int32?
    var action: (@Sendable () -> Void)?
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

  /// Begins to listen.
  static func begin() { _ = sources }

  /// What the first signal does from now on; nil: the program ends at once.
  static func onFirst(_ action: (@Sendable () -> Void)?) {
    state.withLock { $0.action = action }
  }

  /// The ending that the signal asks for which came first; nil: none came.
  static var ending: Ending? { state.withLock { $0.first.map(Ending.signal) } }

  /// What a user reads after the first signal.
  static func notice(waitingFor work: String) -> String {
    "calvaria: stopping after \(work); press Ctrl-C again to quit immediately"
  }

  private static func receive(_ number: Int32) {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      defer { state.first = state.first ?? number }
      return state.first == nil ? state.action : nil
    }
    guard let action else {
      TemporaryNames.removeAll()
      _exit(Ending.signal(number).code)
    }
    action()
  }
}
