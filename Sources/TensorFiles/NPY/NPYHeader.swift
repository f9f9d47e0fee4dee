import Errors

/// The dictionary at the beginning of an NPY file, a literal of Python.
struct NPYHeader {
  private(set) var descr = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  private var rest: ArraySlice<UInt8>
  private let source: ByteSource

  init(_ bytes: [UInt8], of source: ByteSource) throws(Diagnostic) {
    (rest, self.source) = (bytes[...], source)
    var seen: Set<String> = []
    try expect("{")
    while !take("}") {
      let key = try text()
      guard seen.insert(key).inserted else { throw malformed("every key once") }
      try expect(":")
      switch key {
      case "descr": descr = try text()
      case "fortran_order": isFortranOrder = try truth()
      case "shape": shape = try sizes()
      default: throw malformed("descr, fortran_order and shape alone")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    guard seen.count == 3 else { throw malformed("descr, fortran_order and shape") }
    guard rest.allSatisfy({ $0 == 0x20 || $0 == 0x0a }) else { throw malformed("its end") }
  }

  private mutating func sizes() throws(Diagnostic) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self)),
        sizes.count < NamedTensor.mostAxes
      else { throw malformed("at most 64 sizes below 2^63") }
      rest = rest.dropFirst(digits.count)
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func truth() throws(Diagnostic) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      return value
    }
    throw malformed("True or False")
  }

  private mutating func text() throws(Diagnostic) -> String {
    skipSpace()
    guard let quote = rest.popFirst(), quote == 0x22 || quote == 0x27,
      let end = rest.firstIndex(of: quote),
      rest[..<end].allSatisfy({ (0x20...0x7e).contains($0) && $0 != 0x5c })
    else { throw malformed("a text in quotation marks") }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 } }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard let first = rest.first, first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Diagnostic) {
    guard take(character) else { throw malformed("'\(character)'") }
  }

  private func malformed(_ expected: String) -> Diagnostic {
    source.error(
      .malformed, "header", expected: expected,
      found: rest.isEmpty ? "its end" : quoted(String(decoding: rest.prefix(20), as: UTF8.self)),
      remedy: "save the array again with numpy.save")
  }
}
