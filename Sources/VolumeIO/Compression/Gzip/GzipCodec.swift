import Files

/// Deflate with gzip framing (RFC 1951, RFC 1952).
///
/// Reading accepts any number of members, and zero bytes after the last one. Other bytes there are
/// ignored, as gzip(1) and teem do, and reported. Header, CRC and length of every member are
/// checked. Writing makes one member, because some readers stop after the first.
struct GzipCodec: Codec {
  /// What decodes and encodes piece by piece.
  var library = DeflateLibrary.preferred
  /// Whether small sections may be inflated in one piece.
  var allowsWhole = true

  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail {
    if allowsWhole, skip == 0,
      try WholeInflation.decode(section, into: target, threads: transfer.threads)
    {
      try transfer.progress?(target.count, target.count)
      return .none
    }
    var inflater = Inflater(section, library: library)
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { scratch.deallocate() }
    var skipped = 0
    while skipped < skip {
      let piece = min(scratch.count, skip - skipped)
      let got = try inflater.read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<piece]))
      if got == 0 { throw CodecFailure.tooShort(decoded: 0) }
      skipped += got
    }
    var done = 0
    while done < target.count {
      let piece = done..<min(target.count, done + 1 << 20)
      let got = try inflater.read(into: UnsafeMutableRawBufferPointer(rebasing: target[piece]))
      done += got
      if got < piece.count { break }
      try transfer.progress?(done, target.count)
    }
    guard done == target.count else {
      if let offset = inflater.garbageOffset {
        throw CodecFailure.corrupt(
          offset: offset, reason: "other bytes behind \(done) decoded ones")
      }
      throw CodecFailure.tooShort(decoded: done)
    }
    var surplus = 0
    while true {
      let more = try inflater.read(into: scratch)
      if more == 0 { break }
      surplus += more
      if surplus > DecodedTail.limit { return .abandoned }
    }
    if surplus > 0 { return .surplus(surplus) }
    return inflater.garbageOffset.map { .garbage(offset: $0) } ?? .none
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int {
    var inflater = Inflater(section, library: library)
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { scratch.deallocate() }
    var total = 0
    while true {
      let got = try inflater.read(into: scratch)
      if got == 0 { return total }
      total += got
      if total > limit { throw CodecFailure.tooLong }
    }
  }

  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try GzipFrame.header.withUnsafeBytes(put)
    let method = DeflateMethod(level: level, library: library)
    let (crc, count) = try ParallelDeflation(source, method: method, transfer: transfer).run(put)
    try GzipFrame.trailer(crc: crc, count: count).withUnsafeBytes(put)
  }
}
