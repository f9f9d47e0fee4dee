import Accounts
import Foundation
import Glibc

/// A process on one of several machines.
struct ProcessIdentity: Codable, Hashable, Sendable {
  /// The machine's name.
  let host: String
  /// The identity of the system's start: after the next one no process of before is left.
  let boot: String
  let process: Int32
  /// When the process began, in the system's ticks; a number of a process is used again.
  let began: String

  /// This process.
  static let own = ProcessIdentity(
    host: RunAccount.Host().name, boot: bootIdentity, process: getpid(),
    began: start(of: getpid()) ?? "")

  private static let bootIdentity: String = {
    let file = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
    return String(decoding: file, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  /// Whether the process still runs; nil where that cannot be known, as on another machine.
  var isAlive: Bool? {
    guard host == Self.own.host, boot == Self.own.boot, !boot.isEmpty else { return nil }
    return Self.start(of: process) == began
  }

  /// Field 22 of `stat`, behind a name that may hold anything; nil where there is no such process.
  private static func start(of process: Int32) -> String? {
    guard let file = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return nil
    }
    let text = String(decoding: file, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[end...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : nil
  }
}
