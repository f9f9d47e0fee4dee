import Files
import TestSupport
import Testing

@testable import VolumeIO

/// Masks and labels are deflated from their runs: what comes out inflates to what went in, and the
/// checksum, for which no byte is looked at, is the one of the bytes.
@Suite struct RunDeflaterTests {
  let folder = TemporaryFolder()

  /// Rows whose borders wander, of few values; now and then a row is another one, or specked.
  private static func shapes(_ count: Int, row: Int, values: UInt64, seed: Int) -> [UInt8] {
    var random = SplitMix(state: UInt64(seed * 1_000_003 + count))
    var borders = (0..<4).map { _ in
      (Int(random.next() % UInt64(row)), UInt8(random.next() % values))
    }
    var bytes: [UInt8] = []
    while bytes.count < count {
      for border in borders.indices {
        borders[border].0 += Int(random.next() % 3) - 1
        if random.next() % 40 == 0 { borders[border].1 = UInt8(random.next() % values) }
      }
      var line = [UInt8](repeating: borders[0].1, count: row)
      for (place, value) in borders where place < row {
        for x in max(place, 0)..<row { line[x] = value }
      }
      if random.next() % 20 == 0 { line[Int(random.next() % UInt64(row))] ^= 0x81 }
      if random.next() % 30 == 0 { line = [UInt8](repeating: line[0], count: row) }
      bytes += line
    }
    return Array(bytes[..<count])
  }

  private func inflated(_ result: RunDeflater.Result, crc: UInt32, count: Int) throws -> [UInt8] {
    let stored =
      GzipFrame.header + result.deflated + [3, 0] + GzipFrame.trailer(crc: crc, count: count)
    let file = try InputFile(folder.write(stored, "stored"))
    var bytes = [UInt8](repeating: 0xaa, count: count)
    let tail = try bytes.withUnsafeMutableBytes {
      try GzipCodec(library: .zlib, allowsWhole: false).decode(
        FileSection(file, from: 0), skip: 0, into: $0, by: Transfer(threads: 1))
    }
    #expect(tail == .none)
    return bytes
  }

  /// Borders of blocks of 64 bytes, of a row, of a segment of the checksum.
  static let sizes = [1, 7, 8, 64, 65, 66, 2047, 2049, 40_000]

  @Test(arguments: [0, 2, 3, 4, 96, 517, 32767, 32768], [1, 2, 256] as [UInt64])
  func whatIsDeflatedInflates(row: Int, values: UInt64) throws {
    // One for all, as in a volume's chunks.
    let deflater = RunDeflater(capacity: 40_000, elementSize: 1, rowSize: row)
    for (seed, size) in Self.sizes.enumerated() {
      let bytes = Self.shapes(size, row: row < 64 ? 96 : row, values: values, seed: seed)
      let crc = bytes.withUnsafeBytes { Checksum.crc32($0) }
      let result = try #require(bytes.withUnsafeBytes { deflater.deflate($0) })
      let isByRuns = (3...32767).contains(row) && size >= RunChecksum.smallestChunk
      #expect(result.crc == (isByRuns ? crc : nil), "\(size) bytes")
      #expect(try inflated(result, crc: crc, count: size) == bytes, "\(size) bytes")
    }
  }

  /// Runs that end where the chunk does, in rows that agree to the end and would beyond.
  @Test(arguments: 1...40)
  func endsOfChunks(count: Int) throws {
    let bytes = (0..<(count + 60)).map { UInt8($0 % 12 < count % 12 ? 1 : 0) }
    let crc = bytes.withUnsafeBytes { Checksum.crc32($0) }
    let deflater = RunDeflater(capacity: bytes.count, elementSize: 1, rowSize: 12)
    let result = try #require(bytes.withUnsafeBytes { deflater.deflate($0) })
    #expect(result.crc == crc)
    #expect(try inflated(result, crc: crc, count: bytes.count) == bytes)
  }

  @Test func rowsWithoutRunsAreComparedByWords() throws {
    var random = SplitMix(state: 5)
    let row = (0..<500).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let bytes = [[UInt8]](repeating: row, count: 200).flatMap(\.self)
    let crc = bytes.withUnsafeBytes { Checksum.crc32($0) }
    let deflater = RunDeflater(capacity: bytes.count, elementSize: 1, rowSize: 500)
    let result = try #require(bytes.withUnsafeBytes { deflater.deflate($0) })
    #expect(result.crc == nil && result.deflated.count < 2_000)
    #expect(try inflated(result, crc: crc, count: bytes.count) == bytes)
    // Nor is there any use in comparing these.
    let noise = (0..<100_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    #expect(noise.withUnsafeBytes { deflater.deflate($0) } == nil)
  }

  /// Of all densities: where runs are many, where tokens are, and where both are too many.
  @Test(arguments: [2, 4, 8, 12, 16, 20, 24, 40, 100])
  func specksOfAnyDensity(distance: UInt64) throws {
    var random = SplitMix(state: distance)
    let bytes = (0..<200_000).map { _ in
      UInt8(random.next() % distance == 0 ? random.next() % 5 : 0)
    }
    let crc = bytes.withUnsafeBytes { Checksum.crc32($0) }
    let deflater = RunDeflater(capacity: bytes.count, elementSize: 1, rowSize: 300)
    guard let result = bytes.withUnsafeBytes({ deflater.deflate($0) }) else {
      #expect(distance < 100)
      return
    }
    #expect(result.crc == nil || result.crc == crc)
    #expect(try inflated(result, crc: crc, count: bytes.count) == bytes)
  }

  @Test func polynomials() {
    var random = SplitMix(state: 3)
    for _ in 0..<20 {
      let some = CRCPolynomial(bits: UInt32(truncatingIfNeeded: random.next()) | 1)
      #expect(some * some.inverse == .one)
      let count = Int(random.next() % 100_000)
      #expect(
        some.followed(byZeros: count).bits == Checksum.joined(some.bits, 0, count: count))
      #expect(some.followed(byZeros: 1).bits == Checksum.joined(some.bits, 0, count: 1))
    }
  }
}
