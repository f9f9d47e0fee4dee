import CZlib

final class ZlibDeflater: GeneralDeflater {
  private let stream: UnsafeMutablePointer<z_stream>

  init(level: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // −15: the largest window, no framing; 9: as much memory as helps.
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused its own parameters")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func deflate(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    deflateReset(stream)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(bytes.count)
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: bytes.count + 1024) { buffer, made in
      stream.pointee.next_out = buffer.baseAddress
      stream.pointee.avail_out = UInt32(buffer.count)
      let status = CZlib.deflate(stream, Z_SYNC_FLUSH)
      made = buffer.count - Int(stream.pointee.avail_out)
      // Room left over says that nothing is held back.
      isWhole = status == Z_OK && stream.pointee.avail_out > 0
    }
    return isWhole ? result : nil
  }
}
