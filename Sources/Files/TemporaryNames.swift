import Concurrency
import Glibc

/// The temporary names that this process has on disk at the moment.
public enum TemporaryNames {
  private struct State: Sendable {
    var names: Set<String> = []
    var count = 0
  }
  private static let state = Guarded(State())

  /// A fresh hidden name beside `path`, on record until it is forgotten.
  package static func make(for path: String, in folder: String) -> String {
    let base = path.split(separator: "/").last.map(String.init) ?? "file"
    return state.withLock { state in
      state.count += 1
      let ending = ".\(Self.place)-\(getpid())-\(state.count).partial"
      // A name may have 255 bytes.
      let start = 1 + base.utf8.count + ending.utf8.count <= 255 ? base : "long"
      let name = "\(folder)/.\(start)\(ending)"
      state.names.insert(name)
      return name
    }
  }

  /// What tells the processes that see each other's numbers from others that share a file system; where they are not known,
  /// this process from all others.
  private static let place: String = {
    let bytes = ProcessNumbers.place.map { Array($0.utf8) }
    let hash =
      bytes?.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
      ?? UInt64.random(in: 0 ... .max)
    return String(hash, radix: 36)
  }()

  package static func forget(_ name: String) { state.withLock { _ = $0.names.remove(name) } }

  /// Whether a name is one of those that are made here, by whatever process.
  public static func isTemporary(_ name: some StringProtocol) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(".partial")
  }

  /// Whether a name was made by a process whose number means the same here, and that is no longer there.
  package static func isAbandoned(_ name: some StringProtocol) -> Bool {
    guard isTemporary(name) else { return false }
    let parts = name.split(separator: ".").dropLast().last?.split(separator: "-") ?? []
    guard parts.count == 3, parts[0] == place, let process = Int32(parts[1]) else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// Removes every file that has a temporary name; for the moment before a process ends at once.
  public static func removeAll() {
    state.withLock { state in
      for name in state.names { unlink(name) }
      state.names = []
    }
  }
}
