import Files

/// The bytes of a section, one by one.
struct ByteStream {
  private let section: FileSection
  private var block: [UInt8] = []
  private var position = 0
  private var blockOffset: Int

  init(_ section: FileSection) {
    self.section = section
    blockOffset = section.start
  }

  /// The file offset of the next byte.
  var offset: Int { blockOffset + position }

  mutating func next() throws -> UInt8? {
    if position == block.count {
      blockOffset += block.count
      position = 0
      block = try section.file.bytes(
        at: blockOffset, count: min(1 << 16, max(0, section.end - blockOffset)))
      if block.isEmpty { return nil }
    }
    defer { position += 1 }
    return block[position]
  }
}
