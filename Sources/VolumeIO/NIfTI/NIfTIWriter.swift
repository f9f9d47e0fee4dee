import Errors
import Files
import Volumes

extension NIfTIHeader {
  /// The header that states a volume's type and geometry.
  ///
  /// sform with code 1; qform with code 1 where the columns are orthogonal; no codes where the
  /// geometry names no space, and then only the spacings are kept.
  init(
    type: ElementType, sizes: [Int], geometry: Geometry, version: Int,
    otherAxes: NIfTIOtherAxes = NIfTIOtherAxes()
  ) {
    self.version = version
    self.sizes = sizes
    dataType = NIfTIDataType.code(type) ?? 0
    bitsPerVoxel = 8 * type.byteCount
    // mm, and seconds where there is time.
    units = sizes.count > 3 ? 2 | (otherAxes.timeUnit ?? 8) : 2
    pixdim = [Double](repeating: sizes.count > 3 ? 1 : 0, count: 8)
    for (axis, step) in otherAxes.steps.enumerated() where axis < 4 { pixdim[4 + axis] = step }
    for axis in 1...3 { pixdim[axis] = geometry.spacing[axis - 1] }
    pixdim[0] = 1
    guard geometry.space != nil else { return }
    let lps = geometry.lpsFromIndex
    // LPS and RAS differ in two signs, so this is exact.
    let flip = SIMD3<Double>(-1, -1, 1)
    let map = Affine(
      linear: Matrix3(lps.linear[0] * flip, lps.linear[1] * flip, lps.linear[2] * flip),
      translation: lps.translation * flip)
    sformCode = 1
    for row in 0..<3 {
      rows[row] = SIMD4(
        map.linear[0][row], map.linear[1][row], map.linear[2][row], map.translation[row])
    }
    if geometry.isOrthogonal {
      qformCode = 1
      setQform(map)
    }
  }

  /// The bytes of the header and of the list of extensions behind it.
  ///
  /// - Throws: `Diagnostic` where a number does not fit its field.
  func bytes(path: String, extensions: [NIfTIExtension] = []) throws -> [UInt8] {
    let list = NIfTIExtensions.bytes(extensions, endian: endian)
    var out = HeaderBytes(version: version, endian: endian, path: path)
    let isFirst = version == 1
    if isFirst {
      out.put32(0, 348)
      out.bytes[38] = UInt8(ascii: "r")
      out.putText(344, isPair ? "ni1" : "n+1")
    } else {
      out.put32(0, 540)
      out.putText(4, isPair ? "ni2\0\r\n\u{1a}\n" : "n+2\0\r\n\u{1a}\n")
    }
    for index in 0..<8 {
      let size = index == 0 ? sizes.count : index <= sizes.count ? sizes[index - 1] : 1
      if isFirst {
        out.put16(40 + 2 * index, size)
      } else {
        out.put64(16 + 8 * index, size)
      }
      try out.put(real: pixdim[index], "pixdim", first: 76 + 4 * index, second: 104 + 8 * index)
    }
    out.put16(isFirst ? 70 : 12, dataType)
    out.put16(isFirst ? 72 : 14, bitsPerVoxel)
    let offset = isPair ? 0 : (isFirst ? 348 : 540) + list.count
    if isFirst {
      try out.put(real: Double(offset), "vox_offset", first: 108, second: 0)
    } else {
      out.put64(168, offset)
    }
    try out.put(real: slope, "scl_slope", first: 112, second: 176)
    try out.put(real: intercept, "scl_inter", first: 116, second: 184)
    if isFirst { out.bytes[123] = UInt8(units) } else { out.put32(500, units) }
    let place = isFirst ? 148 : 240
    if description.isEmpty {
      out.bytes.replaceSubrange(
        place..<place + details.description.count, with: details.description)
    } else {
      out.putText(place, description, limit: 80)
    }
    try put(details, into: &out)
    if isFirst {
      out.put16(252, qformCode)
      out.put16(254, sformCode)
    } else {
      out.put32(344, qformCode)
      out.put32(348, sformCode)
    }
    for i in 0..<3 {
      try out.put(real: quaternion[i], "quatern", first: 256 + 4 * i, second: 352 + 8 * i)
      try out.put(real: qoffset[i], "qoffset", first: 268 + 4 * i, second: 376 + 8 * i)
      for j in 0..<4 {
        let index = 4 * i + j
        try out.put(real: rows[i][j], "srow", first: 280 + 4 * index, second: 400 + 8 * index)
      }
    }
    return out.bytes + list
  }

  private func put(_ details: Details, into out: inout HeaderBytes) throws {
    let isFirst = version == 1
    out.bytes[isFirst ? 39 : 524] = UInt8(truncatingIfNeeded: details.dimInfo)
    if isFirst {
      out.put16(68, details.intentCode)
      out.put16(74, details.sliceStart)
      out.put16(120, details.sliceEnd)
      out.bytes[122] = UInt8(truncatingIfNeeded: details.sliceCode)
    } else {
      out.put32(504, details.intentCode)
      out.put64(224, details.sliceStart)
      out.put64(232, details.sliceEnd)
      out.put32(496, details.sliceCode)
    }
    for i in 0..<3 {
      try out.put(real: details.intent[i], "intent_p", first: 56 + 4 * i, second: 80 + 8 * i)
    }
    try out.put(real: details.displayMax, "cal_max", first: 124, second: 192)
    try out.put(real: details.displayMin, "cal_min", first: 128, second: 200)
    try out.put(real: details.sliceDuration, "slice_duration", first: 132, second: 208)
    try out.put(real: details.timeOffset, "toffset", first: 136, second: 216)
    out.putText(isFirst ? 328 : 508, details.intentName, limit: 16)
    out.putText(isFirst ? 228 : 320, details.auxiliaryFile, limit: 24)
  }
}

/// The steps along the axes beyond the third.
struct NIfTIOtherAxes: Sendable, Hashable {
  /// pixdim[4] and on; those that are missing are 1.
  var steps: [Double] = []
  /// Bits 3 to 5 of xyzt_units; nil for seconds.
  var timeUnit: Int?
}

/// The bytes of a header in the making.
private struct HeaderBytes {
  var bytes: [UInt8]
  private let isFirst: Bool
  private let isSwapped: Bool
  private let path: String

  init(version: Int, endian: Endianness, path: String) {
    bytes = [UInt8](repeating: 0, count: NIfTIHeader.byteCount(version: version))
    isFirst = version == 1
    isSwapped = endian != .host
    self.path = path
  }

  private mutating func store<Word: FixedWidthInteger & BitwiseCopyable>(_ at: Int, _ word: Word) {
    let word = isSwapped ? word.byteSwapped : word
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: at, as: Word.self) }
  }
  mutating func put16(_ at: Int, _ value: Int) { store(at, Int16(truncatingIfNeeded: value)) }
  mutating func put32(_ at: Int, _ value: Int) { store(at, Int32(truncatingIfNeeded: value)) }
  mutating func put64(_ at: Int, _ value: Int) { store(at, Int64(value)) }

  mutating func put(real value: Double, _ field: String, first: Int, second: Int) throws {
    if isFirst {
      let narrow = Float(value)
      guard narrow.isFinite || !value.isFinite else {
        throw Diagnostic(
          .notRepresentable, path, field: field, expected: "a number that float32 holds",
          found: NumberText.shortest(value), remedy: "write NIfTI-2 or NRRD")
      }
      store(first, narrow.bitPattern)
    } else {
      store(second, value.bitPattern)
    }
  }

  mutating func putText(_ at: Int, _ text: String, limit: Int = 8) {
    var end = at
    for character in text {
      let utf8 = Array(String(character).utf8)
      guard end + utf8.count <= at + limit else { return }
      for byte in utf8 {
        bytes[end] = byte
        end += 1
      }
    }
  }
}

/// Writes one NIfTI file, or a header with a file of voxels.
struct NIfTIWriter {
  private let path: String
  private let options: WriteOptions

  private let transfer: Transfer

  init(_ path: String, _ options: WriteOptions, _ transfer: Transfer? = nil) {
    (self.path, self.options) = (path, options)
    self.transfer = transfer ?? Transfer(threads: options.threads)
  }

  /// Writes elements in host byte order on a grid; axes beyond the third follow the grid's.
  func write(
    type: ElementType, sizes: [Int], geometry: Geometry, scaling: ValueScaling?,
    otherAxes: NIfTIOtherAxes = NIfTIOtherAxes(), details: NIfTIHeader.Details = .init(),
    extensions: [NIfTIExtension] = [], _ elements: UnsafeRawBufferPointer
  ) throws {
    try options.checkLevel(path: path)
    var header = NIfTIHeader(
      type: type, sizes: sizes, geometry: geometry, version: try version(sizes),
      otherAxes: otherAxes)
    header.details = details
    guard NIfTIDataType.code(type) != nil else {
      throw Diagnostic(
        .notRepresentable, path, field: "datatype", expected: "a type that NIfTI has",
        found: type.name, remedy: "write NRRD instead")
    }
    let name = path.lowercased()
    header.isPair = name.hasSuffix(".hdr")
    header.endian = options.endian
    header.description = options.content ?? ""
    header.slope = scaling?.slope ?? 1
    header.intercept = scaling?.intercept ?? 0
    let isGzip = name.hasSuffix(".gz")
    guard options.encoding == nil || options.encoding == (isGzip ? .gzip : .raw) else {
      throw Diagnostic(
        .unsupported, path, field: "encoding", expected: isGzip ? "gzip" : "raw",
        found: options.encoding!.rawValue, remedy: "choose .nii.gz for gzip and .nii for raw")
    }
    let bytes = try header.bytes(path: path, extensions: extensions)
    // float32 can turn a short or long column into one that no reader takes.
    do { _ = try NIfTIHeaderParser.parse(bytes, path: path) } catch let error as Diagnostic {
      throw Diagnostic(
        .notRepresentable, path, field: error.field, expected: error.expected, found: error.found,
        remedy: "write NRRD instead, or correct the placement of the input")
    }
    let source = EncodableBytes(
      bytes: elements, swapUnit: header.endian == .host ? 1 : type.swapUnit,
      elementSize: type.byteCount, rowSize: type.byteCount * (sizes.first ?? 0))
    if header.isPair {
      let isUpper = path.hasSuffix("HDR")
      try AtomicFile.write(to: path.dropLast(3) + (isUpper ? "IMG" : "img")) { sink in
        try RawCodec().encode(source, level: 0, by: transfer) { try sink.write($0) }
      }
      return try AtomicFile.write(to: path) { try $0.write(bytes) }
    }
    try AtomicFile.write(to: path) { sink in
      let codec: any Codec = isGzip ? GzipCodec() : RawCodec()
      try codec.encode(
        source.preceded(by: bytes), level: options.compressionLevel, by: transfer
      ) {
        try sink.write($0)
      }
    }
  }

  private func version(_ sizes: [Int]) throws -> Int {
    guard sizes.count <= 7 else {
      throw Diagnostic(
        .notRepresentable, path, field: "dim[0]", expected: "at most 7 axes",
        found: "\(sizes.count)", remedy: "write NRRD instead")
    }
    let isLarge = sizes.contains { $0 > Int(Int16.max) }
    if options.niftiVersion == 1, isLarge {
      throw Diagnostic(
        .notRepresentable, path, field: "dim", expected: "sizes of at most 32767 in NIfTI-1",
        found: sizes.map(String.init).joined(separator: " "), remedy: "write NIfTI-2")
    }
    return options.niftiVersion ?? (isLarge ? 2 : 1)
  }
}
