package import Errors
import Glibc

/// A folder that one process at a time writes into; the lock goes with the process, however it ends.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the folder.
  ///
  /// - Parameters:
  ///   - use: what the folder is for, such as `training`.
  ///   - isShared: whether others that share it may have the folder too.
  /// - Throws: ``Diagnostics`` where it is no folder or another process has it. File systems without
  ///   locks are taken as they are.
  package init(_ folder: String, for use: String, isShared: Bool = false) throws(Diagnostics) {
    func refusal(_ expected: String, _ found: String, _ remedy: String) -> Diagnostics {
      Diagnostics([
        Diagnostic(
          .configuration, folder, field: "output folder", expected: expected, found: found,
          remedy: remedy)
      ])
    }
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw refusal("a folder", String(cString: strerror(errno)), "choose another with -o")
    }
    if flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw refusal(
        "one that no other \(use) writes into", "another process in it",
        "wait for its end, or choose another with -o")
    }
  }

  deinit { close(descriptor) }
}
