/// Turns chunks into deflate blocks that end on a byte's border. One thread's own.
final class ChunkDeflater: @unchecked Sendable {
  // Invariant behind @unchecked: its maker lets one thread at a time use it.
  private let method: DeflateMethod
  private let runs: RunDeflater?
  private let general: (any GeneralDeflater)?

  init(_ method: DeflateMethod, _ source: EncodableBytes) {
    self.method = method
    let chunkSize = min(ParallelDeflation.chunkSize, max(source.bytes.count, 1))
    runs =
      method.seeksRuns
      ? RunDeflater(
        capacity: chunkSize, elementSize: source.elementSize, rowSize: source.rowSize) : nil
    switch method.general {
    case .stored: general = nil
    #if CALVARIA_ISAL
      case .isal(let level): general = IgzipDeflater(level: level)
    #endif
    case .zlib(let level): general = ZlibDeflater(level: level)
    }
  }

  /// - Parameter isPrefix: whether the bytes are no elements.
  func deflate(_ bytes: UnsafeRawBufferPointer, isPrefix: Bool) -> ParallelDeflation.Piece {
    if !isPrefix, let result = runs?.deflate(bytes) {
      return ParallelDeflation.Piece(
        deflated: result.deflated, crc: result.crc ?? Checksum.crc32(bytes), count: bytes.count)
    }
    // First, for what it brings into the caches is deflated from there.
    let crc = Checksum.crc32(bytes)
    let deflated = general?.deflate(bytes) ?? StoredBlocks.deflate(bytes)
    return ParallelDeflation.Piece(deflated: deflated, crc: crc, count: bytes.count)
  }
}

/// A library that deflates a chunk, ending on a byte's border; nil where the result would be larger
/// than the bytes stored.
protocol GeneralDeflater: AnyObject {
  func deflate(_ bytes: UnsafeRawBufferPointer) -> [UInt8]?
}

/// Blocks that hold bytes as they are (RFC 1951, section 3.2.4).
enum StoredBlocks {
  static func deflate(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 5 * (bytes.count / 65535 + 1))
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let block = bytes[start..<min(start + 65535, bytes.count)]
      let count = UInt16(block.count)
      result.append(0)
      for word in [count, ~count] {
        result.append(UInt8(truncatingIfNeeded: word))
        result.append(UInt8(word >> 8))
      }
      result.append(contentsOf: UnsafeRawBufferPointer(rebasing: block))
    }
    return result
  }
}
