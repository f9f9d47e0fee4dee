import Files
import Glibc

/// A page on the disk. Its last line holds the SHA-256 of all bytes before it, so that a page which somebody has changed
/// is known from one that only this program wrote.
package enum PageFile {
  private static let mark = "<!-- calvaria sha256 "
  private static let end = " -->\n"

  /// A page with its last line.
  static func sealed(_ page: [UInt8]) -> [UInt8] {
    page + Array("\(mark)\(page.withUnsafeBytes { SHA256.hexDigest(of: $0) })\(end)".utf8)
  }

  /// Removes a page that this program wrote for an earlier run, and that would be taken for this one's. Other files stay, and
  /// pages that were changed since.
  ///
  /// - Returns: whether it is gone.
  package static func removeIfOurs(_ path: String) -> Bool {
    guard let file = try? InputFile(path), file.size < 1 << 28,
      let bytes = try? file.bytes(at: 0, count: file.size),
      sealed(Array(bytes.dropLast(mark.utf8.count + 64 + end.utf8.count))) == bytes
    else { return false }
    return unlink(path) == 0
  }

  /// Whether a page is about what a digest stands for.
  static func isAbout(_ digest: String, _ path: String) -> Bool {
    guard let file = try? InputFile(path), let start = try? file.bytes(at: 0, count: 1024) else {
      return false
    }
    return String(decoding: start, as: UTF8.self).contains("content=\"\(digest)\"")
  }
}
