/// Gathers small pieces of a file and hands them on in blocks.
struct ByteGatherer {
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var pending: [UInt8] = []

  init(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.sink = sink
    pending.reserveCapacity(Self.block + 256)
  }

  private static let block = 1 << 16

  mutating func append(_ text: String) throws {
    pending.append(contentsOf: text.utf8)
    try flushIfFull()
  }

  mutating func append(_ bytes: some Collection<UInt8>) throws {
    pending.append(contentsOf: bytes)
    try flushIfFull()
  }

  /// A row of numbers between marks, such as `<vertex x="1.5" y="0.0" z="-2.0"/>`; floats in the fewest
  /// digits that read back as the same ones.
  mutating func append(
    _ before: StaticString, _ numbers: SIMD3<Float>, _ second: StaticString, _ third: StaticString,
    _ after: StaticString
  ) throws {
    append(word: before)
    pending.append(contentsOf: numbers.x.description.utf8)
    append(word: second)
    pending.append(contentsOf: numbers.y.description.utf8)
    append(word: third)
    pending.append(contentsOf: numbers.z.description.utf8)
    append(word: after)
    try flushIfFull()
  }

  /// The same of whole numbers.
  mutating func append(
    _ before: StaticString, _ numbers: SIMD3<Int>, _ second: StaticString, _ third: StaticString,
    _ after: StaticString
  ) throws {
    append(word: before)
    append(digits: numbers.x)
    append(word: second)
    append(digits: numbers.y)
    append(word: third)
    append(digits: numbers.z)
    append(word: after)
    try flushIfFull()
  }

  private mutating func append(word: StaticString) {
    pending.append(
      contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private mutating func append(digits number: Int) {
    var rest = number
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var first = 20
      repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      pending.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
    }
  }

  /// The bytes of a value in an order.
  mutating func append(_ bits: UInt32, bigEndian: Bool) throws {
    try withUnsafeBytes(of: bigEndian ? bits.bigEndian : bits.littleEndian) { try append($0) }
  }

  private mutating func flushIfFull() throws { if pending.count >= Self.block { try flush() } }

  mutating func flush() throws {
    try pending.withUnsafeBytes { try sink($0) }
    pending.removeAll(keepingCapacity: true)
  }
}

/// A text on one line: what would end it, or control a terminal, becomes a space.
func oneLine(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars {
    let breaks = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    line.unicodeScalars.append(
      breaks || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
  }
  return line
}
