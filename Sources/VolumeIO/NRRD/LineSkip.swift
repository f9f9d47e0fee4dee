import Errors
import Files

/// Finds where the bytes begin behind so many lines of the stored (not the decoded) bytes, in one data
/// file after the other.
///
/// The work is bounded: all files together may have so many bytes of lines and no more.
struct LineSkip {
  /// Lines to pass over in each file.
  let count: Int
  /// Bytes of lines in all files, at most.
  let limit: Int
  let headerPath: String
  let line: Int?
  private var bytes = 0

  init(count: Int, limit: Int, headerPath: String, line: Int?) {
    (self.count, self.limit) = (count, limit)
    (self.headerPath, self.line) = (headerPath, line)
  }

  private static let blockSize = 1 << 18

  /// The offset behind the lines. CR LF ends a line, and so do LF and CR alone, as in teem.
  ///
  /// - Throws: `Diagnostic` where there are fewer lines, or more bytes than the limit.
  /// - Complexity: the bytes of the lines.
  mutating func end(in section: FileSection) throws -> Int {
    var rest = count
    var isAfterCR = false
    var offset = section.start
    // A first block that is small, for lines are few as a rule.
    var size = 1 << 12
    while true {
      let block = try section.file.bytes(at: offset, count: min(size, section.end - offset))
      if block.isEmpty {
        if rest == 0 { return offset }
        throw Diagnostic(
          .truncated, section.file.path, field: "line skip",
          expected: "\(counted(count, "line")) before the voxels", found: "\(count - rest)",
          remedy: "correct \"line skip\", or get the data file again")
      }
      let used = block.withUnsafeBytes { lastByte(of: $0, &rest, &isAfterCR) }
      offset += used
      bytes += used
      guard bytes <= limit else { throw tooLong() }
      if rest == 0, !isAfterCR { return offset }
      size = Self.blockSize
    }
  }

  /// How many bytes of a block belong to the lines; all of them where they do not end in it.
  private func lastByte(
    of block: UnsafeRawBufferPointer, _ rest: inout Int, _ isAfterCR: inout Bool
  ) -> Int {
    let (start, count) = (block.baseAddress!, block.count)
    var i = 0
    while i < count {
      // Eight bytes of which none ends a line.
      if !isAfterCR, i + 8 <= count {
        let word = start.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        if !Self.holds(word, 0x0a), !Self.holds(word, 0x0d) {
          i += 8
          continue
        }
      }
      let byte = start.load(fromByteOffset: i, as: UInt8.self)
      if isAfterCR {
        isAfterCR = false
        if byte == 0x0a {
          i += 1
          if rest == 0 { return i }
          continue
        }
        if rest == 0 { return i }
      }
      i += 1
      guard byte == 0x0a || byte == 0x0d else { continue }
      rest -= 1
      isAfterCR = byte == 0x0d
      if rest == 0, !isAfterCR { return i }
    }
    return count
  }

  @inline(__always)
  private static func holds(_ word: UInt64, _ byte: UInt64) -> Bool {
    let other = word ^ (byte &* 0x0101_0101_0101_0101)
    return (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080 != 0
  }

  private func tooLong() -> Diagnostic {
    Diagnostic(
      .tooLarge, headerPath, at: line.map { Place(line: $0) }, field: "line skip",
      expected: "at most \(counted(limit, "byte")) of lines before the voxels, all files together",
      found: "more",
      remedy: "the file is damaged or made to harm; if it is neither, remove these lines")
  }
}
