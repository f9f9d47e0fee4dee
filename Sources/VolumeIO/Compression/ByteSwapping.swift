import Concurrency

/// Turns the bytes of every number round, in place.
///
/// - Parameter unit: bytes of one number: 1, 2, 4 or 8.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, unit: Int) {
  func swap<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) {
    for offset in stride(from: 0, to: bytes.count - unit + 1, by: unit) {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
      bytes.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: Word.self)
    }
  }
  switch unit {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  case 8: swap(UInt64.self)
  default: break
  }
}

/// Like ``swapBytes(_:unit:)``, in pieces on several threads.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, unit: Int, threads: Int) {
  let piece = 1 << 20
  nonisolated(unsafe) let bytes = bytes  // Each piece is written by one thread.
  Parallel.forEach((bytes.count + piece - 1) / piece, threads: threads) { _, index in
    let range = index * piece..<min((index + 1) * piece, bytes.count)
    swapBytes(UnsafeMutableRawBufferPointer(rebasing: bytes[range]), unit: unit)
  }
}
