import Files
import Glibc

/// A page on the disk.
package enum PageFile {
  /// Removes a page that this program wrote for an earlier run, and that would be taken for this one's; other files stay.
  ///
  /// - Returns: whether it is gone.
  package static func removeIfOurs(_ path: String) -> Bool {
    guard let file = try? InputFile(path), let start = try? file.bytes(at: 0, count: 1024),
      String(decoding: start, as: UTF8.self).contains(Page.generator)
    else { return false }
    return unlink(path) == 0
  }
}
