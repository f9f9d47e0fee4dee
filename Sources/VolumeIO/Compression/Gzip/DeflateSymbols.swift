/// Which symbol and which extra bits stand for a length or a distance (RFC 1951, section 3.2.5).
enum DeflateSymbols {
  static let endOfBlock = 256

  /// A symbol with the bits that follow its code.
  struct Place {
    let symbol: Int
    let extra: UInt64
    let width: UInt64
  }

  /// - Parameter length: 3 to 258.
  static func length(_ length: Int) -> Place {
    if length == 258 { return Place(symbol: 285, extra: 0, width: 0) }
    return place(length - 3, perDoubling: 4, from: 257)
  }

  /// - Parameter distance: 1 to 32768.
  static func distance(_ distance: Int) -> Place {
    place(distance - 1, perDoubling: 2, from: 0)
  }

  /// The first 2·`perDoubling` values have a symbol each; then every doubling has `perDoubling` of
  /// them.
  private static func place(_ value: Int, perDoubling: Int, from first: Int) -> Place {
    if value < 2 * perDoubling { return Place(symbol: first + value, extra: 0, width: 0) }
    let width = value.bitWidth - 1 - (value / perDoubling).leadingZeroBitCount
    let symbol = first + perDoubling * width + (value >> width)
    return Place(symbol: symbol, extra: UInt64(value & (1 << width - 1)), width: UInt64(width))
  }
}

/// How a dynamic block states the lengths of its two codes (RFC 1951, section 3.2.7).
enum CodeLengths {
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  static func write(_ literals: HuffmanCode, _ distances: HuffmanCode, to out: inout BitWriter) {
    let literalCount = max(257, used(literals.lengths))
    let distanceCount = max(1, used(distances.lengths))
    let runs = self.runs(
      Array(literals.lengths[..<literalCount] + distances.lengths[..<distanceCount]))
    var counts = [Int](repeating: 0, count: 19)
    for run in runs { counts[run.symbol] += 1 }
    let code = HuffmanCode(counts: counts, limit: 7)
    let last = order.lastIndex { code.lengths[$0] > 0 }!
    out.put(UInt64(literalCount - 257), 5)
    out.put(UInt64(distanceCount - 1), 5)
    out.put(UInt64(max(4, last + 1) - 4), 4)
    for symbol in order[..<max(4, last + 1)] { out.put(UInt64(code.lengths[symbol]), 3) }
    for run in runs {
      out.put(UInt64(code.codes[run.symbol]), UInt64(code.lengths[run.symbol]))
      if run.width > 0 { out.put(run.extra, run.width) }
    }
  }

  private static func used(_ lengths: [UInt8]) -> Int {
    (lengths.lastIndex { $0 > 0 } ?? -1) + 1
  }

  /// The lengths with repetitions gathered: 16 repeats the one before 3 to 6 times, 17 and 18 stand
  /// for 3 to 10 and 11 to 138 zeros.
  private static func runs(_ lengths: [UInt8]) -> [DeflateSymbols.Place] {
    var result: [DeflateSymbols.Place] = []
    var at = 0
    while at < lengths.count {
      let length = lengths[at]
      var same = lengths[at...].prefix { $0 == length }.count
      at += same
      if length > 0 {
        result.append(.init(symbol: Int(length), extra: 0, width: 0))
        same -= 1
      }
      while same >= 3 {
        let (symbol, width, least, most): (Int, UInt64, Int, Int) =
          length > 0 ? (16, 2, 3, 6) : same < 11 ? (17, 3, 3, 10) : (18, 7, 11, 138)
        let taken = min(same, most)
        result.append(.init(symbol: symbol, extra: UInt64(taken - least), width: width))
        same -= taken
      }
      for _ in 0..<same { result.append(.init(symbol: Int(length), extra: 0, width: 0)) }
    }
    return result
  }
}
