import Files

/// One way of turning elements into stored bytes and back.
///
/// A codec gets the whole job at once (which bytes of which file, where to), not one block after the
/// other, so that an implementation is free to inflate straight into the final memory, to work on a
/// mapped file, or to use several threads.
protocol Codec: Sendable {
  /// Decodes `section`, drops the first `skip` decoded bytes and fills `target` with the next.
  ///
  /// - Throws: ``CodecFailure``; `FileError`.
  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer
  ) throws -> DecodedTail

  /// The number of decoded bytes in `section`.
  ///
  /// - Throws: ``CodecFailure``, also where it exceeds `limit`; `FileError`.
  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int

  /// Encodes `source` and hands the stored bytes on, in order.
  func encode(
    _ source: EncodableBytes, level: Int, to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws
}

/// What came after the wanted bytes.
enum DecodedTail: Hashable {
  /// Nothing.
  case none
  /// So many more bytes, decoded and checked.
  case surplus(Int)
  /// So many more bytes that decoding was given up, the checksum with it.
  case abandoned
}

/// Why stored bytes could not be decoded; the caller adds file and field.
enum CodecFailure: Error, Hashable {
  /// The decoded bytes end after so many of the wanted ones.
  case tooShort(decoded: Int)
  /// The stored bytes end in the middle of a stream, at this offset of the file.
  case truncated(offset: Int)
  /// The stored bytes break the codec's rules.
  case corrupt(offset: Int, reason: String)
  /// There are more decoded bytes than the limit.
  case tooLong
}

/// A range of bytes of an open file.
struct FileSection: Sendable {
  let file: InputFile
  /// The first byte.
  var start: Int
  /// One past the last byte.
  var end: Int

  init(_ file: InputFile, from start: Int) {
    (self.file, self.start, self.end) = (file, min(start, file.size), file.size)
  }

  /// The number of bytes.
  var count: Int { end - start }
}

/// Elements in memory that are to be encoded, in the byte order the file wants.
struct EncodableBytes {
  /// Bytes that come first and are never turned round, such as a header that is compressed too.
  private(set) var prefix: [UInt8] = []
  let bytes: UnsafeRawBufferPointer
  /// Bytes of the numbers to be turned round; 1 where nothing is.
  let swapUnit: Int

  init(bytes: UnsafeRawBufferPointer, swapUnit: Int) {
    (self.bytes, self.swapUnit) = (bytes, swapUnit)
  }

  /// The same elements behind other bytes.
  func preceded(by prefix: [UInt8]) -> EncodableBytes {
    var copy = self
    copy.prefix = prefix
    return copy
  }

  /// The elements' bytes of `range`, which begins and ends between numbers.
  func withChunk<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let chunk = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard swapUnit > 1 else { return try body(chunk) }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk.count, alignment: 64)
    defer { copy.deallocate() }
    copy.copyMemory(from: chunk)
    swapBytes(copy, unit: swapUnit)
    return try body(UnsafeRawBufferPointer(copy))
  }

  /// The prefix, then all elements in chunks of at most `size` bytes (a multiple of 16).
  func forEachChunk(of size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    if !prefix.isEmpty { try prefix.withUnsafeBytes(body) }
    var start = 0
    while start < bytes.count {
      let end = start + min(size, bytes.count - start)
      try withChunk(start..<end, body)
      start = end
    }
  }
}
