import Concurrency
import CBZip2
import Files

/// bzip2.
///
/// Reading accepts any number of streams. Other bytes after them are ignored, as bzip2(1) does, and
/// reported. Writing makes one stream, because some readers stop after the first; its blocks are
/// compressed on several threads.
struct BZip2Codec: Codec {
  /// Decoded bytes of a block. bzip2's first step may lengthen them by a quarter, and a block takes
  /// 899 981 bytes; a multiple of 16.
  private static let blockSize = 719_872
  /// Blocks a thread in one round.
  private static let roundLength = 4

  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail {
    var inflater = BZip2Inflater(section)
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
    guard done == target.count else { throw CodecFailure.tooShort(decoded: done) }
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
    var inflater = BZip2Inflater(section)
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

  /// - Parameter level: has no say: bzip2 is as fast with its largest blocks as with others.
  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let total = source.prefix.count + source.bytes.count
    var (joiner, done) = (BZip2Joiner(), 0)
    func take(_ block: (stream: [UInt8], count: Int)) throws {
      try joiner.append(block.stream).withUnsafeBytes(put)
      done += block.count
      try transfer.progress?(done, total)
    }
    for start in stride(from: 0, to: source.prefix.count, by: Self.blockSize) {
      let end = min(start + Self.blockSize, source.prefix.count)
      let stream = source.prefix[start..<end].withUnsafeBytes(Self.compressed)
      try take((stream, end - start))
    }
    let chunks = source.chunks(of: Self.blockSize)
    let threads = max(1, min(transfer.threads, chunks.count))
    let length = threads * Self.roundLength
    for start in stride(from: 0, to: chunks.count, by: length) {
      let round = start..<min(start + length, chunks.count)
      try withoutActuallyEscaping(take) { take in
        let queue = OrderedQueue<(stream: [UInt8], count: Int)>(from: start, take: take)
        try Parallel.forEach(round.count, threads: threads) { _, step in
          let range = chunks[start + step]
          try queue.put(
            (source.withChunk(range, Self.compressed), range.count), at: start + step)
        }
      }
    }
    try joiner.finish().withUnsafeBytes(put)
  }

  /// A stream of one block.
  private static func compressed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 100 + 600) { buffer, made in
      var count = UInt32(buffer.count)
      let status = buffer.withMemoryRebound(to: CChar.self) { target in
        BZ2_bzBuffToBuffCompress(
          target.baseAddress, &count,
          UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: CChar.self)),
          UInt32(bytes.count), 9, 0, 0)
      }
      precondition(status == BZ_OK, "bzip2 refused its own parameters, or there is no memory")
      made = Int(count)
    }
  }
}
