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

  private let distances: [Int]
  private let tokens: UnsafeMutableBufferPointer<Token>
  private let output: UnsafeMutableRawBufferPointer

  /// A literal byte, or a match of a length at one of ``distances``, so many times.
  private struct Token {
    /// The literal, or the length.
    var value: UInt16
    /// Which of the distances; −1 for a literal.
    var distance: Int16
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
    var (at, count) = (0, 0)
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
        if length < Self.longest {
          for other in 1..<others {
            var found = Self.agreement(word, here, distances[other])
            if found == 8 {
              found = Self.match(here, distances[other], min(rest, Self.longest))
            }
            if found - Self.rowCost > gain {
              (length, choice, gain) = (found, other, found - Self.rowCost)
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
        tokens[count] = Token(
          value: UInt16(Self.longest), distance: Int16(choice), times: UInt32(times))
        count += 1
        at += times * Self.longest
        continue
      }
      if length >= 3 {
        tokens[count] = Token(value: UInt16(length), distance: Int16(choice), times: 1)
        at += length
      } else {
        tokens[count] = Token(
          value: UInt16(start.load(fromByteOffset: at, as: UInt8.self)), distance: -1, times: 1)
        at += 1
      }
      count += 1
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
      let difference =
        (difference(at) | difference(at + 8)) | (difference(at + 16) | difference(at + 24))
      if difference != 0 { break }
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

  /// Writes one block of dynamic codes (RFC 1951, section 3.2.7) and an empty stored one.
  private func write(_ tokens: UnsafeBufferPointer<Token>) -> Int {
    var literals = [Int](repeating: 0, count: 286)
    var steps = [Int](repeating: 0, count: 30)
    let places = distances.map(DeflateSymbols.distance)
    literals[DeflateSymbols.endOfBlock] = 1
    for token in tokens {
      if token.distance < 0 {
        literals[Int(token.value)] += 1
      } else {
        literals[DeflateSymbols.length(Int(token.value)).symbol] += Int(token.times)
        steps[places[Int(token.distance)].symbol] += Int(token.times)
      }
    }
    let literalCode = HuffmanCode(counts: literals, limit: 15)
    let stepCode = HuffmanCode(counts: steps, limit: 15)
    var out = BitWriter(output)
    // Not the last block; dynamic codes.
    out.put(0b100, 3)
    CodeLengths.write(literalCode, stepCode, to: &out)
    let tails = places.map { place -> (bits: UInt64, width: UInt64) in
      let width = UInt64(stepCode.lengths[place.symbol])
      return (UInt64(stepCode.codes[place.symbol]) | place.extra << width, width + place.width)
    }
    let heads = (0...Self.longest).map { length -> (bits: UInt64, width: UInt64) in
      guard length >= 3 else { return (0, 0) }
      let place = DeflateSymbols.length(length)
      let width = UInt64(literalCode.lengths[place.symbol])
      return (UInt64(literalCode.codes[place.symbol]) | place.extra << width, width + place.width)
    }
    for token in tokens {
      if token.distance < 0 {
        let symbol = Int(token.value)
        out.put(UInt64(literalCode.codes[symbol]), UInt64(literalCode.lengths[symbol]))
      } else {
        let (head, tail) = (heads[Int(token.value)], tails[Int(token.distance)])
        for _ in 0..<token.times {
          out.put(head.bits | tail.bits << head.width, head.width + tail.width)
        }
      }
    }
    let end = DeflateSymbols.endOfBlock
    out.put(UInt64(literalCode.codes[end]), UInt64(literalCode.lengths[end]))
    out.put(0, 3)
    out.align()
    out.put(0xffff_0000, 32)
    return out.count
  }
}
