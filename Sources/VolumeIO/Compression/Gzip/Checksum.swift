import Concurrency
import CDeflate
import CZlib

/// CRC-32 as gzip has it.
enum Checksum {
  /// The checksum of what `crc` is of, followed by `bytes`.
  static func crc32(_ bytes: UnsafeRawBufferPointer, after crc: UInt32 = 0) -> UInt32 {
    // Null means a fresh start to the library.
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return crc }
    return libdeflate_crc32(crc, start, bytes.count)
  }

  /// The checksum of two pieces, one after the other, the second of `count` bytes.
  static func joined(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
  }

  /// The checksum of `bytes`, taken in parts.
  static func crc32(_ bytes: UnsafeRawBufferPointer, threads: Int) -> UInt32 {
    let parts = bytes.count < 1 << 20 ? 1 : threads
    guard parts > 1 else { return crc32(bytes) }
    nonisolated(unsafe) let bytes = bytes  // Read only.
    let ranges = (0..<parts).map { bytes.count * $0 / parts..<bytes.count * ($0 + 1) / parts }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: parts) { sums in
      sums.initialize(repeating: 0)
      nonisolated(unsafe) let sums = sums  // Each is written by one thread.
      Parallel.forEach(parts, threads: threads) { _, part in
        sums[part] = crc32(UnsafeRawBufferPointer(rebasing: bytes[ranges[part]]))
      }
      return (1..<parts).reduce(sums[0]) { joined($0, sums[$1], count: ranges[$1].count) }
    }
  }
}
