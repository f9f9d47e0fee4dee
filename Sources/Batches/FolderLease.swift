import Concurrency
import Dispatch
import Errors
import Files
import Foundation
import Glibc

/// A claim to a folder, or to a part of the work in it, among processes on several machines that share the file system.
///
/// A file says who has it, and its time, which a thread renews, that the process is alive. Only the atomic `link` and `rename` are
/// relied on, as locks of a file system may end at the machine. So a claim keeps work from being done twice; it is no
/// guard for data: two processes may for an instant both believe that they have it, after one of them was thought dead.
final class FolderLease: Sendable {
  /// How often the file's time is renewed, and how old it is when the process counts as dead, in seconds. On the machine of
  /// the process itself its death shows at once.
  private static let (renewal, patience) = (15.0, 120.0)

  /// What stands in the file.
  private struct Claim: Codable {
    let holder: ProcessIdentity
    /// No two claims have the same.
    let token: String
  }

  private let path: String
  private let text: Data
  private let ended = DispatchSemaphore(value: 0)

  /// Claims a name.
  ///
  /// - Parameters:
  ///   - name: of the claim, a file name.
  ///   - folder: for the claims; it exists.
  ///   - subject: the folder that the claim is about, for errors.
  ///   - use: what it is for, such as `run`.
  ///   - excludes: whether a claim of this name keeps this one out. The rule must hold both ways.
  /// - Throws: ``Diagnostics`` where a process that lives has the claim or one that excludes it; `Diagnostic` where the
  ///   folder cannot be written.
  init(
    _ name: String, in folder: String, to subject: String, for use: String,
    excludes: (String) -> Bool
  ) throws {
    path = "\(folder)/\(name)"
    text = try JSONEncoder().encode(Claim(holder: .own, token: UUID().uuidString))
    // Its time is the server's, by which the others are told dead.
    let draft = TemporaryNames.make(for: path, in: folder)
    defer {
      unlink(draft)
      TemporaryNames.forget(draft)
    }
    guard Self.write(text, to: draft, flags: O_EXCL), let now = Self.time(of: draft) else {
      throw Diagnostic(
        Diagnostic.Code(errno, otherwise: .unwritable), subject, field: "output folder",
        expected: "a folder that can be written", found: String(cString: strerror(errno)),
        remedy: "choose another with -o")
    }
    try claim(by: draft, now: now, subject, use)
    let others = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for other in others where other != name && !other.hasPrefix(".") && excludes(other) {
      let rival = "\(folder)/\(other)"
      if Self.isAlive(rival, now: now) {
        unlink(path)
        throw Self.refusal(subject, use, Self.holder(of: rival))
      }
    }
    let (path, text, ended) = (path, text, ended)
    SystemThread {
      while ended.wait(timeout: .now() + Self.renewal) == .timedOut {
        if Self.content(of: path) == text { utimensat(AT_FDCWD, path, nil, 0) }
      }
    }.detach()
  }

  deinit {
    ended.signal()
    if Self.content(of: path) == text { unlink(path) }
  }

  /// Gives the file its name; takes it from a process that is dead.
  private func claim(by draft: String, now: Double, _ subject: String, _ use: String) throws {
    for _ in 0..<8 {
      // The answer of a server may be lost; the count of names is not.
      if link(draft, path) == 0 || Self.names(of: draft) > 1 { return }
      if errno != EEXIST {
        // A file system without such links.
        if Self.write(text, to: path, flags: O_EXCL) { return }
      }
      let found = Self.content(of: path)
      if Self.isAlive(path, now: now) { throw Self.refusal(subject, use, Self.holder(of: path)) }
      let aside = TemporaryNames.make(
        for: path, in: String(path.prefix(upTo: path.lastIndex(of: "/")!)))
      defer { TemporaryNames.forget(aside) }
      guard rename(path, aside) == 0 else { continue }
      // Another process may have been quicker; what is taken then is its claim.
      if Self.content(of: aside) != found { _ = link(aside, path) }
      unlink(aside)
    }
    throw Self.refusal(subject, use, Self.holder(of: path))
  }

  /// The names of the claims in a folder whose processes live.
  static func living(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let now = serverTime(in: folder)
    return names.filter { !$0.hasPrefix(".") && isAlive("\(folder)/\($0)", now: now) }.sorted()
  }

  private static func isAlive(_ path: String, now: Double) -> Bool {
    guard let time = time(of: path) else { return false }
    return holder(of: path)?.isAlive ?? (now - time < patience)
  }

  private static func refusal(_ subject: String, _ use: String, _ holder: ProcessIdentity?)
    -> Diagnostics
  {
    let who = holder.map { " (\($0.process) on \($0.host))" } ?? ""
    return Diagnostics([
      Diagnostic(
        .configuration, subject, field: "output folder",
        expected: "one that no other \(use) writes into", found: "another process in it\(who)",
        remedy: "wait for its end, or choose another with -o")
    ])
  }

  private static func holder(of path: String) -> ProcessIdentity? {
    content(of: path).flatMap { try? JSONDecoder().decode(Claim.self, from: $0) }?.holder
  }

  // MARK: Files

  private static func content(of path: String) -> Data? {
    FileManager.default.contents(atPath: path)
  }

  private static func write(_ text: Data, to path: String, flags: Int32) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else { return false }
    let written = text.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let isClosed = close(descriptor) == 0
    return written == text.count && isClosed
  }

  /// The time of a file in seconds; nil where there is none.
  private static func time(of path: String) -> Double? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }

  private static func names(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_nlink) : 0
  }

  /// The time by the clock that gives files theirs.
  private static func serverTime(in folder: String) -> Double {
    let draft = TemporaryNames.make(for: "time", in: folder)
    defer {
      unlink(draft)
      TemporaryNames.forget(draft)
    }
    guard write(Data([0]), to: draft, flags: O_EXCL), let now = time(of: draft) else {
      return Date().timeIntervalSince1970
    }
    return now
  }
}
