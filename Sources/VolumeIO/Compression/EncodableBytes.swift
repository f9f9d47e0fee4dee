/// Elements in memory that are to be encoded, in the byte order the file wants.
///
/// Unchecked: the bytes are read only, and whoever lends them outlives the encoding.
struct EncodableBytes: @unchecked Sendable {
  /// Bytes that come first and are never turned round, such as a header that is compressed too.
  private(set) var prefix: [UInt8] = []
  let bytes: UnsafeRawBufferPointer
  /// Bytes of the numbers to be turned round; 1 where nothing is.
  let swapUnit: Int
  /// Bytes of one element, and of one row of them: where a compressor looks for repetitions first.
  let elementSize: Int
  let rowSize: Int

  init(bytes: UnsafeRawBufferPointer, swapUnit: Int, elementSize: Int = 1, rowSize: Int = 0) {
    (self.bytes, self.swapUnit) = (bytes, swapUnit)
    (self.elementSize, self.rowSize) = (elementSize, rowSize)
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
    for range in chunks(of: size) { try withChunk(range, body) }
  }

  /// The ranges of ``bytes`` that chunks of `size` make; none where there are no bytes.
  func chunks(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: bytes.count, by: size).map { $0..<min($0 + size, bytes.count) }
  }
}
