import Concurrency
import Volumes

/// A mask as one bit a voxel, with a border of one outside voxel on all six sides.
///
/// *Memory order*: row (j, k) of the padded grid starts at word `(j + k · rows) · wordsPerRow`; bit i
/// of it is voxel (i − 1, j − 1, k − 1) of the mask. Bit 0 of every row is border, so whoever shifts a
/// row by one may take the missing bit from the first word of the next row; one word follows the last.
struct BitGrid {
  let wordsPerRow: Int
  /// Rows a layer: the mask's size along y, and 2.
  let rows: Int
  /// Layers: the mask's size along z, and 2.
  let layers: Int
  let words: [UInt64]

  /// - Complexity: one pass over the mask; an eighth of its bytes.
  init(_ mask: Mask, threads: Int) {
    let sizes = mask.sizes
    let wordsPerRow = (sizes.x + 2 + 63) / 64
    let (rows, layers) = (sizes.y + 2, sizes.z + 2)
    let count = wordsPerRow * rows * layers + 1
    words = [UInt64](unsafeUninitializedCapacity: count) { words, initialized in
      words.initialize(repeating: 0)
      let base = words.baseAddress!
      mask.withBytes { bytes in
        let source = UnsafeRawPointer(bytes.baseAddress!)
        Parallel.forEach(sizes.z, threads: threads) { _, z in
          for y in 0..<sizes.y {
            Self.pack(
              source + (z * sizes.y + y) * sizes.x, count: sizes.x,
              into: base + ((z + 1) * rows + y + 1) * wordsPerRow)
          }
        }
      }
      initialized = count
    }
    (self.wordsPerRow, self.rows, self.layers) = (wordsPerRow, rows, layers)
  }

  /// Packs `count` bytes of 0 or 1 into bits 1, 2, … of a row.
  @inline(__always)
  private static func pack(
    _ bytes: UnsafeRawPointer, count: Int, into row: UnsafeMutablePointer<UInt64>
  ) {
    var x = 0
    while x + 8 <= count {
      let eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: x, as: UInt64.self))
      if eight != 0 {
        // Byte n lands in bit 56 + n: the partial products never meet in one bit.
        let bits = (eight &* 0x0102_0408_1020_4080) >> 56
        let (word, bit) = ((x + 1) / 64, (x + 1) % 64)
        row[word] |= bits << UInt64(bit)
        if bit > 56 { row[word + 1] |= bits >> UInt64(64 - bit) }
      }
      x += 8
    }
    while x < count {
      row[(x + 1) / 64] |=
        UInt64(bytes.load(fromByteOffset: x, as: UInt8.self))
        << UInt64((x + 1) % 64)
      x += 1
    }
  }
}
