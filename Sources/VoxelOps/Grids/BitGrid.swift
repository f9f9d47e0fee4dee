import Concurrency
package import Volumes

/// The voxels of a box as bits: 64 along x in a word, rows padded to whole words.
///
/// A mask of 67 MB is 8 MB here, and a step along x, y or z of 64 voxels is one operation: what
/// morphology and surfaces are made of. Bits past the end of a row are 0 unless an operation says
/// otherwise.
///
/// *Memory order*: bit `x & 63` of word `x / 64` of row y of plane z; the words of a row lie
/// together, rows and planes follow as in a mask. Indices count from the box's lower corner.
package final class BitGrid {
  /// The voxels that the bits stand for, in indices of the mask's grid; may reach beyond it.
  package let box: IndexBox
  /// Voxels along x.
  package let width: Int
  /// Rows of a plane.
  package let height: Int
  /// Planes.
  package let depth: Int
  package let wordsPerRow: Int
  package let words: UnsafeMutablePointer<UInt64>

  /// A grid of zeros.
  ///
  /// - Precondition: the box is not empty.
  package init(zerosIn box: IndexBox) {
    precondition(!box.isEmpty, "a box without voxels")
    self.box = box
    (width, height, depth) = (box.extent.x, box.extent.y, box.extent.z)
    wordsPerRow = (width + 63) / 64
    let count = wordsPerRow * height * depth
    words = .allocate(capacity: count)
    words.initialize(repeating: 0, count: count)
  }

  /// The part of a mask that lies in a box; outside the mask's grid there is nothing.
  ///
  /// - Complexity: one pass over the part; an eighth of a byte a voxel of the box.
  package convenience init(_ mask: Mask, in box: IndexBox, threads: Int) {
    self.init(zerosIn: box)
    let sizes = mask.sizes
    let part = box.clipped(to: IndexBox(sizes))
    guard !part.isEmpty else { return }
    mask.withBytes { bytes in
      Slabs.run(part.extent.z, threads: threads) { slab in
        for z in slab.lowerBound + part.lower.z..<slab.upperBound + part.lower.z {
          for y in part.lower.y..<part.upper.y {
            Self.pack(
              bytes.baseAddress! + ((z * sizes.y + y) * sizes.x + part.lower.x),
              count: part.extent.x, into: row(y - box.lower.y, z - box.lower.z),
              at: part.lower.x - box.lower.x)
          }
        }
      }
    }
  }

  deinit { words.deallocate() }

  /// The words of row y of plane z.
  @inline(__always)
  package func row(_ y: Int, _ z: Int) -> UnsafeMutablePointer<UInt64> {
    words + (z * height + y) * wordsPerRow
  }

  /// The bits of a row's last word that are voxels.
  package var lastWord: UInt64 { width & 63 == 0 ? .max : (1 << UInt64(width & 63)) - 1 }

  /// Writes the bits to the bytes of a mask that are 0 so far; what lies outside its grid is dropped.
  ///
  /// - Parameter corner: where the lower corner of the box comes to lie; where it is by default.
  package func unpack(
    to bytes: UnsafeMutablePointer<UInt8>, sizes: GridSize, at corner: SIMD3<Int>? = nil,
    threads: Int
  ) {
    let lower = corner ?? box.lower
    let box = IndexBox(lower: lower, upper: lower &+ box.extent)
    let part = box.clipped(to: IndexBox(sizes))
    guard !part.isEmpty else { return }
    Slabs.run(part.extent.z, threads: threads) { slab in
      for z in slab.lowerBound + part.lower.z..<slab.upperBound + part.lower.z {
        for y in part.lower.y..<part.upper.y {
          Self.unpack(
            row(y - box.lower.y, z - box.lower.z), at: part.lower.x - box.lower.x,
            count: part.extent.x,
            to: bytes + ((z * sizes.y + y) * sizes.x + part.lower.x), wordsPerRow)
        }
      }
    }
  }

  /// Whether the bits of a row are all 0.
  @inline(__always)
  package func isEmpty(_ row: UnsafePointer<UInt64>) -> Bool {
    var all: UInt64 = 0
    for i in 0..<wordsPerRow { all |= row[i] }
    return all == 0
  }

  /// Bytes of 0 and 1 as bits from bit `start` on, which are 0 so far.
  private static func pack(
    _ bytes: UnsafePointer<UInt8>, count: Int, into row: UnsafeMutablePointer<UInt64>,
    at start: Int
  ) {
    let raw = UnsafeRawPointer(bytes)
    @inline(__always) func add(_ bits: UInt64, _ x: Int) {
      let place = x &+ start
      row[place >> 6] |= bits << UInt64(place & 63)
      // Eight bits at most, so they reach into one more word.
      if place & 63 > 56, bits >> UInt64(64 &- place & 63) != 0 {
        row[place >> 6 &+ 1] |= bits >> UInt64(64 &- place & 63)
      }
    }
    var x = 0
    while x + 64 <= count {
      let all = raw.loadUnaligned(fromByteOffset: x, as: SIMD8<UInt64>.self)
      let halves = all.lowHalf | all.highHalf
      if halves.lowHalf | halves.highHalf != .zero {
        if (x &+ start) & 63 == 0 {
          var word: UInt64 = 0
          for i in 0..<8 {
            word |= gather(UInt64(littleEndian: all[i])) << UInt64(8 &* i)
          }
          row[(x &+ start) >> 6] = word
        } else {
          for i in 0..<8 { add(gather(UInt64(littleEndian: all[i])), x &+ 8 &* i) }
        }
      }
      x += 64
    }
    while x < count {
      if bytes[x] != 0 { add(1, x) }
      x += 1
    }
  }

  /// The low bits of eight bytes of 0 and 1, the first byte's lowest.
  @inline(__always)
  private static func gather(_ bytes: UInt64) -> UInt64 {
    // Each byte's bit lands on its own place of the topmost byte; no two of a sum meet.
    (bytes &* 0x0102_0408_1020_4080) >> 56
  }

  private static func unpack(
    _ row: UnsafePointer<UInt64>, at start: Int, count: Int,
    to bytes: UnsafeMutablePointer<UInt8>, _ wordsPerRow: Int
  ) {
    let out = UnsafeMutableRawPointer(bytes)
    var x = 0
    while x < count {
      let place = x + start
      var word = row[place >> 6] >> UInt64(place & 63)
      if place & 63 != 0, place >> 6 + 1 < wordsPerRow {
        word |= row[place >> 6 + 1] << UInt64(64 - place & 63)
      }
      var at = x
      while word != 0, at < count {
        let bits = word & 255
        if bits != 0 {
          if at + 8 <= count {
            // A bit a byte, then its byte to 0 or 1: 0x7f carries into the top bit of what is not 0.
            let chosen = bits &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
            let ones = (chosen &+ 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101
            out.storeBytes(of: ones.littleEndian, toByteOffset: at, as: UInt64.self)
          } else {
            for i in 0..<count - at { bytes[at + i] = UInt8(bits >> UInt64(i) & 1) }
          }
        }
        word >>= 8
        at += 8
      }
      x += 64
    }
  }
}
