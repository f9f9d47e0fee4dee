import Files

/// Elements stored as they are.
struct RawCodec: Codec {
  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer
  ) throws -> DecodedTail {
    let available = section.count - skip
    guard available >= target.count else {
      throw CodecFailure.tooShort(decoded: max(0, available))
    }
    let got = try section.file.read(into: target, at: section.start + skip)
    guard got == target.count else { throw CodecFailure.tooShort(decoded: got) }
    return available > target.count ? .surplus(available - target.count) : .none
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int { section.count }

  func encode(
    _ source: EncodableBytes, level: Int, to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    // Bytes that need no turning go to the file in one piece.
    try source.forEachChunk(of: source.swapUnit == 1 ? .max : 1 << 18, put)
  }
}
