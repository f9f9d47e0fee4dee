import Concurrency

/// Deflates a source into one stream, chunk by chunk, on several threads.
///
/// Every chunk ends on a byte's border with an empty stored block, as zlib's sync flush does, so the
/// chunks' bytes can follow one another; an empty last block ends the stream. A chunk knows nothing of
/// the others, so the bytes do not depend on the number of threads.
struct ParallelDeflation {
  /// Decoded bytes of a chunk: what a core's caches hold, so that the checksum's pass over it is the
  /// only one that waits for memory, and enough to be worth codes of its own.
  static let chunkSize = 1 << 20
  /// The block that ends a stream: last, of fixed codes, empty.
  private static let end: [UInt8] = [3, 0]
  /// Chunks a thread in one round; at most so many wait for their turn to be put.
  private static let roundLength = 8

  private let source: EncodableBytes
  private let method: DeflateMethod
  private let transfer: Transfer
  private let chunks: [Range<Int>]

  init(_ source: EncodableBytes, method: DeflateMethod, transfer: Transfer) {
    self.source = source
    self.method = method
    self.transfer = transfer
    chunks = source.chunks(of: Self.chunkSize)
  }

  /// What a chunk has become.
  struct Piece: Sendable {
    let deflated: [UInt8]
    let crc: UInt32
    let count: Int
  }

  /// Puts the whole stream, in order, and gives checksum and number of the decoded bytes.
  func run(_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> (crc: UInt32, count: Int) {
    let total = source.prefix.count + source.bytes.count
    var (crc, count) = (UInt32(0), 0)
    func take(_ piece: Piece) throws {
      try piece.deflated.withUnsafeBytes(put)
      crc = Checksum.joined(crc, piece.crc, count: piece.count)
      count += piece.count
      try transfer.progress?(count, total)
    }
    let threads = max(1, min(transfer.threads, chunks.count))
    // Each worker is one thread's alone.
    let workers = (0..<threads).map { _ in ChunkDeflater(method, source) }
    if !source.prefix.isEmpty {
      try take(source.prefix.withUnsafeBytes { workers[0].deflate($0, isPrefix: true) })
    }
    let length = threads * Self.roundLength
    for start in stride(from: 0, to: chunks.count, by: length) {
      let round = start..<min(start + length, chunks.count)
      try withoutActuallyEscaping(take) { take in
        let queue = OrderedQueue<Piece>(from: round.lowerBound, take: take)
        try Parallel.forEach(round.count, threads: threads) { thread, step in
          let index = round.lowerBound + step
          let piece = source.withChunk(chunks[index]) {
            workers[thread].deflate($0, isPrefix: false)
          }
          try queue.put(piece, at: index)
        }
      }
    }
    try Self.end.withUnsafeBytes(put)
    return (crc, count)
  }
}
