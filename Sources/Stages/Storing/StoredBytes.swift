import Errors
import Volumes

extension Diagnostic {
  /// Bytes that are not a stored value: the file is damaged, or another program wrote it.
  static let noStoredValue = Diagnostic(
    .corrupt, field: "stored value", expected: "the bytes of a value", found: "others",
    remedy: "remove the file")
}

/// Writes numbers and texts one after another: little-endian, texts and arrays preceded by their count.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }
  mutating func append(_ number: Int) { append(integer: UInt64(bitPattern: Int64(number))) }
  mutating func append(_ number: Double) { append(integer: number.bitPattern) }
  mutating func append(_ number: Float) { append(integer: number.bitPattern) }
  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }
  mutating func append(_ vector: SIMD3<Double>) {
    for i in 0..<3 { append(vector[i]) }
  }

  /// A grid, to the last bit of its numbers.
  mutating func append(_ geometry: Geometry) {
    for size in [geometry.sizes.x, geometry.sizes.y, geometry.sizes.z] { append(size) }
    append(geometry.space?.rawValue ?? "")
    for axis in 0..<3 { append(geometry.directions[axis]) }
    append(geometry.origin)
    append(geometry.placement.rawValue)
  }

  private mutating func append(integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what a ``ByteWriter`` wrote. Missing bytes are an error, never a trap.
struct ByteReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes that are not read yet.
  var rest: ArraySlice<UInt8> { bytes[place...] }

  mutating func byte() throws(Diagnostic) -> UInt8 { try integer() }
  mutating func number() throws(Diagnostic) -> Int {
    Int(Int64(bitPattern: try integer()))
  }
  mutating func double() throws(Diagnostic) -> Double {
    Double(bitPattern: try integer())
  }
  mutating func float() throws(Diagnostic) -> Float { Float(bitPattern: try integer()) }
  mutating func text() throws(Diagnostic) -> String {
    let count = try number()
    guard count >= 0, count <= bytes.count - place else { throw Diagnostic.noStoredValue }
    defer { place += count }
    return String(decoding: bytes[place..<(place + count)], as: UTF8.self)
  }
  mutating func vector() throws(Diagnostic) -> SIMD3<Double> {
    SIMD3(try double(), try double(), try double())
  }

  mutating func geometry() throws(Diagnostic) -> Geometry {
    let (x, y, z) = (try number(), try number(), try number())
    guard x > 0, y > 0, z > 0, case let (xy, overflow) = x.multipliedReportingOverflow(by: y),
      !overflow, !xy.multipliedReportingOverflow(by: z).overflow
    else { throw Diagnostic.noStoredValue }
    let spaceName = try text()
    let space = Space(rawValue: spaceName)
    guard space != nil || spaceName.isEmpty else { throw Diagnostic.noStoredValue }
    let directions = Matrix3(try vector(), try vector(), try vector())
    let origin = try vector()
    guard let placement = Geometry.Placement(rawValue: try text()) else {
      throw Diagnostic.noStoredValue
    }
    return Geometry(
      sizes: GridSize(x, y, z), space: space, directions: directions, origin: origin,
      placement: placement)
  }

  private mutating func integer<Number: FixedWidthInteger>() throws(Diagnostic) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= bytes.count - place else { throw Diagnostic.noStoredValue }
    defer { place += size }
    let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
    return Number(littleEndian: number)
  }
}
