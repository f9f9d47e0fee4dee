/// Deflates what is mostly repetitions of the element before or of the row before: masks and labels.
///
/// A general compressor looks every position up in a table. Here only four distances are tried, one
/// element, one row, and one row give or take an element; on a mask that is as fast as memory and
/// finds longer matches than a fast general compressor does. One block of dynamic codes a chunk.
final class RunDeflater {
  private let words: WordParser
  private let tokens: DeflateTokens
  /// How chunks of runs of bytes are taken.
  private let ofBytes: OfBytes?

  private struct OfBytes {
    let runs: ByteRuns
    let parser: RunParser
    let checksum: RunChecksum
  }

  /// What a chunk has become, and its checksum where that cost nothing.
  struct Result {
    let deflated: [UInt8]
    let crc: UInt32?
  }

  /// - Parameters:
  ///   - capacity: bytes of the largest chunk.
  ///   - elementSize: bytes of an element, at least 1.
  ///   - rowSize: bytes of a row of elements; 0 where there are none.
  init(capacity: Int, elementSize: Int, rowSize: Int) {
    var distances = [elementSize]
    if rowSize > 2 * elementSize {
      distances += [rowSize, rowSize - elementSize, rowSize + elementSize]
    }
    distances = distances.filter { $0 <= 32768 }
    words = WordParser(distances: distances)
    tokens = DeflateTokens(capacity: capacity, distances: distances)
    ofBytes =
      distances == RunParser.distances(row: rowSize) && capacity <= ByteRuns.largestChunk
      ? OfBytes(
        runs: ByteRuns(capacity: capacity), parser: RunParser(row: rowSize),
        checksum: RunChecksum(capacity: capacity)) : nil
  }

  /// Deflate blocks that end on a byte's border; nil where `bytes` are not mostly repetitions.
  func deflate(_ bytes: UnsafeRawBufferPointer) -> Result? {
    if let ofBytes, bytes.count >= RunChecksum.smallestChunk, ofBytes.runs.find(bytes) {
      guard tokens.fill({ ofBytes.parser.parse(ofBytes.runs, &$0) }) else { return nil }
      return Result(deflated: tokens.written(), crc: ofBytes.checksum.crc32(ofBytes.runs))
    }
    guard !bytes.isEmpty, tokens.fill({ words.parse(bytes, &$0) }) else { return nil }
    return Result(deflated: tokens.written(), crc: nil)
  }
}
