/// Finds the tokens of a chunk of bytes from its runs.
///
/// At each place there is the match of the byte before, which is the rest of the run, and that of each
/// row distance: it goes on while the runs here end where those of the row before do, and the next are
/// of the same bytes. The one that is worth most is taken; no byte of the chunk is looked at.
struct RunParser {
  private static let longest = DeflateTokens.longest

  /// Bytes of a row, at least 3.
  let row: Int

  /// The distances of the matches, in the order of their numbers.
  static func distances(row: Int) -> [Int] { [1, row, row - 1, row + 1] }

  /// Finds the tokens; false where they are too many.
  func parse(_ runs: ByteRuns, _ tokens: inout DeflateTokens.Appender) -> Bool {
    let (keys, last, end) = (runs.keys.baseAddress!, runs.count, runs.byteCount)
    guard var (run, at) = Self.parseFirstRow(runs, row, &tokens) else { return false }
    var above = 0
    // Loops that mostly end at once: guessed right, they cost nothing, and counting does.
    @inline(__always) func find(_ place: Int, _ run: inout Int) {
      let bound = UInt32(truncatingIfNeeded: place) << 8 | 255
      while keys[run &+ 1] <= bound { run &+= 1 }
    }
    @inline(__always) func place(_ run: Int) -> Int { Int(keys[run] >> 8) }
    while at < end {
      guard tokens.areFew(at: at) else { return false }
      find(at, &run)
      let there = at &- row
      find(there, &above)
      let byte = keys[run] & 255
      /// Bytes from here on that equal those from `other`, the run so far before, on.
      @inline(__always) func match(_ other: Int, _ distance: Int) -> Int {
        if keys[other] & 255 != byte { return 0 }
        let shift = UInt32(truncatingIfNeeded: distance) << 8
        var (mine, its) = (run &+ 1, other &+ 1)
        while keys[mine] &- keys[its] == shift, mine < last { (mine, its) = (mine &+ 1, its &+ 1) }
        return min(place(mine), place(its) &+ distance) &- at
      }
      let same = place(run) < at ? place(run &+ 1) &- at : 0
      var (length, choice, gain) = (same, 0, same)
      @inline(__always) func weigh(_ other: Int, _ found: Int) {
        if found &- WordParser.rowCost > gain {
          (length, choice, gain) = (found, other, found &- WordParser.rowCost)
        }
      }
      weigh(1, match(above, row))
      if length < Self.longest {
        weigh(2, match(above &+ (place(above &+ 1) == there &+ 1 ? 1 : 0), row &- 1))
        weigh(3, match(above &- (place(above) == there ? 1 : 0), row &+ 1))
      }
      // Where all runs up to the end agree.
      length = min(length, end &- at)
      if length > Self.longest {
        // The rest may be part of a longer match of another row.
        let times = length / Self.longest
        tokens.addMatch(choice, Self.longest, times: times)
        at &+= times &* Self.longest
      } else if length >= 3 {
        tokens.addMatch(choice, length)
        at &+= length
      } else {
        tokens.addLiteral(UInt8(truncatingIfNeeded: byte))
        at &+= 1
      }
    }
    return true
  }

  /// The tokens up to where all distances lead into the chunk, by runs alone; nil where they are too
  /// many. Gives the run and the place where to go on.
  private static func parseFirstRow(
    _ runs: ByteRuns, _ row: Int, _ tokens: inout DeflateTokens.Appender
  ) -> (run: Int, at: Int)? {
    var (run, at) = (0, 0)
    while at <= row, run < runs.count {
      guard tokens.areFew(at: at) else { return nil }
      let byte = UInt8(truncatingIfNeeded: runs.keys[run])
      run += 1
      tokens.addLiteral(byte)
      let end = Int(runs.keys[run] >> 8)
      let (times, rest) = (end - at - 1).quotientAndRemainder(dividingBy: longest)
      if times > 0 { tokens.addMatch(0, longest, times: times) }
      if rest >= 3 {
        tokens.addMatch(0, rest)
      } else {
        for _ in 0..<rest { tokens.addLiteral(byte) }
      }
      at = end
    }
    return (run, at)
  }
}
