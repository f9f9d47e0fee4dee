import Files
import TestSupport
import Testing

@testable import VolumeIO

/// Whatever is encoded decodes to the same bytes, by every library, with any number of threads.
@Suite struct CodecTests {
  let folder = TemporaryFolder()

  /// What a chunk may hold, from all alike to nothing alike.
  enum Content: String, CaseIterable, Sendable {
    case zeros, noise, runs, rows, ramp

    func bytes(_ count: Int) -> [UInt8] {
      var random = SplitMix(state: UInt64(count))
      switch self {
      case .zeros: return [UInt8](repeating: 0, count: count)
      case .noise: return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      case .runs:
        var bytes: [UInt8] = []
        while bytes.count < count {
          bytes += [UInt8](
            repeating: UInt8(random.next() % 3), count: Int(random.next() % 900) + 1)
        }
        return Array(bytes[..<count])
      case .rows:
        // A slanted edge in rows of 96, with some specks.
        return (0..<count).map {
          (($0 % 96 + $0 / 96) % 96 < 30 ? 1 : 0) ^ (random.next() % 500 == 0 ? 1 : 0)
        }
      case .ramp: return (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 / 1000) }
      }
    }
  }

  /// The borders of chunks and of stored blocks.
  static let sizes =
    [0, 1, 2, 7, 8, 9, 257, 65535, 65536] + (-1...1).map { ParallelDeflation.chunkSize + $0 }

  private func source(_ bytes: UnsafeRawBufferPointer) -> EncodableBytes {
    EncodableBytes(bytes: bytes, swapUnit: 1, elementSize: 1, rowSize: 96)
  }

  private func encoded(
    _ bytes: [UInt8], by codec: any Codec, level: Int = 3, threads: Int = 2, prefix: [UInt8] = []
  ) throws -> [UInt8] {
    var stored: [UInt8] = []
    try bytes.withUnsafeBytes { raw in
      try codec.encode(
        source(raw).preceded(by: prefix), level: level, by: Transfer(threads: threads)
      ) { stored += $0 }
    }
    return stored
  }

  private func decoded(
    _ stored: [UInt8], by codec: any Codec, count: Int, skip: Int = 0
  ) throws -> (bytes: [UInt8], tail: DecodedTail) {
    let file = try InputFile(folder.write(stored, "stored"))
    var bytes = [UInt8](repeating: 0xaa, count: count)
    let tail = try bytes.withUnsafeMutableBytes {
      try codec.decode(
        FileSection(file, from: 0), skip: skip, into: $0, by: Transfer(threads: 2))
    }
    return (bytes, tail)
  }

  static let gzips = DeflateLibrary.allCases.flatMap { library in
    [true, false].map { GzipCodec(library: library, allowsWhole: $0) }
  }

  @Test(arguments: Content.allCases, sizes)
  func gzipRoundTrip(content: Content, size: Int) throws {
    let bytes = content.bytes(size)
    for library in DeflateLibrary.allCases {
      for level in size > 1000 ? [3] : [0, 1, 2, 3, 4, 9] {
        let stored = try encoded(bytes, by: GzipCodec(library: library), level: level)
        for reader in Self.gzips {
          let (result, tail) = try decoded(stored, by: reader, count: size)
          #expect(result == bytes && tail == .none, "level \(level), \(library) to \(reader)")
        }
      }
    }
  }

  @Test(arguments: Content.allCases, [0, 1, 719_872, 719_873])
  func bzip2RoundTrip(content: Content, size: Int) throws {
    let bytes = content.bytes(size)
    let stored = try encoded(bytes, by: BZip2Codec(), prefix: [1, 2, 3])
    let (result, tail) = try decoded(stored, by: BZip2Codec(), count: size + 3)
    #expect(result == [1, 2, 3] + bytes && tail == .none)
  }

  /// bzip2's first step turns four equal bytes into five: the worst case of a block.
  @Test func bzip2BlocksNeverOverflow() throws {
    let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 / 4) }
    let stored = try encoded(bytes, by: BZip2Codec())
    #expect(try decoded(stored, by: BZip2Codec(), count: bytes.count).bytes == bytes)
  }

  @Test(arguments: Content.allCases)
  func threadsNeverChangeAByte(content: Content) throws {
    let bytes = content.bytes(2 << 18 + 17)
    for codec in [GzipCodec(), BZip2Codec()] as [any Codec] {
      let one = try encoded(bytes, by: codec, threads: 1, prefix: [9])
      for threads in [2, 5] {
        #expect(try encoded(bytes, by: codec, threads: threads, prefix: [9]) == one)
      }
    }
  }

  @Test func masksAreSmall() throws {
    let bytes = Content.rows.bytes(1 << 20)
    let size = try encoded(bytes, by: GzipCodec()).count
    // What zlib 1.2.13 makes of it at level 6, which takes ten times as long.
    #expect(size < 13_108)
  }

  /// Counts that grow as Fibonacci's numbers make the longest codes.
  @Test(arguments: [2, 5, 19, 40, 286])
  func huffmanCodesAreComplete(symbols: Int) {
    var counts = [1, 1]
    while counts.count < symbols { counts.append(min(1 << 40, counts.suffix(2).reduce(0, +))) }
    for limit in [9, 15] {
      let code = HuffmanCode(counts: counts, limit: limit)
      #expect(code.lengths.max()! <= limit)
      // Kraft's sum of a complete code is 1.
      #expect(code.lengths.reduce(0) { $0 + (1 << limit) >> Int($1) } == 1 << limit)
    }
    let single = HuffmanCode(counts: [0, 0, 7], limit: 15)
    #expect(single.lengths == [1, 0, 1])
  }

  static let small = Array("calvaria, the skullcap; calvaria, the skullcap".utf8)

  @Test(arguments: gzips)
  func headersOfEveryKind(codec: GzipCodec) throws {
    let plain = try encoded(Self.small, by: GzipCodec())
    let body = plain[10...]
    let fields: [(UInt8, [UInt8])] = [
      (4, [3, 0, 7, 7, 7]), (8, Array("a name".utf8) + [0]), (16, Array("a comment".utf8) + [0]),
      (28, [2, 0, 1, 2] + Array("n".utf8) + [0] + [0]),
    ]
    for (flags, field) in fields {
      let header = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255] + field
      #expect(try decoded(header + body, by: codec, count: Self.small.count).bytes == Self.small)
      let summed = [0x1f, 0x8b, 8, flags | 2, 1, 2, 3, 4, 0, 255] + field
      let crc = summed.withUnsafeBytes { Checksum.crc32($0) }
      let sum = [UInt8(truncatingIfNeeded: crc), UInt8(truncatingIfNeeded: crc >> 8)]
      #expect(
        try decoded(summed + sum + body, by: codec, count: Self.small.count).bytes == Self.small)
      #expect(throws: CodecFailure.self) {
        try decoded(summed + [sum[0] ^ 1, sum[1]] + body, by: codec, count: Self.small.count)
      }
    }
    for (offset, value) in [(0, 0x1e), (1, 0x8c), (2, 7), (3, 0x20)] as [(Int, UInt8)] {
      var wrong = plain
      wrong[offset] = value
      #expect(throws: CodecFailure.self) {
        try decoded(wrong, by: codec, count: Self.small.count)
      }
    }
  }

  @Test(arguments: gzips)
  func trailersAreChecked(codec: GzipCodec) throws {
    let plain = try encoded(Self.small, by: GzipCodec())
    for offset in plain.count - 8..<plain.count {
      var wrong = plain
      wrong[offset] ^= 0x40
      let failure = #expect(throws: CodecFailure.self) {
        try decoded(wrong, by: codec, count: Self.small.count)
      }
      let reason = offset < plain.count - 4 ? "a wrong checksum (CRC-32 " : "a wrong length (ISIZE "
      #expect("\(failure!)".hasPrefix(reason))
      #expect("\(failure!)".hasSuffix(" near byte \(plain.count - 8)"))
    }
  }

  static let codecs: [any Codec] = gzips + [BZip2Codec()]

  @Test(arguments: codecs.indices)
  func truncationIsTold(index: Int) throws {
    let codec = Self.codecs[index]
    let plain = try encoded(Self.small, by: codec)
    for count in 0..<plain.count {
      #expect(throws: CodecFailure.truncated(offset: count)) {
        try decoded(Array(plain[..<count]), by: codec, count: Self.small.count)
      }
    }
  }

  @Test(arguments: codecs.indices)
  func everythingAfterTheWantedBytes(index: Int) throws {
    let codec = Self.codecs[index]
    let plain = try encoded(Self.small, by: codec)
    let count = Self.small.count
    #expect(try decoded(plain, by: codec, count: count - 5).tail == .surplus(5))
    #expect(try decoded(plain + plain, by: codec, count: count).tail == .surplus(count))
    let twice = try decoded(plain + plain + plain, by: codec, count: 2 * count - 1, skip: 1)
    #expect(twice.bytes == Array((Self.small + Self.small)[1...]) && twice.tail == .surplus(count))
    let garbage = try decoded(plain + [7, 8, 9], by: codec, count: count)
    #expect(garbage.bytes == Self.small && garbage.tail == .garbage(offset: plain.count))
    #expect(throws: CodecFailure.self) {
      try decoded(plain + [7, 8, 9], by: codec, count: count + 1)
    }
    #expect(throws: CodecFailure.tooShort(decoded: count)) {
      try decoded(plain, by: codec, count: count + 1)
    }
    if codec is GzipCodec {
      let padded = plain + [UInt8](repeating: 0, count: 1000)
      #expect(try decoded(padded, by: codec, count: count).tail == .none)
      #expect(
        try decoded(padded + plain, by: codec, count: 2 * count).bytes == Self.small + Self.small)
    }
  }

  /// A stream of changes at random never ends the process, and never gives wrong bytes as right ones.
  @Test(arguments: codecs.indices)
  func damageIsTold(index: Int) throws {
    let codec = Self.codecs[index]
    let bytes = Content.ramp.bytes(3000)
    let plain = try encoded(bytes, by: codec)
    var random = SplitMix(state: 4)
    for _ in 0..<400 {
      var damaged = plain
      for _ in 0...(random.next() % 3) {
        damaged[Int(random.next() % UInt64(plain.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      do {
        #expect(try decoded(damaged, by: codec, count: bytes.count).bytes == bytes)
      } catch is CodecFailure {}
    }
  }
}
