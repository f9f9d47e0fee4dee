import Errors

/// The header of a PLY file: which elements follow, and of what they are.
struct PLYHeader {
  enum NumberType {
    case int8, uint8, int16, uint16, int32, uint32, float, double

    init?(_ name: Substring) {
      switch name {
      case "char", "int8": self = .int8
      case "uchar", "uint8": self = .uint8
      case "short", "int16": self = .int16
      case "ushort", "uint16": self = .uint16
      case "int", "int32": self = .int32
      case "uint", "uint32": self = .uint32
      case "float", "float32": self = .float
      case "double", "float64": self = .double
      default: return nil
      }
    }

    var byteCount: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float: 4
      case .double: 8
      }
    }

    var isInteger: Bool { self != .float && self != .double }
  }

  /// A number of each row of an element, or a list of numbers.
  struct Property {
    var name: String
    var type: NumberType
    /// The type of a list's count; nil for a single number.
    var count: NumberType?
  }

  /// A table: rows of the same properties.
  struct Element {
    var name: String
    var count: Int
    var properties: [Property] = []

    /// The fewest bytes of a row, in binary.
    var leastBytes: Int { properties.reduce(0) { $0 + ($1.count ?? $1.type).byteCount } }
  }

  private(set) var storage = PLY.Storage.ascii
  private(set) var elements: [Element] = []
  private(set) var tags = PlacementTags()
  /// Where the values begin, and in which line.
  private(set) var end = 0
  private(set) var endLine = 1

  init(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    var text = TextScanner(bytes)
    guard let first = text.nextLine(), first.spells("ply") else {
      throw Diagnostic(
        .malformed, field: "file", expected: "a first line `ply`", found: "something else",
        remedy: "check that this is a PLY file")
    }
    var hasFormat = false
    while true {
      let place = text.place
      guard let line = text.nextLine(), line.count < 4096 else {
        throw Diagnostic(
          .truncated, at: place, field: "header", expected: "end_header", found: "none",
          remedy: "export the mesh again")
      }
      if line.spells("end_header") { break }
      let words = line.text.split(separator: " ")
      switch words.first {
      case "format":
        guard words.count == 3, words[2] == "1.0",
          let named = PLY.Storage(rawValue: String(words[1]))
        else { throw Self.malformed("a format 1.0, ascii or binary", line, place) }
        (storage, hasFormat) = (named, true)
      case "comment", "obj_info": try tags.read(line.text)
      case "element":
        guard words.count == 3, let count = Int(words[2]), count >= 0 else {
          throw Self.malformed("element NAME COUNT", line, place)
        }
        elements.append(Element(name: String(words[1]), count: count))
      case "property":
        guard !elements.isEmpty, let property = Self.property(words) else {
          throw Self.malformed("property TYPE NAME of an element", line, place)
        }
        elements[elements.count - 1].properties.append(property)
      case nil: continue
      default: throw Self.malformed("format, comment, element, property or end_header", line, place)
      }
    }
    guard hasFormat else {
      throw Diagnostic(
        .missingField, field: "format", expected: "a line `format`", found: "none",
        remedy: "export the mesh again")
    }
    (end, endLine) = (min(text.position, bytes.count), text.line)
  }

  private static func property(_ words: [Substring]) -> Property? {
    if words.count == 3, let type = NumberType(words[1]) {
      return Property(name: String(words[2]), type: type)
    }
    if words.count == 5, words[1] == "list", let count = NumberType(words[2]), count.isInteger,
      let type = NumberType(words[3])
    {
      return Property(name: String(words[4]), type: type, count: count)
    }
    return nil
  }

  private static func malformed(
    _ expected: String, _ line: UnsafeRawBufferPointer, _ place: Place
  ) -> Diagnostic {
    Diagnostic(
      .malformed, at: place, field: "header", expected: expected, found: quoted(line.text),
      remedy: "export the mesh again")
  }
}
