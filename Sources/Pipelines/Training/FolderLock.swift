import Files
import Foundation

/// A folder that one process at a time writes into; the lock goes with the process, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// Takes the folder.
  ///
  /// - Throws: `FileError` where another process has it. File systems without locks are taken as they
  ///   are.
  init(_ folder: String) throws(FileError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(
        .unwritable, path: folder,
        message: "output folder: expected a folder, found \(String(cString: strerror(errno))); "
          + "choose another with -o")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw FileError(
        .unwritable, path: folder,
        message: "output folder: expected one that no training uses, found another process in it; "
          + "wait for its end, or choose another with -o")
    }
  }

  deinit { close(descriptor) }
}
