/// Bytes compressed in memory.
public enum Gzip {
  /// A gzip stream of bytes, by the codec that files are written with.
  ///
  /// - Parameters:
  ///   - prefix: bytes that come first, such as a header.
  ///   - level: 0 stores, 1 to 3 are fast, 4 to 9 are zlib's.
  ///   - threads: that compress at once; the stream does not depend on it.
  /// - Complexity: O(bytes); a few MB a thread beside the stream.
  public static func compress(
    _ bytes: UnsafeRawBufferPointer, behind prefix: [UInt8] = [],
    level: Int = WriteOptions.defaultCompressionLevel, threads: Int = 1
  ) throws -> [UInt8] {
    var stream: [UInt8] = []
    try GzipCodec().encode(
      EncodableBytes(bytes: bytes, swapUnit: 1).preceded(by: prefix), level: level,
      by: Transfer(threads: threads)
    ) { stream.append(contentsOf: $0) }
    return stream
  }
}
