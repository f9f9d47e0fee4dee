/// Bytes that hold numbers, the lowest byte first.
struct LittleEndianBytes {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  var count: Int { bytes.count }
  func number(at place: Int, _ length: Int) -> UInt64 {
    bytes[place..<place + length].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
