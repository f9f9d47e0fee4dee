// Dispatch does not say that its sources are Sendable; they are, being thread-safe objects.
@preconcurrency import Dispatch
import Files
import Glibc
import Guards
import StageGraph

/// What SIGINT and SIGTERM do: the first lets running stages end, the second stops at once and leaves
/// no partial file.
final class Interrupts: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let received: Guarded<Int32?>

  /// Begins to listen.
  init(onFirst stop: @escaping @Sendable () -> Void) {
    let received = Guarded<Int32?>(nil)
    self.received = received
    let queue = DispatchQueue(label: "calvaria.interrupts")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let isFirst = received.withLock { earlier in
          defer { earlier = earlier ?? number }
          return earlier == nil
        }
        guard isFirst else {
          TemporaryNames.removeAll()
          _exit(Self.exitCode(number))
        }
        StandardError.writeLine(
          "calvaria: stopping after the running stages; once more stops at once")
        stop()
      }
      source.resume()
      return source
    }
  }

  /// The exit code of the signal that came, or nil.
  var exitCode: Int32? { received.withLock { $0.map(Self.exitCode) } }

  private static func exitCode(_ number: Int32) -> Int32 { 128 + number }
}
