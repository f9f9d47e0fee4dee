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

  /// A float in the fewest digits that read back as the same one.
  mutating func append(number: Float) throws { try append(number.description) }

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
