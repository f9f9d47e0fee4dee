import Errors
import Files

/// Where the elements of an image lie in its files, and how to get them out.
struct VoxelData: Sendable {
  /// One data file, or the part of the header's file behind the header.
  struct Part: Sendable {
    let file: InputFile
    /// The first byte of the data region.
    var start: Int
    /// The header line that names the file.
    var line: Int?

    var path: String { file.path }
    var fileSize: Int { file.size }
  }

  let file: InputFile
  let type: ElementType
  let sizes: [Int]
  let encoding: DataEncoding
  let endianness: Endianness
  /// Bytes (decoded ones for compressed data) before the elements of each part; −1−n: the elements
  /// end n bytes before the end.
  let byteSkip: Int
  var parts: [Part]
  var options: ReadOptions

  /// The path of the header's file, for messages.
  var path: String { file.path }

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
  ///
  /// - Parameter beforeLines: whether lines are still to be skipped: they may begin as any file does.
  func checkSizes(beforeLines: Bool = false) throws {
    for part in parts {
      do {
        try checkSize(of: part)
      } catch {
        // What the file is instead says more than that it is short.
        try refuseForeignFile(part, isUnfit: true)
        throw error
      }
      if !beforeLines { try refuseForeignFile(part, isUnfit: false) }
    }
    try checkSkips()
    try checkTexts()
  }

  /// Bytes that may be read or decoded only to be dropped, those of all parts together: they cost
  /// time that the voxels must justify. 16 for each byte of voxels, and 64 MiB in any case.
  var largestSkip: Int {
    let (sixteen, overflow) = byteCount.multipliedReportingOverflow(by: 16)
    return overflow ? .max : max(sixteen, 1 << 26)
  }

  private func checkSkips() throws {
    guard encoding.isCompressed, byteSkip > 0 else { return }
    let (skip, overflow) = byteSkip.multipliedReportingOverflow(by: parts.count)
    guard !overflow, skip <= largestSkip else {
      throw tooMuch(
        "byte skip", "before \(counted(byteCount, "byte")) of voxels",
        found: parts.count == 1 ? "\(byteSkip)" : "\(byteSkip) in each of \(parts.count) files")
    }
  }

  /// Several files, or one that is named several times, may be all blanks before their numbers.
  private func checkTexts() throws {
    guard parts.count > 1, encoding == .ascii || encoding == .hex else { return }
    let stored = parts.reduce(0) { $0 + ($1.fileSize - $1.start) }
    // As many characters as a number can have, see ``ASCIICodec``.
    let (limit, overflow) = (byteCount / type.byteCount).multipliedReportingOverflow(by: 400)
    guard overflow || stored <= max(limit, 1 << 26) else {
      throw Diagnostic(
        .tooLarge, path, field: "data file",
        expected: "at most \(max(limit, 1 << 26)) characters, all files together",
        found: "\(stored)", remedy: "if the files are not damaged, remove what is not a number")
    }
  }

  private func tooMuch(_ field: String, _ place: String, found: String) -> Diagnostic {
    Diagnostic(
      .tooLarge, path, field: field, expected: "at most \(largestSkip) decoded bytes \(place)",
      found: found,
      remedy: "the file is damaged or made to harm; if it is neither, decompress it first")
  }

  /// Decoded bytes that so many stored ones may stand for.
  private func decodedLimit(of stored: Int) -> Int {
    let (limit, overflow) = stored.multipliedReportingOverflow(by: max(1, options.maximumRatio))
    if overflow { return .max }
    // bzip2 packs runs without any limit worth the name, so that small files cannot be judged.
    // What they are granted, the files of a header share.
    return encoding == .bzip2 ? max(limit, ReadOptions.smallestBZip2Limit / parts.count) : limit
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
    "\(part.path): data: \(counted(count, "byte")) after the last voxel "
      + "\(count == 1 ? "is" : "are") ignored"
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
          part, expected: "\(counted(need, "byte")) of raw voxels",
          found: "\(max(0, stored - skip - back))")
      }
    case .gzip, .bzip2:
      let limit = decodedLimit(of: stored)
      guard need <= limit else {
        throw Diagnostic(
          .tooLarge, part.path, at: part.line.map { Place(line: $0) }, field: "sizes",
          expected: "at most \(limit) decoded bytes from \(stored) compressed bytes",
          found: "\(need)",
          remedy: "the file is damaged or made to harm; if it is neither, raise --max-ratio")
      }
    case .ascii:
      guard need / type.byteCount <= (stored - skip + 1) / 2 else {
        throw tooShort(
          part, expected: "\(counted(need / type.byteCount, "number")) as text",
          found: counted(stored, "byte"))
      }
    case .hex:
      guard need <= max(0, stored - skip) / 2 else {
        throw tooShort(
          part, expected: "\(counted(need, "byte")) as hexadecimal digits",
          found: counted(stored, "digit"))
      }
    }
  }

  private func tooShort(_ part: Part, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .truncated, part.path, field: "data", expected: expected, found: found,
      remedy: "the file is cut off or its header's sizes are wrong; get the file again")
  }

  /// Decodes everything.
  ///
  /// - Complexity: memory for the elements plus less than 8 MB.
  func decode(reporting progress: TransferProgress? = nil) throws -> ElementBuffer {
    try checkSizes()
    guard let storage = ElementStorage(byteCount: byteCount) else {
      throw Diagnostic(
        .tooLarge, path, field: "sizes", expected: "at most as many voxels as memory holds",
        found: counted(byteCount, "byte"),
        remedy: "use a machine with more memory or a smaller image")
    }
    var warnings: [String] = []
    // What may still be decoded only to be dropped.
    var spare = largestSkip
    for (index, part) in parts.enumerated() {
      let start = index * partByteCount
      let target = UnsafeMutableRawBufferPointer(
        rebasing: storage.bytes[start..<start + partByteCount])
      let total = byteCount
      let transfer = Transfer(threads: options.threads, progress: progress)
        .shifted(by: start, of: total)
      let tail = try decode(part, into: target, by: transfer, spare: &spare)
      switch tail {
      case .none: break
      // Those of raw data have been warned of already, and are not read.
      case .surplus(let count):
        guard encoding != .raw else { continue }
        warnings.append(Self.surplus(count, in: part))
        spare -= count
      case .garbage(let offset):
        let rest = part.fileSize - offset
        warnings.append(
          "\(part.path): data: \(counted(rest, "byte")) after the \(encoding.rawValue) stream "
            + "\(rest == 1 ? "is" : "are") ignored")
      case .abandoned:
        spare -= DecodedTail.limit
        warnings.append(
          "\(part.path): data: more than \(DecodedTail.limit) bytes after the last voxel are "
            + "ignored, the checksum is not verified")
      }
      guard spare >= 0 else {
        throw tooMuch("data", "beside the voxels, all files together", found: "more")
      }
    }
    let unit = type.swapUnit
    if unit > 1, endianness != .host, encoding != .ascii {
      swapBytes(storage.bytes, unit: unit, threads: Transfer(threads: options.threads).threads)
    }
    return ElementBuffer(type: type, sizes: sizes, storage: storage, warnings: warnings)
  }

  private func decode(
    _ part: Part, into target: UnsafeMutableRawBufferPointer, by transfer: Transfer,
    spare: inout Int
  ) throws -> DecodedTail {
    var section = FileSection(part.file, from: part.start)
    // Of many files one is open at a time.
    defer { if parts.count > 1, part.file !== file { part.file.release() } }
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
          ? decodeCompressed(section, by: codec, into: target, transfer, spare: &spare)
          : codec.decode(section, skip: byteSkip, into: target, by: transfer)
      }
    } catch let failure as CodecFailure {
      throw error(failure, part)
    }
  }

  private func decodeCompressed(
    _ section: FileSection, by codec: any Codec, into target: UnsafeMutableRawBufferPointer,
    _ transfer: Transfer, spare: inout Int
  ) throws -> DecodedTail {
    guard byteSkip < 0 else {
      return try codec.decode(section, skip: byteSkip, into: target, by: transfer)
    }
    // From the end: the length must be known first, so the stream is decoded twice.
    let (most, beyond) = spare.addingReportingOverflow(target.count)
    let total = try codec.decodedByteCount(
      section, limit: min(decodedLimit(of: section.count), beyond ? .max : most))
    spare -= max(0, total - target.count)
    let skip = total - target.count + byteSkip + 1
    guard skip >= 0 else { throw CodecFailure.tooShort(decoded: max(0, total + byteSkip + 1)) }
    _ = try codec.decode(section, skip: skip, into: target, by: transfer)
    return .none
  }

  private func unsupported(_ what: String) -> Diagnostic {
    Diagnostic(
      .unsupported, path, field: "encoding", expected: "raw, hex, gzip or bzip2", found: what,
      remedy: "convert the file with another tool first")
  }

  private func error(_ failure: CodecFailure, _ part: Part) -> Diagnostic {
    let remedy = "the file is damaged or its header is wrong; get the file again"
    func make(_ code: Diagnostic.Code, _ expected: String, _ found: String) -> Diagnostic {
      Diagnostic(
        code, part.path, field: "data", expected: expected, found: found, remedy: remedy)
    }
    switch failure {
    case .tooShort(let decoded):
      return make(.truncated, "\(counted(partByteCount, "byte")) of voxels", "\(decoded)")
    case .truncated(let offset):
      return make(
        .truncated, "a whole \(encoding.rawValue) stream", "its end at byte \(offset) of the file")
    case .corrupt(let offset, let reason):
      return make(.corrupt, "\(encoding.rawValue) data", "\(reason) near byte \(offset)")
    case .tooLong:
      return tooMuch("byte skip", "before the voxels, all files together", found: "more")
    }
  }
}
