import Files

/// The decoded bytes of a section of gzip members, one after the other.
struct Inflater: ~Copyable {
  /// Decoded at a time, so that the checksum finds the bytes in the processor's cache.
  private static let piece = 1 << 18
  private var input: InputWindow
  private let raw: any RawInflater
  /// Of the bytes decoded from the member under way.
  private var crc: UInt32 = 0
  private var count = 0
  private var isInMember = false
  /// What the trailer ahead must say.
  private var due: (crc: UInt32, count: Int)?
  private var isAtEnd = false
  /// Where bytes began that belong to no member, behind at least one.
  private(set) var garbageOffset: Int?

  init(_ section: FileSection, library: DeflateLibrary = .preferred) {
    input = InputWindow(section)
    raw = library.makeInflater()
  }

  /// Decodes up to `target.count` bytes; fewer only at the end of the last member.
  ///
  /// Must be called once more than there are bytes, or with room for more, to check the trailer of
  /// the last member.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < target.count, let made = try step(into: target, from: done) { done += made }
    return done
  }

  /// Like ``read(into:)``, but a stream that ends early or is damaged only ends the bytes, if there
  /// are at least so many.
  mutating func readAvailable(
    into target: UnsafeMutableRawBufferPointer, atLeast least: Int
  ) throws -> Int {
    var done = 0
    do {
      while done < target.count, let made = try step(into: target, from: done) { done += made }
    } catch let failure as CodecFailure {
      if done < least { throw failure }
    }
    return done
  }

  /// One piece; nil at the end.
  private mutating func step(
    into target: UnsafeMutableRawBufferPointer, from done: Int
  ) throws -> Int? {
    if let (crc, count) = due {
      due = nil
      try GzipFrame.checkTrailer(&input, crc: crc, count: count)
    }
    guard !isAtEnd, try isInMember || beginMember() else { return nil }
    let stored = try input.bytes()
    let room = UnsafeMutableRawBufferPointer(
      rebasing: target[done..<min(target.count, done + Self.piece)])
    let offset = input.offset
    let (used, made, isComplete): (Int, Int, Bool)
    do throws(DeflateError) {
      (used, made, isComplete) = try raw.inflate(stored, into: room)
    } catch {
      throw CodecFailure.corrupt(offset: offset, reason: error.reason)
    }
    input.advance(used)
    crc = Checksum.crc32(UnsafeRawBufferPointer(rebasing: room[..<made]), after: crc)
    count += made
    if isComplete {
      // Looked at by the next step, so that the bytes that were decoded are not lost with it.
      due = (crc, count)
      isInMember = false
    } else if made == 0, stored.isEmpty {
      throw CodecFailure.truncated(offset: input.offset)
    }
    return made
  }

  /// Whether there is another member.
  private mutating func beginMember() throws -> Bool {
    if count > 0 || crc != 0 || hasBegun {
      switch try GzipFrame.sequel(&input) {
      case .member: break
      case .end:
        isAtEnd = true
        return false
      case .garbage:
        garbageOffset = input.offset
        isAtEnd = true
        return false
      }
    }
    try GzipFrame.skipHeader(&input)
    raw.reset()
    (crc, count, isInMember, hasBegun) = (0, 0, true, true)
    return true
  }

  private var hasBegun = false
}
