/// The SHA-256 of a file, taken of its bytes as they are read for another purpose.
///
/// Unchecked: one thread at a time has it, under the lock of its ``InputFile``.
final class ReadHash: @unchecked Sendable {
  private var hash = SHA256()
  private var digits: String?
  /// How many of the file's first bytes are in it.
  private(set) var count = 0

  /// Takes the bytes that follow those it has; others are left to whoever asks for the digest.
  func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    let known = count - offset
    guard digits == nil, known >= 0, known < bytes.count else { return }
    hash.update(UnsafeRawBufferPointer(rebasing: bytes[known...]))
    count = offset + bytes.count
  }

  /// The digest; nothing is taken after it.
  func hexDigest() -> String {
    if let digits { return digits }
    var whole = SHA256()
    swap(&whole, &hash)
    let digits = whole.hexDigest()
    self.digits = digits
    return digits
  }
}
