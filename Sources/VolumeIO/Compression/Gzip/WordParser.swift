/// Finds a chunk's tokens by comparing words at each distance.
///
/// For any bytes; ``RunParser`` is faster where there are runs.
struct WordParser {
  /// Bytes by which a match of a row must be longer: its distance takes about so much more to write.
  static let rowCost = 8
  /// Matches of an element and of a row that are good enough to seek no better one: measured on a mask,
  /// a seventh of the time for 4 % of the size.
  private static let longRun = 128
  private static let longRow = 64
  private static let longest = DeflateTokens.longest

  /// The distances that are tried, the element first.
  let distances: [Int]

  /// Finds the tokens; false where they are too many.
  func parse(_ bytes: UnsafeRawBufferPointer, _ tokens: inout DeflateTokens.Appender) -> Bool {
    let (start, end) = (bytes.baseAddress!, bytes.count)
    let (element, others) = (distances.first ?? .max, max(1, distances.count))
    let reach = distances.max() ?? .max
    var at = 0
    while at < end {
      guard tokens.areFew(at: at) else { return false }
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
        tokens.addMatch(choice, Self.longest, times: times)
        at += times * Self.longest
      } else if length >= 3 {
        tokens.addMatch(choice, length)
        at += length
      } else {
        tokens.addLiteral(start.load(fromByteOffset: at, as: UInt8.self))
        at += 1
      }
    }
    return true
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
}
