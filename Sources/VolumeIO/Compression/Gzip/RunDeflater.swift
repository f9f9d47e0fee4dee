/// Deflates what is mostly repetitions of the element before or of the row before: masks and labels.
///
/// A general compressor looks every position up in a table. Here only four distances are tried, one
/// element, one row, and one row give or take an element, by comparing words; on a mask that is as
/// fast as memory and finds longer matches than a fast general compressor does. One block of dynamic
/// codes a chunk.
final class RunDeflater {
  /// Decoded bytes a token must stand for on average, else the chunk is not for this method.
  private static let bytesPerToken = 12
  private static let longest = 258
  /// Bytes by which a match of a row must be longer: its distance takes about so much more to write.
  private static let rowCost = 8
  /// Matches of an element and of a row that are good enough to seek no better one: measured on a mask,
  /// a seventh of the time for 4 % of the size.
  private static let longRun = 128
  private static let longRow = 64

  /// Kinds of tokens: matches of 0 to 258 bytes at each of four distances, then the literals.
  private static let lengths = longest + 1
  private static let firstLiteral = 4 * lengths
  private static let kinds = firstLiteral + 256

  private let distances: [Int]
  private let tokens: UnsafeMutableBufferPointer<Token>
  /// How often each kind occurs.
  private let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: kinds)
  /// What is written for each kind: its bits, and in the lowest byte how many they are.
  private let codes = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: kinds)
  private let output: UnsafeMutableRawBufferPointer

  /// A token of a kind, so many times.
  private struct Token {
    var kind: UInt32
    var times: UInt32
  }

  /// - Parameters:
  ///   - capacity: bytes of the largest chunk.
  ///   - elementSize: bytes of an element, at least 1.
  ///   - rowSize: bytes of a row of elements; 0 where there are none.
  init(capacity: Int, elementSize: Int, rowSize: Int) {
    var distances = [elementSize]
    if rowSize > 2 * elementSize {
      distances += [rowSize, rowSize - elementSize, rowSize + elementSize]
    }
    self.distances = distances.filter { $0 <= 32768 }
    tokens = .allocate(capacity: capacity / Self.bytesPerToken + 1024)
    // No token takes more than 48 bits, and repeated ones are of the longest length.
    output = .allocate(
      byteCount: 6 * (tokens.count + capacity / Self.longest) + 1024, alignment: 16)
  }

  deinit {
    tokens.deallocate()
    counts.deallocate()
    codes.deallocate()
    output.deallocate()
  }

  /// Deflate blocks that end on a byte's border; nil where `bytes` are not mostly repetitions.
  func deflate(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard !bytes.isEmpty, let count = parse(bytes) else { return nil }
    let written = write(UnsafeBufferPointer(rebasing: tokens[..<count]))
    return Array(UnsafeRawBufferPointer(rebasing: output[..<written]))
  }

  /// Finds the tokens; nil where they are too many.
  private func parse(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let (start, end) = (bytes.baseAddress!, bytes.count)
    let (element, others) = (distances.first ?? .max, max(1, distances.count))
    let reach = distances.max() ?? .max
    counts.initialize(repeating: 0)
    var (at, count) = (0, 0)
    @inline(__always) func add(_ kind: Int, times: Int = 1) {
      tokens[count] = Token(kind: UInt32(kind), times: UInt32(times))
      counts[kind] += times
      count += 1
    }
    while at < end {
      // A few more are allowed at the beginning, where nothing has come before.
      guard count < at / Self.bytesPerToken + 1000, count + 2 < tokens.count else { return nil }
      let rest = end - at
      var (length, choice, gain) = (0, 0, 0)
      if at >= reach, rest >= 8 {
        // One word tells which distances are worth following.
        let here = start + at
        let word = here.loadUnaligned(as: UInt64.self)
        length = Self.agreement(word, here, element)
        if length == 8 { length = Self.match(here, element, rest) }
        gain = length
        if length < Self.longRun {
          for other in 1..<others {
            var found = Self.agreement(word, here, distances[other])
            if found == 8 {
              found = Self.match(here, distances[other], min(rest, Self.longest))
            }
            if found - Self.rowCost > gain {
              (length, choice, gain) = (found, other, found - Self.rowCost)
              if found >= Self.longRow { break }
            }
          }
        }
      } else {
        for other in distances.indices where at >= distances[other] {
          let (limit, cost) = other == 0 ? (rest, 0) : (min(rest, Self.longest), Self.rowCost)
          let found = Self.match(start + at, distances[other], limit)
          if found - cost > gain { (length, choice, gain) = (found, other, found - cost) }
        }
      }
      if length > Self.longest {
        // The rest may be part of a longer match of another row.
        let times = length / Self.longest
        add(choice * Self.lengths + Self.longest, times: times)
        at += times * Self.longest
      } else if length >= 3 {
        add(choice * Self.lengths + length)
        at += length
      } else {
        add(Self.firstLiteral + Int(start.load(fromByteOffset: at, as: UInt8.self)))
        at += 1
      }
    }
    return count
  }

  /// Bytes of `word`, which is at `here`, that equal those so far before: 0 to 8.
  @inline(__always)
  private static func agreement(_ word: UInt64, _ here: UnsafeRawPointer, _ distance: Int) -> Int {
    let difference = word ^ (here - distance).loadUnaligned(as: UInt64.self)
    return UInt64(littleEndian: difference).trailingZeroBitCount / 8
  }

  /// Bytes from `here` on that equal those so far before, at most `limit`.
  @inline(__always)
  private static func match(_ here: UnsafeRawPointer, _ distance: Int, _ limit: Int) -> Int {
    let there = here - distance
    var at = 0
    @inline(__always) func difference(_ offset: Int) -> UInt64 {
      here.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        ^ there.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    while at + 32 <= limit {
      let (a, b) = (difference(at), difference(at + 8))
      let (c, d) = (difference(at + 16), difference(at + 24))
      if a | b | c | d != 0 {
        // Chosen without branches, which would go another way each time.
        let (first, second) = (a != 0 ? a : b, c != 0 ? c : d)
        let isFirst = a | b != 0
        let word = UInt64(littleEndian: isFirst ? first : second)
        let place = isFirst ? (a != 0 ? 0 : 8) : (c != 0 ? 16 : 24)
        return at + place + word.trailingZeroBitCount / 8
      }
      at += 32
    }
    while at + 8 <= limit {
      let difference = UInt64(littleEndian: difference(at))
      if difference != 0 { return at + difference.trailingZeroBitCount / 8 }
      at += 8
    }
    while at < limit,
      here.load(fromByteOffset: at, as: UInt8.self)
        == there.load(fromByteOffset: at, as: UInt8.self)
    { at += 1 }
    return at
  }

  /// The symbols of the lengths; those below 3 have none.
  private static let lengthPlaces = (0...longest).map { DeflateSymbols.length(max(3, $0)) }

  /// Writes one block of dynamic codes (RFC 1951, section 3.2.7) and an empty stored one.
  private func write(_ tokens: UnsafeBufferPointer<Token>) -> Int {
    var literals = [Int](repeating: 0, count: 286)
    var steps = [Int](repeating: 0, count: 30)
    let lengthPlaces = Self.lengthPlaces  // Once: a static is looked up each time.
    let places = distances.map(DeflateSymbols.distance)
    literals[DeflateSymbols.endOfBlock] = 1
    for literal in 0..<256 { literals[literal] = counts[Self.firstLiteral + literal] }
    for (choice, place) in places.enumerated() {
      for length in 3...Self.longest {
        let count = counts[choice * Self.lengths + length]
        if count == 0 { continue }
        literals[lengthPlaces[length].symbol] += count
        steps[place.symbol] += count
      }
    }
    let literalCode = HuffmanCode(counts: literals, limit: 15)
    let stepCode = HuffmanCode(counts: steps, limit: 15)
    for literal in 0..<256 {
      codes[Self.firstLiteral + literal] =
        UInt64(literalCode.codes[literal]) << 8 | UInt64(literalCode.lengths[literal])
    }
    for (choice, place) in places.enumerated() {
      let width = UInt64(stepCode.lengths[place.symbol])
      let tail = UInt64(stepCode.codes[place.symbol]) | place.extra << width
      for length in 3...Self.longest where counts[choice * Self.lengths + length] > 0 {
        let head = lengthPlaces[length]
        let own = UInt64(literalCode.lengths[head.symbol])
        let bits =
          UInt64(literalCode.codes[head.symbol]) | head.extra << own | tail << (own + head.width)
        codes[choice * Self.lengths + length] = bits << 8 | (own + head.width + width + place.width)
      }
    }
    var out = BitWriter(output)
    // Not the last block; dynamic codes.
    out.put(0b100, 3)
    CodeLengths.write(literalCode, stepCode, to: &out)
    for token in tokens {
      let code = codes[Int(token.kind)]
      for _ in 0..<token.times { out.put(code >> 8, code & 0xff) }
    }
    let end = DeflateSymbols.endOfBlock
    out.put(UInt64(literalCode.codes[end]), UInt64(literalCode.lengths[end]))
    out.put(0, 3)
    out.align()
    out.put(0xffff_0000, 32)
    return out.count
  }
}
