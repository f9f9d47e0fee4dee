import Errors

/// Reads and checks the bytes of a NIfTI header, so that nothing else has to.
///
/// *Source*: nifti1.h and nifti2.h.
struct NIfTIHeaderParser {
  private let path: String
  private let bytes: [UInt8]
  private let swapped: Bool
  private let version: Int

  /// Whether a file that begins with these bytes is NIfTI, or Analyze 7.5.
  static func recognises(_ start: [UInt8]) -> Bool {
    guard start.count >= 4 else { return false }
    let size = start.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    return [348, 540].contains(size) || [348, 540].contains(size.byteSwapped)
  }

  /// The header in `bytes`.
  ///
  /// - Throws: `Diagnostic` that names the field.
  static func parse(_ bytes: [UInt8], path: String) throws -> NIfTIHeader {
    try NIfTIHeaderParser(bytes, path: path).header()
  }

  private init(_ bytes: [UInt8], path: String) throws {
    self.path = path
    self.bytes = bytes
    let size = bytes.count >= 4 ? bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } : 0
    swapped = size != 348 && size != 540
    version = (swapped ? size.byteSwapped : size) == 540 ? 2 : 1
    guard bytes.count >= NIfTIHeader.byteCount(version: version) else {
      throw error(
        .truncated, "header", expected: "\(NIfTIHeader.byteCount(version: version)) bytes",
        found: "\(bytes.count)", remedy: "the file is cut off; get it again")
    }
  }

  private func header() throws -> NIfTIHeader {
    var header = NIfTIHeader()
    header.version = version
    header.endian = swapped == (Endianness.host == .little) ? .big : .little
    header.isPair = try isPair()
    let isFirst = version == 1
    try readSizes(&header)
    try readType(&header)
    header.pixdim = (0..<8).map { real(isFirst ? 76 + 4 * $0 : 104 + 8 * $0) }
    try readOffset(&header)
    header.slope = real(isFirst ? 112 : 176)
    header.intercept = real(isFirst ? 116 : 184)
    header.description = text(isFirst ? 148 : 240, 80)
    readDetails(&header.details)
    header.units = isFirst ? Int(bytes[123]) : integer32(500)
    header.qformCode = isFirst ? integer16(252) : integer32(344)
    header.sformCode = isFirst ? integer16(254) : integer32(348)
    let (quaternion, rows, step) = isFirst ? (256, 280, 4) : (352, 400, 8)
    for i in 0..<3 {
      header.quaternion[i] = real(quaternion + step * i)
      header.qoffset[i] = real(quaternion + step * (3 + i))
      for j in 0..<4 { header.rows[i][j] = real(rows + step * (4 * i + j)) }
    }
    try checkGeometry(header)
    return header
  }

  private func readDetails(_ details: inout NIfTIHeader.Details) {
    let isFirst = version == 1
    details.description = Array(bytes[(isFirst ? 148 : 240)...].prefix(80))
    details.dimInfo = Int(bytes[isFirst ? 39 : 524])
    details.intentCode = isFirst ? integer16(68) : integer32(504)
    details.intent = (0..<3).map { real(isFirst ? 56 + 4 * $0 : 80 + 8 * $0) }
    details.intentName = text(isFirst ? 328 : 508, 16)
    details.sliceStart = isFirst ? integer16(74) : integer64(224)
    details.sliceEnd = isFirst ? integer16(120) : integer64(232)
    details.sliceCode = isFirst ? Int(bytes[122]) : integer32(496)
    details.sliceDuration = real(isFirst ? 132 : 208)
    details.timeOffset = real(isFirst ? 136 : 216)
    details.displayMax = real(isFirst ? 124 : 192)
    details.displayMin = real(isFirst ? 128 : 200)
    details.auxiliaryFile = text(isFirst ? 228 : 320, 24)
  }

  /// Text up to the first zero; what is not UTF-8 is taken as Latin-1.
  private func text(_ offset: Int, _ count: Int) -> String {
    let stated = Array(bytes[offset...].prefix(count).prefix { $0 != 0 })
    if let text = String(validating: stated, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(stated.map { Unicode.Scalar($0) }))
  }

  private func isPair() throws -> Bool {
    let single = Array(version == 1 ? "n+1\0".utf8 : "n+2\0\r\n\u{1a}\n".utf8)
    let pair = Array(version == 1 ? "ni1\0".utf8 : "ni2\0\r\n\u{1a}\n".utf8)
    let magic = Array(bytes[(version == 1 ? 344 : 4)...].prefix(single.count))
    if magic == single { return false }
    if magic == pair { return true }
    throw error(
      .unknownFormat, "magic", expected: version == 1 ? "n+1 or ni1" : "n+2 or ni2",
      found: quoted(String(decoding: magic, as: UTF8.self)),
      remedy: "Analyze 7.5 does not say where left is: convert it to NIfTI with a tool that knows")
  }

  private func readSizes(_ header: inout NIfTIHeader) throws {
    let rank = size(0)
    guard (1...7).contains(rank) else {
      throw error(.malformed, "dim[0]", expected: "1 to 7", found: "\(rank)")
    }
    header.sizes = (1...rank).map { size($0) }
    for (axis, size) in header.sizes.enumerated() where size < 1 {
      throw error(.malformed, "dim[\(axis + 1)]", expected: "1 or more", found: "\(size)")
    }
  }

  private func size(_ index: Int) -> Int {
    version == 1 ? integer16(40 + 2 * index) : integer64(16 + 8 * index)
  }

  private func readType(_ header: inout NIfTIHeader) throws {
    let isFirst = version == 1
    header.dataType = integer16(isFirst ? 70 : 12)
    header.bitsPerVoxel = integer16(isFirst ? 72 : 14)
    if let name = NIfTIDataType.nameOfUnread(header.dataType) {
      throw error(
        .unsupported, "datatype", expected: "whole bytes of at most 64-bit numbers", found: name,
        remedy: "convert the voxels with another tool first")
    }
    guard let type = NIfTIDataType.type(header.dataType) else {
      throw error(
        .malformed, "datatype", expected: "a NIfTI type", found: "\(header.dataType)")
    }
    guard header.bitsPerVoxel == 8 * type.byteCount else {
      throw error(
        .contradiction, "bitpix", expected: "\(8 * type.byteCount) for \(type.name)",
        found: "\(header.bitsPerVoxel)")
    }
    guard VoxelData.byteCount(sizes: header.sizes, type: type) != nil else {
      throw error(
        .tooLarge, "dim", expected: "sizes whose product fits 63 bits",
        found: header.sizes.map(String.init).joined(separator: " "))
    }
  }

  private func readOffset(_ header: inout NIfTIHeader) throws {
    let least = header.isPair ? 0 : version == 1 ? 352 : 544
    let stated = version == 1 ? real(108) : Double(integer64(168))
    guard stated >= Double(least), stated < 0x1p48, stated == stated.rounded() else {
      throw error(
        .malformed, "vox_offset", expected: "a whole number of \(least) or more",
        found: NumberText.shortest(stated))
    }
    header.voxelOffset = Int(stated)
  }

  private func checkGeometry(_ header: NIfTIHeader) throws {
    func check(_ field: String, _ values: [Double]) throws {
      for value in values where !value.isFinite {
        throw error(
          .malformed, field, expected: "finite numbers", found: NumberText.shortest(value))
      }
    }
    if header.sformCode > 0 {
      for (axis, name) in ["srow_x", "srow_y", "srow_z"].enumerated() {
        let row = header.rows[axis]
        try check(name, [row.x, row.y, row.z, row.w])
      }
    }
    if header.qformCode > 0 {
      let (q, offset) = (header.quaternion, header.qoffset)
      try check("quatern", [q.x, q.y, q.z])
      try check("qoffset", [offset.x, offset.y, offset.z])
      // A unit quaternion's three stored numbers; beyond rounding, they turn by no angle at all.
      let squares = (q * q).sum()
      if header.sformCode <= 0, squares > 1.001 {
        throw error(
          .malformed, "quatern", expected: "three numbers with squares of at most 1 in all",
          found: NumberText.shortest(squares))
      }
    }
    if header.sformCode <= 0 || header.qformCode > 0 {
      try check("pixdim", Array(header.pixdim[0...3]))
    }
    if header.sformCode > 0 { try checkIndependence(header) }
    if header.sformCode <= 0, header.qformCode > 0 {
      for axis in 1...min(3, header.sizes.count) where header.pixdim[axis] < 0 {
        throw error(
          .malformed, "pixdim[\(axis)]", expected: "a positive spacing with a qform",
          found: NumberText.shortest(header.pixdim[axis]))
      }
    }
  }

  /// Refuses rows that fold the image; columns of axes that there are not are of no use, whatever they
  /// hold.
  private func checkIndependence(_ header: NIfTIHeader) throws {
    let columns = (0..<3).map { axis in
      SIMD3(header.rows[0][axis], header.rows[1][axis], header.rows[2][axis])
    }
    var basis: [SIMD3<Double>] = []
    for column in columns.prefix(header.sizes.count) {
      // Gram-Schmidt, twice for its rounding, on columns of size about 1: their squares may be too
      // small or too large for numbers.
      let size = (0..<3).reduce(0) { max($0, abs(column[$1])) }
      var rest = size > 0 ? column / size : column
      for _ in 0..<2 {
        for unit in basis { rest -= unit * (rest * unit).sum() }
      }
      let length = (rest * rest).sum().squareRoot()
      guard length > 1e-9 else {
        throw error(
          .malformed, "srow", expected: "columns that are independent of each other",
          found: columns.map { column in
            "(\((0..<3).map { NumberText.shortest(column[$0]) }.joined(separator: ",")))"
          }.joined(separator: " "))
      }
      basis.append(rest / length)
    }
  }

  private func error(
    _ code: Diagnostic.Code, _ field: String, expected: String, found: String,
    remedy: String = "correct the header, or get the file again if it is damaged"
  ) -> Diagnostic {
    Diagnostic(
      code, path, field: field, expected: expected, found: found, remedy: remedy)
  }

  private func load<Word: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Word.Type)
    -> Word
  {
    let word = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Word.self) }
    return swapped ? word.byteSwapped : word
  }
  private func integer16(_ offset: Int) -> Int { Int(load(offset, Int16.self)) }
  private func integer32(_ offset: Int) -> Int { Int(load(offset, Int32.self)) }
  private func integer64(_ offset: Int) -> Int { Int(load(offset, Int64.self)) }
  private func real(_ offset: Int) -> Double {
    version == 1
      ? Double(Float(bitPattern: load(offset, UInt32.self)))
      : Double(bitPattern: load(offset, UInt64.self))
  }
}
