import Errors
import Files
import Volumes

/// Reads the header of an NRRD file line by line.
///
/// Follows the specification and, where it leaves room, teem: names in any case; per-axis fields
/// come after `dimension`, orientation fields after `space` or `space dimension`; a field stated
/// twice is an error, a key stated twice keeps its last value.
struct NRRDHeaderParser {
  let path: String
  var header = NRRDHeader()
  /// The line and field at work, for errors.
  var line = 0
  var field = "header"
  var dimension: Int?
  var blockSize: Int?
  var isBlock = false
  /// Axes of one data file, where there are several.
  var partDimension: Int?
  var isMultiFile = false
  private var indexOfKey: [String: Int] = [:]

  init(path: String) { self.path = path }

  /// The header of an open file and the offset behind it.
  static func parse(_ file: InputFile) throws -> (header: NRRDHeader, end: Int) {
    var parser = NRRDHeaderParser(path: file.path)
    return try parser.run(file)
  }

  private mutating func run(_ file: InputFile) throws -> (header: NRRDHeader, end: Int) {
    var lines = HeaderLines(file)
    try checkMagic(try lines.next())
    var isEnded = false
    while let text = try lines.next() {
      line = lines.number
      if text.isEmpty {
        isEnded = true
        break
      }
      try parse(text)
      if field == NRRDField.dataFile.rawValue, case .names(let names) = header.dataFile,
        names.isEmpty
      {
        try readList(&lines)
        break
      }
    }
    field = "header"
    line = lines.number
    if header.dataFile == .attached, !isEnded {
      throw error(
        .malformed, expected: "an empty line before the voxels, or a field \"data file\"",
        found: "the end of the file", remedy: "the header is cut off; get the file again")
    }
    try checkWhole()
    return (header, lines.offset)
  }

  private mutating func checkMagic(_ text: String?) throws {
    line = 1
    let magic = text.map { String($0.prefix(40)).trimmingBlanks() } ?? ""
    let known = ["NRRD0001", "NRRD0002", "NRRD0003", "NRRD0004", "NRRD0005"]
    // NRRD00.01 is what the first version was called before it was one.
    if let index = known.firstIndex(of: magic) {
      header.version = index + 1
    } else if magic == "NRRD00.01" {
      header.version = 1
    } else {
      throw error(
        .unknownFormat, expected: "NRRD0001 to NRRD0005", found: quoted(magic),
        remedy: "save the file in a version this program knows")
    }
  }

  private mutating func parse(_ text: String) throws {
    field = "header"
    if text.utf8.first == UInt8(ascii: "#") {
      header.comments.append(
        String(text.drop { $0 == "#" || $0 == " " || $0 == "\t" }).trimmingBlanks())
      return
    }
    let utf8 = Array(text.utf8)
    // A field first, a key/value pair second: a key may contain ": ".
    if let colon = Self.fieldSeparator(utf8) {
      let name = String(decoding: utf8[..<colon], as: UTF8.self)
      if let known = NRRDField.byName[name.lowercased()] {
        field = known.rawValue
        if let earlier = header.lines.updateValue(line, forKey: known) {
          throw error(
            .duplicateField, expected: "the field once", found: "it in line \(earlier) already",
            remedy: "delete one of the two lines")
        }
        let value = String(decoding: utf8[min(utf8.count, colon + 2)...], as: UTF8.self)
        try parse(known, value.trimmingBlanks())
        return
      }
    }
    if let pair = Self.pair(utf8) {
      if let index = indexOfKey[pair.key] {
        header.keyValues[index] = pair
        header.warnings.append(
          "\(path):\(line): key \(quoted(pair.key)) is stated twice; the last value counts")
      } else {
        indexOfKey[pair.key] = header.keyValues.count
        header.keyValues.append(pair)
      }
      return
    }
    throw error(
      .malformed, expected: "\"field: value\", \"key:=value\", a comment or an empty line",
      found: quoted(text), remedy: "correct the line, or get the file again if it is damaged")
  }

  /// The place of the first ": ", or of a colon that ends the line.
  private static func fieldSeparator(_ utf8: [UInt8]) -> Int? {
    for i in utf8.indices where utf8[i] == UInt8(ascii: ":") {
      if i + 1 == utf8.count || utf8[i + 1] == UInt8(ascii: " ") { return i }
    }
    return nil
  }

  private static func pair(_ utf8: [UInt8]) -> ImageInfo.KeyValue? {
    for i in utf8.indices.dropLast()
    where utf8[i] == UInt8(ascii: ":") && utf8[i + 1] == UInt8(ascii: "=") {
      return ImageInfo.KeyValue(
        NRRDEscapes.unescaped(utf8[..<i]), NRRDEscapes.unescaped(utf8[(i + 2)...]))
    }
    return nil
  }

  /// The pair that a line states, or nil where it is a comment or a field.
  static func keyValue(in line: String) -> ImageInfo.KeyValue? {
    let utf8 = Array(line.utf8)
    guard utf8.first != UInt8(ascii: "#") else { return nil }
    if let colon = fieldSeparator(utf8),
      NRRDField.byName[String(decoding: utf8[..<colon], as: UTF8.self).lowercased()] != nil
    {
      return nil
    }
    return pair(utf8)
  }

  /// An error about the field at work.
  func error(
    _ code: Diagnostic.Code, expected: String, found: String,
    remedy: String = "correct the header"
  ) -> Diagnostic {
    Diagnostic(
      code, path, at: Place(line: line), field: field, expected: expected, found: found,
      remedy: remedy)
  }
}

/// The escapes of key/value pairs: `\n` for a line end, `\\` for a backslash.
enum NRRDEscapes {
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var i = bytes.startIndex
    while i < bytes.endIndex {
      if bytes[i] == UInt8(ascii: "\\"), i + 1 < bytes.endIndex {
        if bytes[i + 1] == UInt8(ascii: "n") {
          result.append(UInt8(ascii: "\n"))
          i += 2
          continue
        }
        if bytes[i + 1] == UInt8(ascii: "\\") { i += 1 }
      }
      result.append(bytes[i])
      i += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension StringProtocol {
  /// Without blanks and tabs at both ends.
  func trimmingBlanks() -> String {
    let text = Substring(self).utf8
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let first = text.firstIndex(where: { !isBlank($0) }) else { return "" }
    let last = text.lastIndex { !isBlank($0) }!
    return String(Substring(text[first...last]))
  }
}
