/// What a chunk is to be deflated to: literals, and matches at few distances that are known before.
///
/// Written as one block of dynamic codes.
final class DeflateTokens {
  /// Decoded bytes a token must stand for on average, else the chunk is not for this method.
  private static let bytesPerToken = 12
  /// A few more are allowed at the beginning, where nothing has come before.
  private static let granted = 1000
  /// Bytes of the longest match.
  static let longest = 258

  /// Kinds of tokens: matches of 0 to 258 bytes at each of four distances, then the literals.
  static let lengths = longest + 1
  static let firstLiteral = 4 * lengths
  private static let kinds = firstLiteral + 256

  /// The distances of matches, at most 4.
  let distances: [Int]
  private var count = 0
  private let tokens: UnsafeMutableBufferPointer<Token>
  /// How often each kind occurs.
  private let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: kinds)
  /// What is written for each kind: its bits, and in the lowest byte how many they are.
  private let codes = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: kinds)
  private let output: UnsafeMutableRawBufferPointer

  /// - Parameter capacity: bytes of the largest chunk.
  init(capacity: Int, distances: [Int]) {
    precondition(distances.count <= 4, "kinds are for four distances")
    self.distances = distances
    tokens = .allocate(capacity: capacity / Self.bytesPerToken + 2 * Self.granted)
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

  /// Replaces the tokens by those that `parse` appends; hands on what it returns.
  func fill(_ parse: (inout Appender) -> Bool) -> Bool {
    counts.initialize(repeating: 0)
    var appender = Appender(tokens: tokens, counts: counts)
    let isDone = parse(&appender)
    count = appender.count
    return isDone
  }

  /// A token of a kind, so many times.
  struct Token {
    var kind: UInt32
    var times: UInt32
  }

  /// Takes a chunk's tokens in order.
  struct Appender {
    fileprivate let tokens: UnsafeMutableBufferPointer<Token>
    fileprivate let counts: UnsafeMutableBufferPointer<Int>
    fileprivate(set) var count = 0

    /// Whether the tokens so far, which stand for so many bytes, are few enough to go on. Must be
    /// asked, for there is room for as many, and a thousand.
    @inline(__always)
    func areFew(at place: Int) -> Bool { count < place / bytesPerToken + granted }

    /// Appends a match of 3 to 258 bytes at a distance, so many times.
    @inline(__always)
    mutating func addMatch(_ choice: Int, _ length: Int, times: Int = 1) {
      add(choice &* lengths &+ length, times: times)
    }

    /// Appends a byte as it is.
    @inline(__always)
    mutating func addLiteral(_ byte: UInt8) { add(firstLiteral &+ Int(byte), times: 1) }

    @inline(__always)
    private mutating func add(_ kind: Int, times: Int) {
      tokens[count] = Token(
        kind: UInt32(truncatingIfNeeded: kind), times: UInt32(truncatingIfNeeded: times))
      counts[kind] &+= times
      count &+= 1
    }
  }

  /// The symbols of the lengths; those below 3 have none.
  private static let lengthPlaces = (0...longest).map { DeflateSymbols.length(max(3, $0)) }

  /// One block of dynamic codes (RFC 1951, section 3.2.7) and an empty stored one.
  func written() -> [UInt8] {
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
    for token in tokens[..<count] {
      let code = codes[Int(token.kind)]
      for _ in 0..<token.times { out.put(code >> 8, code & 0xff) }
    }
    let end = DeflateSymbols.endOfBlock
    out.put(UInt64(literalCode.codes[end]), UInt64(literalCode.lengths[end]))
    out.put(0, 3)
    out.align()
    out.put(0xffff_0000, 32)
    return Array(UnsafeRawBufferPointer(rebasing: output[..<out.count]))
  }
}
