import CBZip2
import Files

/// The decoded bytes of a section of bzip2 streams, one after the other.
struct BZip2Inflater: ~Copyable {
  private var input: InputWindow
  private let stream: UnsafeMutablePointer<bz_stream>
  private var isInStream = false
  private var hasBegun = false
  private var isAtEnd = false
  /// Where bytes began that belong to no stream, behind at least one.
  private(set) var garbageOffset: Int?

  init(_ section: FileSection) {
    input = InputWindow(section)
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
  }

  deinit {
    if isInStream { BZ2_bzDecompressEnd(stream) }
    stream.deallocate()
  }

  /// Decodes up to `target.count` bytes; fewer only at the end of the last stream.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < target.count, try isInStream || beginStream() {
      let stored = try input.bytes()
      let room = min(target.count - done, 1 << 30)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: stored.baseAddress?.assumingMemoryBound(to: CChar.self))
      stream.pointee.avail_in = UInt32(stored.count)
      stream.pointee.next_out = (target.baseAddress! + done).assumingMemoryBound(to: CChar.self)
      stream.pointee.avail_out = UInt32(room)
      let offset = input.offset
      let status = BZ2_bzDecompress(stream)
      let made = room - Int(stream.pointee.avail_out)
      input.advance(stored.count - Int(stream.pointee.avail_in))
      done += made
      switch status {
      case BZ_OK:
        if made == 0, stored.isEmpty { throw CodecFailure.truncated(offset: offset) }
      case BZ_STREAM_END:
        BZ2_bzDecompressEnd(stream)
        isInStream = false
      default:
        throw CodecFailure.corrupt(offset: offset, reason: Self.reason(status))
      }
    }
    return done
  }

  /// Whether there is another stream.
  private mutating func beginStream() throws -> Bool {
    if isAtEnd { return false }
    guard let first = try input.peek() else {
      isAtEnd = true
      if !hasBegun { throw CodecFailure.truncated(offset: input.offset) }
      return false
    }
    if hasBegun, first != UInt8(ascii: "B") {
      garbageOffset = input.offset
      isAtEnd = true
      return false
    }
    stream.initialize(to: bz_stream())
    guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      throw CodecFailure.corrupt(offset: input.offset, reason: "too little memory for bzip2")
    }
    isInStream = true
    hasBegun = true
    return true
  }

  private static func reason(_ status: Int32) -> String {
    switch status {
    case BZ_DATA_ERROR: "a bzip2 block that is damaged or fails its checksum"
    case BZ_DATA_ERROR_MAGIC: "no bzip2 header"
    case BZ_MEM_ERROR: "too little memory for bzip2"
    default: "bzip2 status \(status)"
    }
  }
}
