import Errors
import Volumes

extension NRRDHeaderParser {
  /// Reads the value of one field.
  mutating func parse(_ known: NRRDField, _ value: String) throws {
    switch known {
    case .type: try parseType(value)
    case .blockSize: blockSize = try positive(value, "a number of bytes")
    case .dimension:
      let axes = try positive(value, "a number of axes from 1 to 16")
      guard axes <= 16 else {
        throw error(.unsupported, expected: "1 to 16 axes", found: "\(axes)")
      }
      dimension = axes
    case .sizes: try parseSizes(value)
    case .encoding: header.encoding = try encoding(value)
    case .endian:
      guard let endian = Endianness(rawValue: value.lowercased()) else {
        throw error(.malformed, expected: "little or big", found: quoted(value))
      }
      header.endian = endian
    case .lineSkip:
      header.lineSkip = try integer(value, "a number of lines of 0 or more")
      guard (0...Self.largestSkip).contains(header.lineSkip) else {
        throw error(.malformed, expected: "0 or more lines", found: quoted(value))
      }
    case .byteSkip:
      header.byteSkip = try integer(value, "a number of bytes, or -1")
      guard (-Self.largestSkip...Self.largestSkip).contains(header.byteSkip) else {
        throw error(.malformed, expected: "a number of bytes, or -1", found: quoted(value))
      }
    case .dataFile: try parseDataFile(value)
    case .space, .spaceDimension, .spaceDirections, .spaceOrigin, .spaceUnits, .measurementFrame:
      try parseOrientation(known, value)
    case .spacings:
      header.spacings = try axisNumbers(value) { $0.isNaN || ($0.isFinite && $0 != 0) }
    case .thicknesses:
      header.thicknesses = try axisNumbers(value) { $0.isNaN || ($0.isFinite && $0 >= 0) }
    case .axisMins: header.axisMins = try axisNumbers(value) { !$0.isInfinite }
    case .axisMaxs: header.axisMaxs = try axisNumbers(value) { !$0.isInfinite }
    case .centerings: header.centerings = try axisWords(value, ["cell": "cell", "node": "node"])
    case .kinds: header.kinds = try axisWords(value, NRRDKind.byName)
    case .labels: header.labels = try strings(value, count: try axes())
    case .units: header.units = try strings(value, count: try axes())
    case .content: header.content = value
    case .sampleUnits: header.sampleUnits = value
    case .oldMin: header.oldMin = try limit(value)
    case .oldMax: header.oldMax = try limit(value)
    // `number` repeats the product of the sizes, `min` and `max` lost their meaning: teem ignores
    // all three, whatever they say.
    case .number, .min, .max: header.obsolete[known] = value
    }
  }

  /// Skips beyond any file would only overflow sums.
  private static var largestSkip: Int { 1 << 48 }

  private mutating func parseType(_ value: String) throws {
    if value.lowercased() == "block" {
      isBlock = true
    } else if let type = NRRDTypeName.byName[value.lowercased()] {
      header.type = .scalar(type)
    } else {
      throw error(
        .malformed, expected: "a type such as uint8, short, float or block", found: quoted(value))
    }
  }

  private mutating func parseSizes(_ value: String) throws {
    let words = try axisWordList(value)
    header.sizes = try words.map { try positive(String($0), "sizes of 1 or more") }
  }

  private func encoding(_ value: String) throws -> DataEncoding {
    switch value.lowercased() {
    case "raw": .raw
    case "txt", "text", "ascii": .ascii
    case "hex": .hex
    case "gz", "gzip": .gzip
    case "bz2", "bzip2": .bzip2
    default:
      throw error(.malformed, expected: "raw, ascii, hex, gzip or bzip2", found: quoted(value))
    }
  }

  /// The number of axes, which `dimension` must have stated in an earlier line.
  func axes() throws -> Int {
    guard let dimension else {
      throw error(
        .missingField, expected: "the field \"dimension\" in an earlier line", found: "none",
        remedy: "move \"dimension\" up")
    }
    return dimension
  }

  func integer(_ value: String, _ expected: String) throws -> Int {
    guard let number = NumberText.integer(value) else {
      throw error(.malformed, expected: expected, found: quoted(value))
    }
    return number
  }

  private func positive(_ value: String, _ expected: String) throws -> Int {
    let number = try integer(value, expected)
    guard number > 0 else { throw error(.malformed, expected: expected, found: quoted(value)) }
    return number
  }

  func number(_ value: some StringProtocol) throws -> Double {
    guard let number = NumberText.double(value) else {
      throw error(.malformed, expected: "a number", found: quoted(String(value)))
    }
    return number
  }

  /// A finite number, or NaN for unknown.
  private func limit(_ value: String) throws -> Double {
    let limit = try number(value)
    guard !limit.isInfinite else {
      throw error(.malformed, expected: "a finite number, or nan", found: quoted(value))
    }
    return limit
  }

  private func axisWordList(_ value: String) throws -> [Substring] {
    let count = try axes()
    let words = value.split { $0 == " " || $0 == "\t" }
    guard words.count == count else {
      throw error(
        .contradiction, expected: "\(counted(count, "value")), as \"dimension\" says",
        found: "\(words.count)")
    }
    return words
  }

  private func axisNumbers(_ value: String, _ isValid: (Double) -> Bool) throws -> [Double] {
    try axisWordList(value).map { word in
      let value = try number(word)
      guard isValid(value) else {
        throw error(
          .malformed, expected: "a value that \(field) can have", found: quoted(String(word)))
      }
      return value
    }
  }

  private func axisWords(_ value: String, _ names: [String: String]) throws -> [String?] {
    try axisWordList(value).map { word in
      if word == "???" || word == "none" { return nil }
      guard let name = names[word.lowercased()] else {
        throw error(
          .malformed, expected: "one of the specification's \(field)", found: quoted(String(word)))
      }
      return name
    }
  }

  /// Strings in double quotes; `\"` stands for a quote.
  func strings(_ value: String, count: Int) throws -> [String] {
    var result: [String] = []
    var rest = value.unicodeScalars[...]
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      if rest.isEmpty { break }
      guard rest.popFirst() == "\"" else {
        throw error(.malformed, expected: "strings in double quotes", found: quoted(value))
      }
      var text = String.UnicodeScalarView()
      var isClosed = false
      while let scalar = rest.popFirst() {
        if scalar == "\"" {
          isClosed = true
          break
        }
        if scalar == "\\", rest.first == "\"" {
          text.append(rest.removeFirst())
        } else {
          text.append(scalar)
        }
      }
      guard isClosed else {
        throw error(.malformed, expected: "a closing double quote", found: quoted(value))
      }
      result.append(String(text))
    }
    guard result.count == count else {
      throw error(.contradiction, expected: "\(count) strings", found: "\(result.count)")
    }
    return result
  }
}
