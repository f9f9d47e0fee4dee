import Errors
import Volumes

/// Masks as bytes: the grid, then the lengths of runs of equal voxels, or bits if those take less space.
///
/// *Layout*: see ``ByteWriter``; geometry, one byte for the form, the payload. Runs: outside and inside
/// alternate, outside first. A byte holds seven bits of a length, lowest first; its eighth bit is set if
/// more bytes follow. Bits: voxel i is bit i % 8 of byte i / 8.
enum StoredMask {
  private static let runs: UInt8 = 0
  private static let bits: UInt8 = 1

  /// The largest number of bytes for a mask of this many voxels.
  static func byteCount(voxels: Int) -> Int { voxels / 8 + 512 }

  /// The mask as bytes.
  ///
  /// - Complexity: one pass over the mask, 32 voxels at a time inside runs; two passes over a speckled
  ///   mask.
  static func bytes(of mask: Mask) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(mask.geometry)
    let limit = (mask.sizes.count + 7) / 8
    mask.withBytes { voxels in
      if let lengths = runLengths(voxels, atMost: limit) {
        writer.append(runs)
        writer.append(lengths)
      } else {
        writer.append(bits)
        writer.append(packed(voxels))
      }
    }
    return writer.bytes
  }

  /// Reads bytes as a mask.
  ///
  /// - Throws: ``Diagnostic`` if they are not a mask.
  static func mask(from bytes: [UInt8]) throws(Diagnostic) -> Mask {
    var reader = ByteReader(bytes)
    let geometry = try reader.geometry()
    let form = try reader.byte()
    let payload = reader.rest
    let voxels = geometry.sizes.count
    switch form {
    case runs:
      // Checked before memory is taken: a damaged size must not cost more than the bytes can hold.
      guard sum(ofRuns: payload) == voxels else { throw Diagnostic.noStoredValue }
      return Mask(unwrittenOn: geometry) { fill($0, fromRuns: payload) }
    case bits:
      guard payload.count == (voxels + 7) / 8 else { throw Diagnostic.noStoredValue }
      return Mask(unwrittenOn: geometry) { target in
        for i in 0..<voxels {
          target[i] = (payload[payload.startIndex + i >> 3] >> UInt8(i & 7)) & 1
        }
      }
    default: throw Diagnostic.noStoredValue
    }
  }

  // MARK: Runs

  /// The lengths of the runs, or nil if they take more bytes than `limit`.
  private static func runLengths(
    _ voxels: UnsafeBufferPointer<UInt8>, atMost limit: Int
  ) -> [UInt8]? {
    let raw = UnsafeRawBufferPointer(voxels)
    var lengths: [UInt8] = []
    lengths.reserveCapacity(min(limit, 1 << 16))
    var (begin, value): (Int, UInt8) = (0, 0)
    while begin < raw.count {
      let end = endOfRun(of: value, in: raw, from: begin)
      var length = end - begin
      while length >= 0x80 {
        lengths.append(UInt8(truncatingIfNeeded: length) | 0x80)
        length >>= 7
      }
      lengths.append(UInt8(length))
      if lengths.count > limit { return nil }
      (begin, value) = (end, 1 - value)
    }
    return lengths
  }

  /// The first index from `begin` on whose byte differs from that at `begin`.
  private static func endOfRun(
    of value: UInt8, in raw: UnsafeRawBufferPointer, from begin: Int
  ) -> Int {
    let word = UInt64(value) &* 0x0101_0101_0101_0101
    var i = begin
    while i + 8 <= raw.count {
      let difference = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) ^ word
      if difference != 0 {
        return i + UInt64(littleEndian: difference).trailingZeroBitCount / 8
      }
      i += 8
      while i + 32 <= raw.count,
        raw.loadUnaligned(fromByteOffset: i, as: SIMD4<UInt64>.self) == SIMD4(repeating: word)
      { i += 32 }
    }
    while i < raw.count, raw[i] == value { i += 1 }
    return i
  }

  /// The sum of the lengths; nil if they end early or exceed what is possible.
  private static func sum(ofRuns payload: ArraySlice<UInt8>) -> Int? {
    payload.withUnsafeBufferPointer { bytes in
      var (sum, length, shift) = (0, 0, 0)
      for byte in bytes {
        guard shift < 56 else { return nil }
        length |= Int(byte & 0x7f) << shift
        if byte & 0x80 != 0 {
          shift += 7
          continue
        }
        let (next, overflow) = sum.addingReportingOverflow(length)
        guard !overflow else { return nil }
        (sum, length, shift) = (next, 0, 0)
      }
      return shift == 0 ? sum : nil
    }
  }

  /// Writes runs, whose sum has been checked.
  private static func fill(
    _ target: UnsafeMutableBufferPointer<UInt8>, fromRuns payload: ArraySlice<UInt8>
  ) {
    payload.withUnsafeBufferPointer { bytes in
      var (place, length, shift): (Int, Int, Int) = (0, 0, 0)
      var value: UInt8 = 0
      for byte in bytes {
        length |= Int(byte & 0x7f) << shift
        if byte & 0x80 != 0 {
          shift += 7
          continue
        }
        UnsafeMutableBufferPointer(rebasing: target[place..<(place + length)])
          .update(repeating: value)
        place += length
        (length, shift, value) = (0, 0, 1 - value)
      }
    }
  }

  // MARK: Bits

  private static func packed(_ voxels: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var bits = [UInt8](repeating: 0, count: (voxels.count + 7) / 8)
    for i in voxels.indices where voxels[i] != 0 { bits[i >> 3] |= 1 << UInt8(i & 7) }
    return bits
  }
}
