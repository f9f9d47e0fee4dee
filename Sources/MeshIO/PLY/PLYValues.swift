import Errors

/// Reads the values behind a PLY header, one after the other.
struct PLYValues {
  private let bytes: UnsafeRawBufferPointer
  private let storage: PLY.Storage
  private var offset: Int
  private var text: TextScanner

  init(_ bytes: UnsafeRawBufferPointer, _ header: PLYHeader) {
    (self.bytes, storage, offset) = (bytes, header.storage, header.end)
    text = TextScanner(bytes, position: header.end, line: header.endLine)
  }

  private var remaining: Int { bytes.count - (storage == .ascii ? text.position : offset) }

  /// Refuses an element whose rows cannot fit into the bytes that are left, before memory is taken for
  /// them.
  func requireRoom(for element: PLYHeader.Element) throws(Diagnostic) {
    // In text, each number takes a digit and what parts it from the next.
    let least = storage == .ascii ? 2 * element.properties.count : element.leastBytes
    let (needed, overflows) = element.count.multipliedReportingOverflow(by: least)
    // The last number of a text may end the file.
    guard !overflows, needed <= remaining + (storage == .ascii ? 1 : 0) else {
      throw Diagnostic(
        .truncated, field: "element \(element.name)",
        expected: "bytes for \(counted(element.count, "row"))", found: counted(remaining, "byte"),
        remedy: "export the mesh again")
    }
  }

  /// Passes over the rows of an element.
  mutating func skip(_ element: PLYHeader.Element) throws(Diagnostic) {
    guard !element.properties.isEmpty else { return }
    if storage != .ascii, element.properties.allSatisfy({ $0.count == nil }) {
      offset += element.count * element.leastBytes
      return
    }
    for _ in 0..<element.count {
      for property in element.properties { try skip(property) }
    }
  }

  /// Passes over a number or a list.
  mutating func skip(_ property: PLYHeader.Property) throws(Diagnostic) {
    guard let type = property.count else {
      if storage == .ascii { _ = try word() } else { _ = try take(property.type.byteCount) }
      return
    }
    let count = try listCount(type)
    if storage == .ascii {
      for _ in 0..<count { _ = try word() }
    } else {
      // The count has at most 32 bits.
      _ = try take(count * property.type.byteCount)
    }
  }

  /// How many numbers a list has.
  mutating func listCount(_ type: PLYHeader.NumberType) throws(Diagnostic) -> Int {
    let count = try integer(type)
    guard count >= 0, count <= remaining else {
      throw Diagnostic(
        .malformed, at: place, field: "list", expected: "a count that the bytes can hold",
        found: "\(count)", remedy: "export the mesh again")
    }
    return count
  }

  /// The number of a vertex.
  mutating func index(_ type: PLYHeader.NumberType) throws(Diagnostic) -> UInt32 {
    let value = try integer(type)
    guard let index = UInt32(exactly: value) else {
      throw Diagnostic(
        .malformed, at: place, field: "vertex_indices", expected: "the number of a vertex",
        found: "\(value)", remedy: "export the mesh again")
    }
    return index
  }

  /// A number; of text, rounded to float as the nearest one.
  mutating func number(_ type: PLYHeader.NumberType) throws(Diagnostic) -> Double {
    if storage == .ascii {
      let word = try word()
      if let value = DecimalText.float(word) { return Double(value) }
      throw malformed(word, "a finite number")
    }
    switch type {
    case .float:
      return Double(Float(bitPattern: UInt32(truncatingIfNeeded: try bits(4))))
    case .double: return Double(bitPattern: try bits(8))
    default: return Double(try integer(type))
    }
  }

  private mutating func integer(_ type: PLYHeader.NumberType) throws(Diagnostic) -> Int {
    if storage == .ascii {
      let word = try word()
      if let value = DecimalText.integer(word) { return value }
      throw malformed(word, "a whole number")
    }
    let bits = try bits(type.byteCount)
    return switch type {
    case .int8: Int(Int8(truncatingIfNeeded: bits))
    case .int16: Int(Int16(truncatingIfNeeded: bits))
    case .int32: Int(Int32(truncatingIfNeeded: bits))
    default: Int(truncatingIfNeeded: bits)
    }
  }

  /// The next bytes as one number.
  private mutating func bits(_ count: Int) throws(Diagnostic) -> UInt64 {
    let start = try take(count)
    var value: UInt64 = 0
    for i in 0..<count {
      let place = storage == .bigEndian ? start + i : start + count - 1 - i
      value = value << 8 | UInt64(bytes[place])
    }
    return value
  }

  /// Where the next bytes lie, and moves behind them.
  private mutating func take(_ count: Int) throws(Diagnostic) -> Int {
    guard count <= bytes.count - offset else { throw ended }
    offset += count
    return offset - count
  }

  private mutating func word() throws(Diagnostic) -> UnsafeRawBufferPointer {
    guard let word = text.nextWord() else { throw ended }
    return word
  }

  private var place: Place? { storage == .ascii ? text.place : nil }

  private var ended: Diagnostic {
    Diagnostic(
      .truncated, at: place, field: "values", expected: "more values", found: "the end of the file",
      remedy: "export the mesh again")
  }

  private func malformed(_ word: UnsafeRawBufferPointer, _ expected: String) -> Diagnostic {
    Diagnostic(
      .malformed, at: place, field: "values", expected: expected,
      found: quoted(UnsafeRawBufferPointer(rebasing: word.prefix(100)).text),
      remedy: "export the mesh again")
  }
}
