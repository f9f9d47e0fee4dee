import CZlib
import Files

/// Deflate with gzip framing (RFC 1951, RFC 1952) by zlib.
///
/// Reading accepts any number of members and zero bytes after the last one; anything else there is
/// an error. CRC and length of every member are checked. Writing makes one member.
struct GzipCodec: Codec {
  /// Surplus decoded bytes that are still read to check the checksum.
  static let surplusLimit = 1 << 24

  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer
  ) throws -> DecodedTail {
    var inflater = try Inflater(section)
    defer { inflater.close() }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { scratch.deallocate() }
    var skipped = 0
    while skipped < skip {
      let piece = min(scratch.count, skip - skipped)
      let got = try inflater.read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<piece]))
      if got == 0 { throw CodecFailure.tooShort(decoded: 0) }
      skipped += got
    }
    let got = try inflater.read(into: target)
    guard got == target.count else { throw CodecFailure.tooShort(decoded: got) }
    var surplus = 0
    while true {
      let more = try inflater.read(into: scratch)
      if more == 0 { return surplus == 0 ? .none : .surplus(surplus) }
      surplus += more
      if surplus > Self.surplusLimit { return .abandoned }
    }
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int {
    var inflater = try Inflater(section)
    defer { inflater.close() }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
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
    _ source: EncodableBytes, level: Int, to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var stream = z_stream()
    // 15 + 16: the largest window, gzip framing.
    let status = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused its own parameters")
    defer { deflateEnd(&stream) }
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { output.deallocate() }

    func push(_ input: UnsafeRawBufferPointer, flush: Int32) throws {
      stream.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      while true {
        stream.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(output.count)
        let status = deflate(&stream, flush)
        let made = output.count - Int(stream.avail_out)
        if made > 0 { try put(UnsafeRawBufferPointer(rebasing: output[..<made])) }
        if flush == Z_FINISH ? status == Z_STREAM_END : stream.avail_out != 0 { return }
      }
    }
    try source.forEachChunk(of: 1 << 20) { try push($0, flush: Z_NO_FLUSH) }
    try push(UnsafeRawBufferPointer(start: nil, count: 0), flush: Z_FINISH)
  }
}

/// The decoded bytes of a section, one after the other.
struct Inflater: ~Copyable {
  private let section: FileSection
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// The file offset of the first byte not yet in `input`.
  private var nextOffset: Int
  private var isOpen = true
  private var isAtEnd = false

  init(_ section: FileSection) throws {
    self.section = section
    nextOffset = section.start
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 17, alignment: 64)
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused its own parameters")
  }

  /// The file offset of the next stored byte.
  private var offset: Int { nextOffset - Int(stream.pointee.avail_in) }

  /// Decodes up to `target.count` bytes; fewer only at the end of the last member.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while !isAtEnd, done < target.count {
      if stream.pointee.avail_in == 0, try refill() == 0 {
        throw CodecFailure.truncated(offset: offset)
      }
      // zlib counts in 32 bits.
      let piece = min(target.count - done, 1 << 30)
      stream.pointee.next_out = (target.baseAddress! + done).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(piece)
      let status = inflate(stream, Z_NO_FLUSH)
      done += piece - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: try beginNextMember()
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw CodecFailure.corrupt(offset: offset, reason: reason)
      }
    }
    return done
  }

  /// Like ``read(into:)``, but a stream that ends early only ends the bytes.
  mutating func readAvailable(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < target.count {
      let next = UnsafeMutableRawBufferPointer(rebasing: target[done..<done + 1])
      do {
        if try read(into: next) == 0 { break }
      } catch CodecFailure.truncated {
        break
      }
      done += 1
    }
    return done
  }

  /// Called with `target` full as well, so that the trailer of the last member is checked.
  private mutating func beginNextMember() throws {
    while true {
      if stream.pointee.avail_in == 0, try refill() == 0 {
        isAtEnd = true
        return
      }
      let next = stream.pointee.next_in.pointee
      if next == 0x1f {
        inflateReset(stream)
        return
      }
      // Padding of zeros is what tapes and block devices leave, as gzip(1) knows.
      guard next == 0 else {
        throw CodecFailure.corrupt(offset: offset, reason: "bytes after the end of the gzip stream")
      }
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
    }
  }

  private mutating func refill() throws -> Int {
    let wanted = min(input.count, section.end - nextOffset)
    guard wanted > 0 else { return 0 }
    let got = try section.file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: input[..<wanted]), at: nextOffset)
    nextOffset += got
    stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(got)
    return got
  }

  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }
}
