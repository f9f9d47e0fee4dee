import Errors
import Files

/// The lines of a text header, read from the front of a file in blocks.
struct HeaderLines {
  private let file: InputFile
  private var block: [UInt8] = []
  private var blockOffset = 0
  private var position = 0
  /// The number of the line that `next()` gave last, from 1.
  private(set) var number = 0

  /// Longer lines are not text headers; without a limit one line could swallow a file.
  static let longestLine = 1 << 20
  /// Headers with thousands of key/value pairs stay below a megabyte; longer ones only cost time.
  static let longestHeader = 1 << 22
  /// Room for the names of 65,536 data files and as much again.
  static let mostLines = 1 << 17

  init(_ file: InputFile) { self.file = file }

  /// The file offset behind the line that `next()` gave last.
  var offset: Int { blockOffset + position }

  /// The next line without its end (LF, CR LF, or CR alone, as teem reads them), or nil at the end of
  /// the file.
  ///
  /// Text that is not UTF-8 is taken as Latin-1, which never fails.
  mutating func next() throws -> String? {
    var line: [UInt8] = []
    var found = false
    while try load() {
      found = true
      if let end = block[position...].firstIndex(where: { $0 == Self.lf || $0 == Self.cr }) {
        line += block[position..<end]
        position = end + 1
        if block[end] == Self.cr, try load(), block[position] == Self.lf { position += 1 }
        break
      }
      line += block[position...]
      position = block.count
      if line.count > Self.longestLine || offset > Self.longestHeader { break }
    }
    guard found else { return nil }
    number += 1
    if line.count > Self.longestLine || offset > Self.longestHeader || number > Self.mostLines {
      throw Diagnostic(
        .malformed, file.path, at: Place(line: number), field: "header",
        expected: "at most \(Self.mostLines) lines below \(Self.longestLine) bytes, all below "
          + "\(Self.longestHeader)", found: "more",
        remedy: "the file is not an NRRD file, or a damaged one")
    }
    if line.contains(0) {
      throw Diagnostic(
        .malformed, file.path, at: Place(line: number), field: "header",
        expected: "text and an empty line before the voxels", found: "a zero byte",
        remedy: "the header is cut off or damaged; get the file again")
    }
    if let text = String(validating: line, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(line.map { Unicode.Scalar($0) }))
  }

  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  /// Makes sure that there is a byte at `position`; false at the end of the file.
  private mutating func load() throws -> Bool {
    guard position == block.count else { return true }
    blockOffset += block.count
    position = 0
    block = try file.bytes(at: blockOffset, count: 1 << 14)
    return !block.isEmpty
  }
}
