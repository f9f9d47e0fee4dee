import Accounts
import Files
import Glibc

/// A process on one of several machines.
struct ProcessIdentity: Codable, Hashable, Sendable {
  /// The machine's name, for people: two may have the same.
  let host: String
  /// Where its number means something, see ``ProcessNumbers/place``; nil where that is not known.
  let place: String?
  let process: Int32
  /// When the process began, in the system's ticks; a number of a process is used again.
  let began: String

  static let own = ProcessIdentity(
    host: RunAccount.Host().name, place: ProcessNumbers.place, process: getpid(),
    began: ProcessNumbers.start(of: getpid()) ?? "")

  /// Whether the process still runs; nil where that cannot be known, as on another machine or in another container.
  var isAlive: Bool? {
    guard let place, place == Self.own.place, !began.isEmpty else { return nil }
    return ProcessNumbers.isRunning(process, since: began)
  }
}
