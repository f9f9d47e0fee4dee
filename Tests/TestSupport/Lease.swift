package import Errors
import Glibc

/// Keeps others from opening a file for as long as it lives, as a server that does not answer: they are told
/// to try again.
package final class Lease: Sendable {
  private let descriptor: Int32

  /// Takes the file; nobody may have it open.
  ///
  /// - Throws: `Diagnostic` where the file system has no leases.
  package init(_ path: String) throws(Diagnostic) {
    descriptor = open(path, O_RDWR | O_CLOEXEC)
    // F_SETSIG and F_SETLEASE: once somebody opens the file a signal would end the process; this one does
    // nothing.
    guard fcntl(descriptor, 10, SIGURG) == 0, fcntl(descriptor, 1024, Int32(F_WRLCK)) == 0 else {
      throw Diagnostic(
        .unsupported, path, field: "lease", expected: "a file system that has them",
        found: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }
}
