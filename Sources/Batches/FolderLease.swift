import Accounts
import Concurrency
import Dispatch
import Errors
import Files
import Foundation
import Glibc

/// A claim to a folder, or to a part of the work in it, among processes on several machines that share the file system.
///
/// A file says who has it, and its time, which a thread renews, that the process is alive. Only the atomic `link` and `rename` are
/// relied on, as locks of a file system may end at the machine. A process that was paused for long may find that another has
/// taken it for dead: it asks ``isHeld()`` before it records something.
final class FolderLease: Sendable {
  /// In seconds. Where a process can be looked at, its death shows at once.
  struct Timing: Sendable {
    /// How often the file's time is renewed.
    var renewal = 15.0
    /// How old it is when a process that cannot be looked at counts as dead.
    var patience = 120.0
  }

  /// Another process has the claim, or one that keeps this one out.
  struct Held: Error {
    /// The name of its claim.
    let name: String
    /// What to tell.
    let diagnostics: Diagnostics
  }

  /// What stands in the file.
  private struct Claim: Codable {
    let holder: ProcessIdentity
    /// No two claims have the same.
    let token: String
    /// When it was made, ISO 8601 in UTC.
    let since: String
    let use: FolderUse
  }

  private let mark: Mark
  private let subject: String
  private let ended = DispatchSemaphore(value: 0)

  /// Claims a name.
  ///
  /// A claim whose process cannot be looked at, as it is on another machine, is watched: until it is renewed, or has not been for
  /// so long that its process is dead.
  ///
  /// - Parameters:
  ///   - name: of the claim, a file name.
  ///   - use: what it is for; claims of other names are held against it, see ``FolderUse/conflict(with:)``.
  ///   - folder: for the claims; it exists.
  ///   - subject: the folder that the claim is about, for errors.
  ///   - waits: whether claims are watched; otherwise one that is not old counts as alive.
  ///   - notice: called with a sentence when a claim begins to be watched.
  /// - Throws: ``Held`` where a process that lives has the claim or one that keeps this one out; `Diagnostic` where the
  ///   folder cannot be written.
  init(
    _ name: String, for use: FolderUse, in folder: String, of subject: String,
    timing: Timing = Timing(), waits: Bool = true, notice: @escaping (String) -> Void = { _ in }
  ) throws {
    self.subject = subject
    let claim = Claim(
      holder: .own, token: UUID().uuidString, since: RunAccount.now, use: use)
    mark = Mark(path: "\(folder)/\(name)", text: try JSONEncoder().encode(claim))
    let others = Others(folder: folder, subject: subject, timing: timing, notice: notice)
    try others.requireNone(besides: name, against: use, waits: waits)
    let draft = TemporaryNames.make(for: name, in: folder)
    defer {
      unlink(draft)
      TemporaryNames.forget(draft)
    }
    guard Mark.write(mark.text, to: draft) else {
      throw Diagnostic(
        Diagnostic.Code(errno, otherwise: .unwritable), subject, field: "output folder",
        expected: "a folder that can be written", found: String(cString: strerror(errno)),
        remedy: "choose another with -o")
    }
    try Self.take(mark, by: draft, name, from: others, waits: waits)
    // Of two that begin at the same moment, at least one sees the other here.
    do { try others.requireNone(besides: name, against: use, waits: false) } catch {
      unlink(mark.path)
      throw error
    }
    let (mark, ended) = (mark, ended)
    SystemThread {
      while ended.wait(timeout: .now() + timing.renewal) == .timedOut { _ = mark.renew() }
    }.detach()
  }

  deinit { release() }

  /// Gives the claim up.
  func release() {
    ended.signal()
    if Mark.read(mark.path)?.text == mark.text { unlink(mark.path) }
  }

  /// Whether this process still has the claim, which is renewed: from now on nobody takes it for some time.
  func isHeld() -> Bool { mark.renew() }

  /// - Throws: ``Diagnostics`` if another process has taken the claim.
  func require() throws(Diagnostics) {
    guard !isHeld() else { return }
    let claim = Mark.read(mark.path).flatMap { Self.claim(in: $0.text) }
    let who = claim.map { " by \($0.holder.process) on \($0.holder.host)" } ?? ""
    throw Diagnostics([
      Diagnostic(
        .configuration, subject, field: "output folder",
        expected: "that this process has its part of the work to its end",
        found: "that it was taken over\(who), as this process had been paused for long",
        remedy: "leave it to the other, or start the part again; nothing was recorded since")
    ])
  }

  /// Gives the draft the name of the claim; takes it from a process that is dead.
  private static func take(
    _ mark: Mark, by draft: String, _ name: String, from others: Others, waits: Bool
  ) throws {
    for _ in 0..<8 {
      // It may have waited; what is new must not look old.
      utimensat(AT_FDCWD, draft, nil, 0)
      // The answer of a server may be lost; the count of names is not.
      if link(draft, mark.path) == 0 || Mark.names(of: draft) > 1 { return }
      // A file system without such links.
      if errno != EEXIST, Mark.write(mark.text, to: mark.path) { return }
      guard let found = Mark.read(mark.path) else { continue }
      guard let dead = others.dead(name, found, waits: waits) else {
        // Given up while it was watched.
        if access(mark.path, F_OK) != 0 { continue }
        throw others.held(name, found, .another)
      }
      let aside = TemporaryNames.make(for: name, in: others.folder)
      defer { TemporaryNames.forget(aside) }
      guard rename(mark.path, aside) == 0 else { continue }
      // Another process may have been quicker, or that of the claim have woken up: it is given back.
      if Mark.read(aside) != dead { _ = link(aside, mark.path) }
      unlink(aside)
    }
    throw others.held(name, Mark.read(mark.path), .another)
  }

  private static func claim(in text: Data) -> Claim? {
    try? JSONDecoder().decode(Claim.self, from: text)
  }

  /// The claims of other processes.
  private struct Others {
    let folder: String
    let subject: String
    let timing: Timing
    let notice: (String) -> Void

    /// - Throws: ``Held`` where a process lives that keeps one out that does this.
    func requireNone(besides own: String, against use: FolderUse, waits: Bool) throws(Held) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where name != own && !name.hasPrefix(".") {
        guard let found = Mark.read("\(folder)/\(name)") else { continue }
        // Of a claim that cannot be read, nothing is known but its name.
        let other = FolderLease.claim(in: found.text)?.use ?? FolderUse(kind: .whole)
        if let conflict = use.conflict(with: other), dead(name, found, waits: waits) == nil,
          access("\(folder)/\(name)", F_OK) == 0
        {
          throw held(name, found, conflict)
        }
      }
    }

    /// The claim, if its process is dead; nil if it lives, or the claim is gone.
    func dead(_ name: String, _ found: Mark.Content, waits: Bool) -> Mark.Content? {
      let holder = FolderLease.claim(in: found.text)?.holder
      if let isAlive = holder?.isAlive { return isAlive ? nil : found }
      let now = serverTime
      var left = timing.patience - (now - found.time)
      guard waits, left > 0 else { return left > 0 ? nil : found }
      let who = holder.map { "process \($0.process) on \($0.host)" } ?? "its process"
      notice(
        "\(subject): waiting at most \(Int(left.rounded(.up))) s to see whether \(who), which had it last, still runs"
      )
      let end = ContinuousClock.now + .seconds(left)
      while left > 0 {
        usleep(UInt32(min(1, timing.renewal / 4) * 1e6))
        if Mark.read("\(folder)/\(name)") != found { return nil }
        left = (end - .now) / .seconds(1)
      }
      return found
    }

    func held(_ name: String, _ found: Mark.Content?, _ conflict: FolderUse.Conflict) -> Held {
      let claim = found.flatMap { FolderLease.claim(in: $0.text) }
      let who =
        claim.map { " (\($0.holder.process) on \($0.holder.host), \(name), since \($0.since))" }
        ?? " (\(name))"
      return Held(
        name: name,
        diagnostics: Diagnostics([
          Diagnostic(
            .configuration, subject, field: "output folder", expected: conflict.expected,
            found: "another process in it\(who)", remedy: conflict.remedy)
        ]))
    }

    /// The time by the clock that gives files theirs.
    private var serverTime: Double {
      let draft = TemporaryNames.make(for: "time", in: folder)
      defer {
        unlink(draft)
        TemporaryNames.forget(draft)
      }
      guard Mark.write(Data([0]), to: draft), let content = Mark.read(draft) else {
        return Date().timeIntervalSince1970
      }
      return content.time
    }
  }
}

extension FolderLease {
  /// A file that marks a claim.
  fileprivate struct Mark: Sendable {
    let path: String
    let text: Data

    /// What is in such a file, and its time in seconds.
    struct Content: Equatable {
      let text: Data
      let time: Double
    }

    /// Renews the file's time; false where it is another's by now.
    func renew() -> Bool {
      for attempt in 0..<3 {
        // For an instant it may lie aside, while another process looks at it.
        if attempt > 0 { usleep(50_000) }
        guard isOwn else { continue }
        utimensat(AT_FDCWD, path, nil, 0)
        // After that, nobody takes it for dead who had not yet taken it.
        if isOwn { return true }
      }
      return false
    }

    /// A server that does not answer takes nothing away.
    private var isOwn: Bool {
      if let found = Self.read(path) { return found.text == text }
      return errno != ENOENT
    }

    /// The file; nil, with `errno`, where it cannot be read. It is opened, as a file system that is shared may only then ask the server
    /// what the file is now.
    static func read(_ path: String) -> Content? {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var status = stat()
      var bytes = [UInt8](repeating: 0, count: 4096)
      guard fstat(descriptor, &status) == 0,
        case let count = Glibc.read(descriptor, &bytes, bytes.count), count >= 0
      else { return nil }
      return Content(
        text: Data(bytes.prefix(count)),
        time: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    /// Makes a file; false where there is one already, as another process was quicker.
    static func write(_ text: Data, to path: String) -> Bool {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_EXCL, 0o666)
      guard descriptor >= 0 else { return false }
      let written = text.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      let isClosed = close(descriptor) == 0
      return written == text.count && isClosed
    }

    static func names(of path: String) -> Int {
      var status = stat()
      return stat(path, &status) == 0 ? Int(status.st_nlink) : 0
    }
  }
}
