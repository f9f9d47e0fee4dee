import Errors

/// Walks over the bytes of a text, line by line or word by word.
struct TextScanner {
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  /// The line that ``position`` is in, from 1.
  private(set) var line: Int

  init(_ bytes: UnsafeRawBufferPointer, position: Int = 0, line: Int = 1) {
    (self.bytes, self.position, self.line) = (bytes, position, line)
  }

  var isAtEnd: Bool { position >= bytes.count }
  var place: Place { Place(line: line) }

  /// The next line without its end (LF or CR LF), and moves behind it; nil at the end.
  mutating func nextLine() -> UnsafeRawBufferPointer? {
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, bytes[position] != 0x0a { position += 1 }
    var end = position
    position += 1
    line += 1
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  /// The next run of bytes that are no white space, and moves behind it; nil at the end.
  mutating func nextWord() -> UnsafeRawBufferPointer? {
    while position < bytes.count, bytes[position] <= 0x20 {
      if bytes[position] == 0x0a { line += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, bytes[position] > 0x20 { position += 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  /// The rest of the line as text.
  mutating func restOfLine() -> String {
    nextLine().map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are these letters, small or capital.
  func spells(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    let letters = word.utf8Start
    for i in 0..<count where self[i] | 0x20 != letters[i] | 0x20 { return false }
    return true
  }

  /// The bytes as text, for names and messages.
  var text: String { String(decoding: self, as: UTF8.self) }
}
