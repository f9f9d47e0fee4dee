public import Errors
import Glibc

/// A program of somebody else's that is found by its name, such as `gnuplot`.
///
/// It gets no input, no terminal and a time limit, so that it cannot wait for anybody.
public struct ExternalProgram: Hashable, Sendable {
  /// The name that it is called by.
  public let name: String
  /// The file that it was found as.
  public let path: String

  /// Looks a program up in the folders of `PATH`; nil where none of them has it.
  public init?(_ name: String) {
    guard !name.isEmpty, !name.contains("/"), let value = getenv("PATH") else { return nil }
    for folder in String(cString: value).split(separator: ":") {
      let path = "\(folder)/\(name)"
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 {
        (self.name, self.path) = (name, path)
        return
      }
    }
    return nil
  }

  /// What came of a run.
  public struct Outcome: Hashable, Sendable {
    /// The exit status; 128 and the signal's number where a signal ended it.
    public var status: Int
    /// The last 64 KiB of what it wrote on its output and its error stream, in their order.
    public var text: String
    /// Whether it was ended because its time was over.
    public var isLate: Bool

    /// The last line that is not blank.
    public var lastLine: String {
      text.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
    }
  }

  /// Runs the program and waits for its end.
  ///
  /// - Parameters:
  ///   - folder: where it works; nil: where this process does.
  ///   - seconds: how long it may take; it is killed then.
  ///   - shouldStop: asked ten times a second; true ends it as the time limit does.
  /// - Throws: `Diagnostic` with the code `unreadable` where it cannot be started.
  public func run(
    _ arguments: [String], in folder: String? = nil, atMost seconds: Int,
    shouldStop: () -> Bool = { false }
  ) throws(Diagnostic) -> Outcome {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    // A group of its own: an interrupt at the terminal is this program's to handle, and what it starts ends with it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    // No portable spawn changes the folder.
    let call =
      folder.map {
        ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", $0.hasPrefix("/") ? $0 : "./" + $0, path]
          + arguments
      }
      ?? [path] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = call.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, call[0], &actions, &attributes, &words, environ)
    close(ends[1])
    guard error == 0 else { throw failure(error) }

    let end = ContinuousClock.now + .seconds(seconds)
    var (text, isLate) = listen(to: ends[0], until: end, shouldStop)
    var state: Int32 = 0
    // It may close its output and go on.
    while !isLate, waitpid(process, &state, WNOHANG) == 0 {
      isLate = ContinuousClock.now >= end || shouldStop()
      usleep(2000)
    }
    if isLate {
      kill(-process, SIGKILL)
      while waitpid(process, &state, 0) < 0, errno == EINTR {}
    }
    let signal = state & 0x7F
    return Outcome(
      status: signal == 0 ? Int(state >> 8 & 0xFF) : 128 + Int(signal),
      text: String(decoding: text, as: UTF8.self), isLate: isLate)
  }

  /// What is written until the pipe is closed, its end only; and whether the time was over before.
  private func listen(
    to pipe: Int32, until end: ContinuousClock.Instant, _ shouldStop: () -> Bool
  ) -> (text: [UInt8], isLate: Bool) {
    let most = 1 << 16
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      if ContinuousClock.now >= end || shouldStop() { return (text, true) }
      var waited = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      guard poll(&waited, 1, 100) > 0 else { continue }
      let count = read(pipe, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return (text, false) }
      text += buffer[..<count]
      if text.count > 2 * most { text.removeFirst(text.count - most) }
    }
  }

  private func failure(_ number: Int32) -> Diagnostic {
    Diagnostic(
      .unreadable, path, field: "program", expected: "one that can be started",
      found: String(cString: strerror(number)), remedy: "check its permissions, or install it again"
    )
  }
}
