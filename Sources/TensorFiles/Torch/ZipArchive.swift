import CZlib
import Errors

/// The stored entries of a zip archive, as PyTorch writes them.
///
/// Read here and not by libzip: what torch writes is never compressed, divided or encrypted, so
/// this much is all there is to it, and all of it is checked. Names are unique; entries together
/// are no larger than the file, so that none of its bytes can be had twice; a compressed entry is
/// an error that says so.
///
/// *Source*: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
struct ZipArchive {
  private struct Entry {
    let offset: Int
    let size: Int
    let checksum: UInt32
    let method: Int
    let flags: Int
  }

  private let source: ByteSource
  private var entries: [String: Entry] = [:]
  private let directoryStart: Int

  /// The names of the entries, in no order.
  var names: [String] { Array(entries.keys) }

  init(of source: ByteSource) throws(Diagnostic) {
    self.source = source
    let end = try Self.endRecord(of: source)
    directoryStart = end.offset
    // An entry takes 46 bytes at least, so the count is bounded by the bytes.
    guard end.size <= source.size, end.offset <= source.size - end.size,
      end.count <= end.size / 46
    else {
      throw Self.malformed(
        source, "a directory inside of the file",
        found:
          "\(counted(end.count, "entry", plural: "entries")) in \(counted(end.size, "byte")) at byte \(end.offset)"
      )
    }
    let directory = LittleEndianBytes(
      try source.bytes(at: end.offset, count: end.size, for: "directory of the archive"))
    var place = 0
    var total = 0
    for _ in 0..<end.count {
      let (name, entry) = try Self.entry(in: directory, at: &place, of: source)
      guard entry.size <= directoryStart - total else {
        throw source.error(
          .tooLarge, "entry \(quoted(name))",
          expected: "entries of \(counted(directoryStart, "byte")) together, as the file has",
          found: "more", remedy: "copy or download the file again")
      }
      total += entry.size
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw source.error(
          .duplicateName, "entry \(quoted(name))", expected: "every name once", found: "it twice",
          remedy: "save the file again")
      }
    }
    guard place == end.size else {
      throw Self.malformed(
        source, "\(counted(end.count, "entry", plural: "entries")) in \(counted(end.size, "byte"))",
        found: "them in \(place)")
    }
  }

  func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The bytes of an entry, its checksum compared.
  func bytes(of name: String) throws(Diagnostic) -> [UInt8] {
    let what = "entry \(quoted(name))"
    guard let entry = entries[name] else {
      throw source.error(
        .missingField, what, expected: "it in the archive", found: "\(entries.count) others",
        remedy: "save the model again")
    }
    guard entry.method == 0 else {
      throw source.error(
        .unsupported, what, expected: "an entry that is stored, as PyTorch writes it",
        found: "a compressed one (method \(entry.method))",
        remedy: "save the model again with PyTorch, or repack the archive without compression")
    }
    guard entry.flags & 1 == 0 else {
      throw source.error(
        .unsupported, what, expected: "an entry that is not encrypted", found: "an encrypted one",
        remedy: "repack the archive without a password")
    }
    let header = LittleEndianBytes(try source.bytes(at: entry.offset, count: 30, for: what))
    guard header.number(at: 0, 4) == 0x0403_4b50 else {
      throw Self.malformed(source, "\(what) at byte \(entry.offset)", found: "something else")
    }
    let nameLength = Int(header.number(at: 26, 2))
    let local = try source.bytes(at: entry.offset + 30, count: nameLength, for: what)
    guard local == Array(name.utf8) else {
      throw Self.malformed(source, "\(what) under the same name before its bytes", found: "another")
    }
    let start = entry.offset + 30 + nameLength + Int(header.number(at: 28, 2))
    guard start <= directoryStart, entry.size <= directoryStart - start else {
      throw source.error(
        .outOfBounds, what,
        expected: "\(counted(entry.size, "byte")) before the archive's directory",
        found: "\(max(0, directoryStart - start))", remedy: "copy or download the file again")
    }
    let bytes = try source.bytes(at: start, count: entry.size, for: what)
    let checksum = bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
    guard checksum == entry.checksum else {
      throw source.error(
        .corrupt, what, expected: "the CRC-32 \(String(entry.checksum, radix: 16))",
        found: String(checksum, radix: 16), remedy: "copy or download the file again")
    }
    return bytes
  }

  private static func entry(
    in directory: LittleEndianBytes, at place: inout Int, of source: ByteSource
  ) throws(Diagnostic) -> (String, Entry) {
    guard place + 46 <= directory.count, directory.number(at: place, 4) == 0x0201_4b50 else {
      throw malformed(source, "an entry at byte \(place) of the directory", found: "none")
    }
    let nameEnd = place + 46 + Int(directory.number(at: place + 28, 2))
    let extraEnd = nameEnd + Int(directory.number(at: place + 30, 2))
    let next = extraEnd + Int(directory.number(at: place + 32, 2))
    guard next <= directory.count,
      let name = String(validating: directory.bytes[place + 46..<nameEnd], as: UTF8.self)
    else {
      throw malformed(source, "a name at byte \(place + 46) of the directory", found: "none")
    }
    // What does not fit into 32 bits stands in the extra field 1, in this order.
    var fields: [Int: UInt64] = [:]
    var long = try zip64Field(directory, nameEnd..<extraEnd, source)
    for at in [24, 20, 42] {
      var value = directory.number(at: place + at, 4)
      if value == 0xffff_ffff {
        guard long.count >= 8 else {
          throw malformed(source, "a size of 64 bits for \(quoted(name))", found: "none")
        }
        value = directory.number(at: long.lowerBound, 8)
        long = long.dropFirst(8)
      }
      fields[at] = value
    }
    guard let size = Int(exactly: fields[24]!), let packed = Int(exactly: fields[20]!),
      let offset = Int(exactly: fields[42]!)
    else {
      throw source.error(
        .tooLarge, "entry \(quoted(name))", expected: "sizes below 2^63", found: "larger ones",
        remedy: "copy or download the file again")
    }
    let method = Int(directory.number(at: place + 10, 2))
    guard method != 0 || size == packed, offset <= source.size else {
      throw malformed(source, "sizes of \(quoted(name)) that agree", found: "\(packed) and \(size)")
    }
    let entry = Entry(
      offset: offset, size: size, checksum: UInt32(directory.number(at: place + 16, 4)),
      method: method, flags: Int(directory.number(at: place + 8, 2)))
    place = next
    return (name, entry)
  }

  private static func zip64Field(
    _ directory: LittleEndianBytes, _ extra: Range<Int>, _ source: ByteSource
  ) throws(Diagnostic) -> Range<Int> {
    var place = extra.lowerBound
    while place + 4 <= extra.upperBound {
      let end = place + 4 + Int(directory.number(at: place + 2, 2))
      guard end <= extra.upperBound else {
        throw malformed(source, "an extra field inside of its entry", found: "a longer one")
      }
      if directory.number(at: place, 2) == 1 { return place + 4..<end }
      place = end
    }
    return extra.upperBound..<extra.upperBound
  }

  private static func endRecord(
    of source: ByteSource
  ) throws(Diagnostic) -> (offset: Int, size: Int, count: Int) {
    // The record is followed by a comment of up to 65535 bytes, which torch leaves out.
    let start = max(0, source.size - 22 - 65535)
    let tail = LittleEndianBytes(
      try source.bytes(at: start, count: source.size - start, for: "end of the archive"))
    var place = tail.count - 22
    while place >= 0,
      tail.number(at: place, 4) != 0x0605_4b50
        || place + 22 + Int(tail.number(at: place + 20, 2)) != tail.count
    { place -= 1 }
    guard place >= 0 else {
      throw source.error(
        .truncated, "end of the archive", expected: "the directory of a zip archive",
        found: "none", remedy: "copy or download the file again")
    }
    var (count, size, offset) = (
      tail.number(at: place + 10, 2), tail.number(at: place + 12, 4), tail.number(at: place + 16, 4)
    )
    var firstDisk = tail.number(at: place + 4, 4) == 0
    if place >= 20, tail.number(at: place - 20, 4) == 0x0706_4b50 {
      let at = tail.number(at: place - 20 + 8, 8)
      guard let at = Int(exactly: at), at <= source.size - 56 else {
        throw malformed(source, "a zip64 record inside of the file", found: "the byte \(at)")
      }
      let record = LittleEndianBytes(
        try source.bytes(at: at, count: 56, for: "zip64 record of the archive"))
      guard record.number(at: 0, 4) == 0x0606_4b50 else {
        throw malformed(source, "a zip64 record at byte \(at)", found: "something else")
      }
      (count, size, offset) = (
        record.number(at: 32, 8), record.number(at: 40, 8), record.number(at: 48, 8)
      )
      firstDisk = record.number(at: 16, 8) == 0
    }
    guard firstDisk, let count = Int(exactly: count), let size = Int(exactly: size),
      let offset = Int(exactly: offset)
    else { throw malformed(source, "one undivided archive", found: "another") }
    return (offset, size, count)
  }

  private static func malformed(
    _ source: ByteSource, _ expected: String, found: String
  ) -> Diagnostic {
    source.error(
      .malformed, "archive", expected: expected, found: found,
      remedy: "copy or download the file again")
  }
}
