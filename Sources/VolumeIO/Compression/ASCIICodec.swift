import Errors
import Files
import Volumes

/// Numbers as decimal text, separated by blanks, line ends or commas.
///
/// *Source*: NRRD specification, section 2, "ASCII encoding of floating point values", and section 5,
/// "encoding".
struct ASCIICodec: Codec {
  let type: ScalarType
  /// Where lines end when written; a long row is broken besides.
  var valuesPerLine = 1

  /// Integers may be written with a fraction of 0. A number that does not fit its type is corrupt
  /// data. What follows the last wanted number is ignored, as teem does.
  ///
  /// - Parameter skip: stored (not decoded) bytes before the first number.
  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail {
    var section = section
    section.start += min(section.count, skip)
    func open<Voxel: VoxelScalar>(_: Voxel.Type) throws {
      try read(section, into: target.bindMemory(to: Voxel.self))
    }
    let voxel = type.swiftType
    try open(voxel)
    return .none
  }

  private func read<Voxel: VoxelScalar>(
    _ section: FileSection, into voxels: UnsafeMutableBufferPointer<Voxel>
  ) throws {
    var bytes = ByteStream(section)
    var token: [UInt8] = []
    for i in 0..<voxels.count {
      try Self.nextToken(&bytes, into: &token)
      guard !token.isEmpty else {
        throw CodecFailure.tooShort(decoded: i * MemoryLayout<Voxel>.stride)
      }
      guard let value = Self.parse(token, as: Voxel.self) else {
        throw CodecFailure.corrupt(
          offset: bytes.offset - token.count,
          reason: quoted(String(decoding: token, as: UTF8.self)) + " as \(type.rawValue)")
      }
      voxels[i] = value
    }
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
    let isFloat = Voxel.scalarType == .float || Voxel.scalarType == .double
    if !isFloat, let whole = whole(token) { return Voxel(exactly: whole) }
    let text = String(decoding: token, as: UTF8.self)
    guard let value = NumberText.double(text) else { return nil }
    switch Voxel.scalarType {
    // Read as what it is, so that the text is rounded once.
    case .float: return (value.isNaN ? .nan : Float(text) ?? Float(value)) as! Voxel?
    case .double: return value as! Voxel?
    case .uint64:
      if let large = UInt64(text) { return Voxel(exactly: large) }
      return UInt64(exactly: value).flatMap { Voxel(exactly: $0) }
    // "3.0" or "1e3" for an integer.
    default: return Int64(exactly: value).flatMap { Voxel(exactly: $0) }
    }
  }

  /// The number that up to 18 digits with an optional sign stand for.
  private static func whole(_ token: [UInt8]) -> Int64? {
    let isNegative = token[0] == UInt8(ascii: "-")
    let digits = token[(isNegative || token[0] == UInt8(ascii: "+") ? 1 : 0)...]
    guard (1...18).contains(digits.count) else {
      return Int64(String(decoding: token, as: UTF8.self))
    }
    var value: Int64 = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return isNegative ? -value : value
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int {
    preconditionFailure("numbers as text are not counted from their end")
  }

  /// Floats get the shortest text that reads back as the same number; which NaN it was is lost.
  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    func open<Voxel: VoxelScalar>(_: Voxel.Type) throws {
      try write(source.bytes.bindMemory(to: Voxel.self), to: put)
    }
    let voxel = type.swiftType
    try open(voxel)
  }

  private func write<Voxel: VoxelScalar>(
    _ voxels: UnsafeBufferPointer<Voxel>, to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var text: [UInt8] = []
    var (column, inLine) = (0, 0)
    for (i, voxel) in voxels.enumerated() {
      text += Self.text(voxel).utf8
      inLine += 1
      column += 1
      let endsRow = column == valuesPerLine
      if endsRow { column = 0 }
      if endsRow || inLine == Self.mostInLine || i + 1 == voxels.count {
        text.append(UInt8(ascii: "\n"))
        inLine = 0
      } else {
        text.append(UInt8(ascii: " "))
      }
      if text.count >= 1 << 16 {
        try text.withUnsafeBytes(put)
        text.removeAll(keepingCapacity: true)
      }
    }
    if !text.isEmpty { try text.withUnsafeBytes(put) }
  }

  private static let mostInLine = 16

  private static func text<Voxel: VoxelScalar>(_ voxel: Voxel) -> String {
    switch voxel {
    case let value as Float where value.isNaN: "nan"
    case let value as Double where value.isNaN: "nan"
    // Without the ".0" of whole numbers.
    case let value as Float where value == value.rounded(.towardZero) && abs(value) < 1e6:
      value == 0 && value.sign == .minus ? "-0" : String(Int(value))
    case let value as Double where value == value.rounded(.towardZero) && abs(value) < 1e6:
      value == 0 && value.sign == .minus ? "-0" : String(Int(value))
    default: "\(voxel)"
    }
  }
}
