import Files
import Concurrency

/// Elements stored as they are.
///
/// Read straight into the final memory rather than mapped: a mapped file that somebody cuts short
/// ends the process, a read that comes up short is an error of its case.
struct RawCodec: Codec {
  /// What one thread reads at a time.
  private static let piece = 1 << 20

  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail {
    let available = section.count - skip
    guard available >= target.count else {
      throw CodecFailure.tooShort(decoded: max(0, available))
    }
    let pieces = (target.count + Self.piece - 1) / Self.piece
    let total = target.count
    nonisolated(unsafe) let target = target  // Each piece is written by one thread.
    let first = section.start + skip
    let done = Guarded(0)
    // In order, where the bytes are hashed on the way: that takes longer than reading them.
    let threads = section.file.isHashing ? 1 : transfer.threads
    try Parallel.forEach(pieces, threads: threads) { _, index in
      let range = index * Self.piece..<min((index + 1) * Self.piece, total)
      let got = try section.file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: target[range]), at: first + range.lowerBound)
      guard got == range.count else {
        throw CodecFailure.tooShort(decoded: range.lowerBound + got)
      }
      if let progress = transfer.progress {
        try done.withLock {
          $0 += got
          try progress($0, total)
        }
      }
    }
    return available > total ? .surplus(available - total) : .none
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int { section.count }

  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    // Bytes that need no turning could go to the file in one piece, but for the progress.
    let total = source.prefix.count + source.bytes.count
    var done = 0
    try source.forEachChunk(of: source.swapUnit == 1 ? 16 << 20 : 1 << 18) { chunk in
      try put(chunk)
      done += chunk.count
      try transfer.progress?(done, total)
    }
  }
}
