import Glibc

/// The numbers of processes, and where they mean something.
package enum ProcessNumbers {
  /// The same text for all processes that see each other's numbers, and for no others: the start of the system that they run on,
  /// and their PID namespace, as a container has one of its own. Nil where it is not known, as without `/proc`, or with that of
  /// another namespace.
  package static let place: String? = {
    guard let boot = content("/proc/sys/kernel/random/boot_id"), !boot.isEmpty,
      let namespace = target("/proc/self/ns/pid"), target("/proc/self") == "\(getpid())"
    else { return nil }
    return "\(boot.split(separator: "\n")[0]) \(namespace)"
  }()

  /// When a process of this place began, in the system's ticks, as its number is used again; nil where there is none, or where
  /// `/proc` hides those of other users.
  package static func start(of process: Int32) -> String? {
    // Field 22.
    guard let fields = fields(of: process), fields.count > 20 else { return nil }
    return String(fields[20])
  }

  /// Whether the process of this place that began then is still there; nil where that is hidden.
  package static func isRunning(_ process: Int32, since began: String) -> Bool? {
    if let fields = fields(of: process), fields.count > 20 {
      // One that has ended, but whose parent has not asked how, does nothing any more.
      return fields[20] == began && fields[1] != "Z" && fields[1] != "X"
    }
    return kill(process, 0) != 0 && errno == ESRCH ? false : nil
  }

  /// What `/proc` says of a process, from behind its name, which may hold anything: `)`, the state, ….
  private static func fields(of process: Int32) -> [Substring]? {
    guard let text = content("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    return text[end...].split(separator: " ")
  }

  private static func content(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func target(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &bytes, bytes.count)
    guard count >= 0 else { return nil }
    return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
