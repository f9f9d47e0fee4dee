import Files
import Volumes

/// Elements stored as text: decimal numbers (`ascii`) or two hexadecimal digits a byte (`hex`).
enum TextDecoder {
  /// Reads as many numbers as `target` holds, separated by blanks, line ends or commas.
  ///
  /// Integers may be written with a fraction of 0. A number that does not fit its type is corrupt
  /// data. Numbers after the last wanted one are ignored, as teem does.
  static func decodeASCII(
    _ section: FileSection, as type: ScalarType, into target: UnsafeMutableRawBufferPointer
  ) throws {
    func decode<Voxel: VoxelScalar>(_: Voxel.Type) throws {
      let voxels = target.bindMemory(to: Voxel.self)
      var bytes = ByteStream(section)
      var token: [UInt8] = []
      for i in 0..<voxels.count {
        try nextToken(&bytes, into: &token)
        guard !token.isEmpty else {
          throw CodecFailure.tooShort(decoded: i * MemoryLayout<Voxel>.stride)
        }
        guard let value = parse(token, as: Voxel.self) else {
          throw CodecFailure.corrupt(
            offset: bytes.offset - token.count,
            reason: quoted(String(decoding: token, as: UTF8.self)) + " as \(type.rawValue)")
        }
        voxels[i] = value
      }
    }
    func open<Voxel: VoxelScalar>(_ type: Voxel.Type) throws { try decode(type) }
    try open(type.swiftType)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte) || byte == UInt8(ascii: ",")
  }

  private static func nextToken(_ bytes: inout ByteStream, into token: inout [UInt8]) throws {
    token.removeAll(keepingCapacity: true)
    while let byte = try bytes.next() {
      if isSeparator(byte) {
        if token.isEmpty { continue }
        return
      }
      token.append(byte)
      // No number needs more characters; without a limit one token could swallow the file.
      if token.count > 400 { return }
    }
  }

  private static func parse<Voxel: VoxelScalar>(_ token: [UInt8], as: Voxel.Type) -> Voxel? {
    let text = String(decoding: token, as: UTF8.self)
    switch Voxel.scalarType {
    case .float: return number(text).map { _ in Float(text) ?? Float(number(text)!) } as! Voxel?
    case .double: return number(text) as! Voxel?
    case .uint64: if let value = UInt64(text) { return Voxel(exactly: value) }
    default: if let value = Int64(text) { return Voxel(exactly: value) }
    }
    // "3.0" or "1e3" for an integer.
    guard let value = number(text), value.isFinite, let whole = Int64(exactly: value) else {
      return nil
    }
    return Voxel(exactly: whole)
  }

  private static func number(_ text: String) -> Double? { NumberText.double(text) }

  /// Reads two hexadecimal digits for each byte of `target`; blanks and line ends between them.
  static func decodeHex(
    _ section: FileSection, into target: UnsafeMutableRawBufferPointer
  ) throws {
    var bytes = ByteStream(section)
    func nextDigit(_ done: Int) throws -> UInt8 {
      while let byte = try bytes.next() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
        case let other where isSeparator(other): continue
        default:
          throw CodecFailure.corrupt(
            offset: bytes.offset - 1, reason: "byte \(byte) where a hexadecimal digit belongs")
        }
      }
      throw CodecFailure.tooShort(decoded: done)
    }
    for i in 0..<target.count {
      let high = try nextDigit(i)
      target[i] = try high << 4 | nextDigit(i)
    }
  }
}

/// The bytes of a section, one by one.
struct ByteStream {
  private let section: FileSection
  private var block: [UInt8] = []
  private var position = 0
  private var blockOffset: Int

  init(_ section: FileSection) {
    self.section = section
    blockOffset = section.start
  }

  /// The file offset of the next byte.
  var offset: Int { blockOffset + position }

  mutating func next() throws -> UInt8? {
    if position == block.count {
      blockOffset += block.count
      position = 0
      block = try section.file.bytes(
        at: blockOffset, count: min(1 << 16, max(0, section.end - blockOffset)))
      if block.isEmpty { return nil }
    }
    defer { position += 1 }
    return block[position]
  }
}
