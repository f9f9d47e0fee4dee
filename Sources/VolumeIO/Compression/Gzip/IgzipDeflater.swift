#if CALVARIA_ISAL
  import CISAL

  import Glibc

  final class IgzipDeflater: GeneralDeflater {
    private let stream: UnsafeMutablePointer<isal_zstream>
    private let work: UnsafeMutablePointer<UInt8>
    private let output: UnsafeMutableBufferPointer<UInt8>

    init(level: UInt32) {
      guard let stream = calvaria_isal_deflate_make() else { fatalError("out of memory") }
      self.stream = stream
      let workSize = calvaria_isal_level_bytes(level)
      work = .allocate(capacity: max(1, Int(workSize)))
      output = .allocate(capacity: ParallelDeflation.chunkSize + 4096)
      isal_deflate_init(stream)
      stream.pointee.level = level
      stream.pointee.level_buf = work
      stream.pointee.level_buf_size = workSize
      stream.pointee.flush = UInt16(SYNC_FLUSH)
    }

    deinit {
      free(stream)
      work.deallocate()
      output.deallocate()
    }

    func deflate(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
      isal_deflate_reset(stream)
      stream.pointee.end_of_stream = 0
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(bytes.count)
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(output.count)
      let status = isal_deflate(stream)
      guard status == COMP_OK, calvaria_isal_is_flushed(stream) != 0 else { return nil }
      return Array(output[..<(output.count - Int(stream.pointee.avail_out))])
    }
  }
#endif
