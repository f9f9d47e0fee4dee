import Files

/// The stored bytes of a section, block by block, with the last few of the block before still there.
///
/// A decoder that takes bits in words has read ahead when its stream ends; ``unread(_:)`` gives those
/// bytes back even if they came from the block before.
struct InputWindow: ~Copyable {
  private static let kept = 16
  private let section: FileSection
  private let buffer: UnsafeMutableRawBufferPointer
  /// The unread part of `buffer`.
  private var position = kept
  private var end = kept
  /// The file offset behind `buffer[end]`.
  private var nextOffset: Int

  init(_ section: FileSection, blockSize: Int = 1 << 18) {
    self.section = section
    nextOffset = section.start
    buffer = .allocate(byteCount: Self.kept + blockSize, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// The file offset of the next byte.
  var offset: Int { nextOffset - (end - position) }

  /// The bytes that are at hand; empty only at the section's end.
  mutating func bytes() throws -> UnsafeRawBufferPointer {
    if position == end { try refill() }
    return UnsafeRawBufferPointer(rebasing: buffer[position..<end])
  }

  /// The next byte; nil at the section's end.
  mutating func next() throws -> UInt8? {
    if position == end {
      try refill()
      if position == end { return nil }
    }
    defer { position += 1 }
    return buffer[position]
  }

  /// The next byte, which stays.
  mutating func peek() throws -> UInt8? {
    guard let byte = try next() else { return nil }
    position -= 1
    return byte
  }

  /// Passes over bytes that are at hand; a negative count gives some back, at most 8.
  mutating func advance(_ count: Int) {
    position += count
    precondition(position >= 0 && position <= end, "more bytes than are at hand")
  }

  private mutating func refill() throws {
    let wanted = min(buffer.count - Self.kept, section.end - nextOffset)
    guard wanted > 0 else { return }
    // Where less was read so far, what is kept means nothing, and nobody will ask for it.
    let tail = UnsafeRawBufferPointer(rebasing: buffer[end - Self.kept..<end])
    memmove(buffer.baseAddress!, tail)
    let got = try section.file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[Self.kept..<Self.kept + wanted]),
      at: nextOffset)
    nextOffset += got
    (position, end) = (Self.kept, Self.kept + got)
  }

  private func memmove(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawBufferPointer) {
    target.copyMemory(from: source.baseAddress!, byteCount: source.count)
  }
}
