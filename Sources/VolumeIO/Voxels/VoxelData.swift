import Files

/// Where the elements of an image lie in its files, and how to get them out.
struct VoxelData: Sendable {
  /// One data file, or the part of the header's file behind the header.
  struct Part: Sendable {
    let path: String
    /// The first byte of the data region.
    var start: Int
    /// Bytes in the file.
    var fileSize: Int
    /// The header line that names the file.
    var line: Int?
  }

  /// The header's file, for messages.
  let path: String
  let type: ElementType
  let sizes: [Int]
  let encoding: DataEncoding
  let endianness: Endianness
  /// Bytes (decoded ones for compressed data) before the elements of each part; −1−n: the elements
  /// end n bytes before the end.
  let byteSkip: Int
  let parts: [Part]
  let options: ReadOptions

  /// Bytes of all elements; the maker of this value has checked that it fits.
  var byteCount: Int { sizes.reduce(type.byteCount, *) }
  /// Bytes of the elements of one part; parts are equal.
  var partByteCount: Int { byteCount / parts.count }

  /// The product of sizes and element size, or nil where it does not fit.
  static func byteCount(sizes: [Int], type: ElementType) -> Int? {
    var total = type.byteCount
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      total = product
    }
    return total
  }

  /// Compares what the header asks for with the bytes there are, before any memory is taken.
  func checkSizes() throws {
    for part in parts { try checkSize(of: part) }
  }

  /// Decoding only to drop the bytes costs time that the voxels must justify.
  private var largestDecodedSkip: Int {
    let (sixteen, overflow) = partByteCount.multipliedReportingOverflow(by: 16)
    return overflow ? .max : max(sixteen, 1 << 28)
  }

  /// Decoded bytes that so many stored ones may stand for.
  private func decodedLimit(of stored: Int) -> Int {
    let (limit, overflow) = stored.multipliedReportingOverflow(by: max(1, options.maximumRatio))
    if overflow { return .max }
    // bzip2 packs runs without any limit worth the name, so that small files cannot be judged.
    return encoding == .bzip2 ? max(limit, ReadOptions.smallestBZip2Limit) : limit
  }

  /// Bytes after the last voxel that can be seen without decoding: those of raw data.
  var surplusWarnings: [String] {
    guard encoding == .raw, byteSkip >= 0 else { return [] }
    return parts.compactMap { part in
      let surplus = part.fileSize - part.start - byteSkip - partByteCount
      return surplus > 0 ? Self.surplus(surplus, in: part) : nil
    }
  }

  private static func surplus(_ count: Int, in part: Part) -> String {
    "\(part.path): data: \(count) bytes after the last voxel are ignored"
  }

  private func checkSize(of part: Part) throws {
    let stored = part.fileSize - part.start
    let need = partByteCount
    let skip = max(0, byteSkip)
    switch encoding {
    case .raw:
      let back = byteSkip < 0 ? -(byteSkip + 1) : 0
      let (wanted, overflow) = need.addingReportingOverflow(skip + back)
      guard !overflow, wanted <= stored else {
        throw tooShort(
          part, expected: "\(need) bytes of raw voxels", found: "\(max(0, stored - skip - back))")
      }
    case .gzip, .bzip2:
      guard skip <= largestDecodedSkip else {
        throw VolumeIOError(
          .tooLarge, path: path, field: "byte skip",
          expected: "at most \(largestDecodedSkip) decoded bytes before \(need) bytes of voxels",
          found: "\(skip)", remedy: "the file is damaged or a bomb; decompress it first if not")
      }
      let limit = decodedLimit(of: stored)
      guard need <= limit else {
        throw VolumeIOError(
          .tooLarge, path: part.path, line: part.line, field: "sizes",
          expected: "at most \(limit) decoded bytes from \(stored) compressed bytes",
          found: "\(need)", remedy: "the file is damaged or a bomb; raise --max-ratio if not")
      }
    case .ascii:
      guard need / type.byteCount <= (stored - skip + 1) / 2 else {
        throw tooShort(
          part, expected: "\(need / type.byteCount) numbers as text", found: "\(stored) bytes")
      }
    case .hex:
      guard need <= max(0, stored - skip) / 2 else {
        throw tooShort(
          part, expected: "\(need) bytes as hexadecimal digits", found: "\(stored) digits")
      }
    }
  }

  private func tooShort(_ part: Part, expected: String, found: String) -> VolumeIOError {
    VolumeIOError(
      .truncated, path: part.path, field: "data", expected: expected, found: found,
      remedy: "the file is cut off or its header's sizes are wrong; get the file again")
  }

  /// Decodes everything.
  ///
  /// - Complexity: memory for the elements plus less than 8 MB.
  func decode(reporting progress: TransferProgress? = nil) throws -> ElementBuffer {
    try checkSizes()
    guard let storage = ElementStorage(byteCount: byteCount) else {
      throw VolumeIOError(
        .tooLarge, path: path, field: "sizes", expected: "at most as many voxels as memory holds",
        found: "\(byteCount) bytes", remedy: "use a machine with more memory or a smaller image")
    }
    var warnings: [String] = []
    for (index, part) in parts.enumerated() {
      let start = index * partByteCount
      let target = UnsafeMutableRawBufferPointer(
        rebasing: storage.bytes[start..<start + partByteCount])
      let total = byteCount
      let transfer = Transfer(threads: options.threads, progress: progress)
        .shifted(by: start, of: total)
      switch try VolumeIOError.wrapping({ try decode(part, into: target, by: transfer) }) {
      case .none: break
      // Those of raw data have been warned of already.
      case .surplus(let count):
        if encoding != .raw { warnings.append(Self.surplus(count, in: part)) }
      case .garbage(let offset):
        warnings.append(
          "\(part.path): data: \(part.fileSize - offset) bytes after the "
            + "\(encoding.rawValue) stream are ignored")
      case .abandoned:
        warnings.append(
          "\(part.path): data: more than \(DecodedTail.limit) bytes after the last voxel are "
            + "ignored, the checksum is not verified")
      }
    }
    let unit = type.swapUnit
    if unit > 1, endianness != .host, encoding != .ascii {
      swapBytes(storage.bytes, unit: unit, threads: Transfer(threads: options.threads).threads)
    }
    return ElementBuffer(type: type, sizes: sizes, storage: storage, warnings: warnings)
  }

  private func decode(
    _ part: Part, into target: UnsafeMutableRawBufferPointer, by transfer: Transfer
  ) throws -> DecodedTail {
    var section = FileSection(try InputFile(part.path), from: part.start)
    do throws(any Error) {
      switch encoding {
      case .raw:
        if byteSkip < 0 {
          section.start = max(section.start, section.end - target.count + byteSkip + 1)
          let tail = try RawCodec().decode(section, skip: 0, into: target, by: transfer)
          // What lies behind the elements was asked for by the skip.
          return tail == .none || byteSkip < -1 ? .none : tail
        }
        return try RawCodec().decode(section, skip: byteSkip, into: target, by: transfer)
      case .gzip, .bzip2, .ascii, .hex:
        guard let codec = encoding.codec(for: type) else {
          throw unsupported("block elements as text")
        }
        return try encoding.isCompressed
          ? decodeCompressed(section, by: codec, into: target, transfer)
          : codec.decode(section, skip: byteSkip, into: target, by: transfer)
      }
    } catch let failure as CodecFailure {
      throw error(failure, part)
    }
  }

  private func decodeCompressed(
    _ section: FileSection, by codec: any Codec, into target: UnsafeMutableRawBufferPointer,
    _ transfer: Transfer
  ) throws -> DecodedTail {
    guard byteSkip < 0 else {
      return try codec.decode(section, skip: byteSkip, into: target, by: transfer)
    }
    // From the end: the length must be known first, so the stream is decoded twice.
    let (most, beyond) = largestDecodedSkip.addingReportingOverflow(target.count)
    let total = try codec.decodedByteCount(
      section, limit: min(decodedLimit(of: section.count), beyond ? .max : most))
    let skip = total - target.count + byteSkip + 1
    guard skip >= 0 else { throw CodecFailure.tooShort(decoded: max(0, total + byteSkip + 1)) }
    _ = try codec.decode(section, skip: skip, into: target, by: transfer)
    return .none
  }

  private func unsupported(_ what: String) -> VolumeIOError {
    VolumeIOError(
      .unsupported, path: path, field: "encoding", expected: "raw, hex, gzip or bzip2",
      found: what, remedy: "convert the file with another tool first")
  }

  private func error(_ failure: CodecFailure, _ part: Part) -> VolumeIOError {
    let remedy = "the file is damaged or its header is wrong; get the file again"
    func make(_ code: VolumeIOError.Code, _ expected: String, _ found: String) -> VolumeIOError {
      VolumeIOError(
        code, path: part.path, field: "data", expected: expected, found: found, remedy: remedy)
    }
    switch failure {
    case .tooShort(let decoded):
      return make(.truncated, "\(partByteCount) bytes of voxels", "\(decoded)")
    case .truncated(let offset):
      return make(
        .truncated, "a whole \(encoding.rawValue) stream", "its end at byte \(offset) of the file")
    case .corrupt(let offset, let reason):
      return make(.corrupt, "\(encoding.rawValue) data", "\(reason) near byte \(offset)")
    case .tooLong:
      return make(
        .tooLarge, "at most \(largestDecodedSkip) decoded bytes before the voxels", "more")
    }
  }
}
