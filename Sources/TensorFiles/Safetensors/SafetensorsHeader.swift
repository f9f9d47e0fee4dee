import Errors

/// The header of a safetensors file, checked against the bytes that there are.
///
/// *Source*: the format's description in the README of safetensors 0.8: eight bytes of length,
/// JSON, then the elements of all tensors without a gap.
struct SafetensorsHeader {
  /// One tensor and where its bytes lie, counted from the first byte after the header.
  struct Entry {
    let name: String
    let type: TensorType
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// Longest header, the same bound as in the format's own implementation.
  static let longest = 100_000_000
  /// The name under which the texts stand.
  static let metadataName = "__metadata__"

  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [Entry] = []
  /// The first byte after the header.
  let dataStart: Int

  init(of source: ByteSource) throws(Diagnostic) {
    let prefix = try source.bytes(at: 0, count: 8, for: "header length")
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.longest else {
      throw source.error(
        .tooLarge, "header length", expected: "at most \(Self.longest) bytes", found: "\(length)",
        remedy: "check that this is a safetensors file")
    }
    guard Int(length) <= source.size - 8 else {
      throw source.error(
        .truncated, "header length",
        expected: "at most \(counted(source.size - 8, "byte")), as many as follow",
        found: "\(length)", remedy: "copy or download the file again")
    }
    dataStart = 8 + Int(length)
    let bytes = try source.bytes(at: 8, count: Int(length), for: "header")
    guard bytes.first == UInt8(ascii: "{") else {
      throw source.error(
        .malformed, "header", expected: "'{' as its first byte",
        found: bytes.first.map { "the byte \($0)" } ?? "an empty header",
        remedy: "check that this is a safetensors file")
    }
    var json = JSONReader(bytes, of: source)
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    try json.object("header") { (json, name) throws(Diagnostic) in
      if name == Self.metadataName {
        try json.object(name) { (json, key) throws(Diagnostic) in
          metadata[key] = try json.string("\(Self.metadataName), value of \(quoted(key))")
        }
      } else {
        entries.append(try Self.entry(name, &json, of: source))
      }
    }
    try json.end("header")
    (self.metadata, self.entries) = (metadata, entries)
    try checkLayout(of: source)
  }

  private static func entry(
    _ name: String, _ json: inout JSONReader, of source: ByteSource
  ) throws(Diagnostic) -> Entry {
    let what = "tensor \(quoted(name))"
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try json.object(what) { (json, key) throws(Diagnostic) in
      switch key {
      case "dtype": typeName = try json.string("\(what), dtype")
      case "shape": shape = try json.wholeNumbers("\(what), shape", atMost: NamedTensor.mostAxes)
      case "data_offsets": offsets = try json.wholeNumbers("\(what), data_offsets", atMost: 2)
      default:
        throw source.error(
          .malformed, what, expected: "dtype, shape and data_offsets alone", found: quoted(key),
          remedy: "save the file again")
      }
    }
    guard let typeName, let shape, let offsets else {
      throw source.error(
        .missingField, what, expected: "dtype, shape and data_offsets", found: "not all of them",
        remedy: "save the file again")
    }
    guard offsets.count == 2 else {
      throw source.error(
        .malformed, "\(what), data_offsets", expected: "two numbers", found: "\(offsets.count)",
        remedy: "save the file again")
    }
    guard let type = TensorType(rawValue: typeName) else {
      let known = TensorType.allCases.map(\.rawValue).joined(separator: " ")
      throw source.error(
        .unsupported, "\(what), dtype", expected: "one of \(known)", found: quoted(typeName),
        remedy: "convert the tensor before saving it")
    }
    return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  /// Every entry lies inside of the file and has the bytes of its shape; together they leave no
  /// byte out and take none twice.
  private func checkLayout(of source: ByteSource) throws(Diagnostic) {
    let available = source.size - dataStart
    for entry in entries {
      let what = "tensor \(quoted(entry.name))"
      guard let needed = TensorType.byteCount(of: entry.shape, entry.type) else {
        throw source.error(
          .tooLarge, "\(what), shape", expected: "a product below 2^63 bytes",
          found: "\(entry.shape) of \(entry.type.rawValue)", remedy: "save the file again")
      }
      guard entry.begin <= entry.end else {
        throw source.error(
          .malformed, "\(what), data_offsets", expected: "begin ≤ end",
          found: "\(entry.begin) and \(entry.end)", remedy: "save the file again")
      }
      guard entry.end <= available else {
        throw source.error(
          .outOfBounds, "\(what), data_offsets",
          expected: "an end within \(counted(available, "byte")) after the header",
          found: "\(entry.end)", remedy: "copy or download the file again")
      }
      guard entry.end - entry.begin == needed else {
        throw source.error(
          .sizeMismatch, "\(what), data_offsets",
          expected: "\(counted(needed, "byte")) for \(entry.shape) of \(entry.type.rawValue)",
          found: "\(entry.end - entry.begin)", remedy: "save the file again")
      }
    }
    var reached = 0
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard entry.begin == reached else {
        throw source.error(
          .overlapOrGap, "tensor \(quoted(entry.name)), data_offsets",
          expected: "a begin at \(reached), where the tensor before it ends",
          found: "\(entry.begin)", remedy: "save the file again")
      }
      reached = entry.end
    }
    guard reached == available else {
      throw source.error(
        .overlapOrGap, "data",
        expected: "\(counted(reached, "byte")) after the header, as the tensors need",
        found: "\(available)", remedy: "copy or download the file again")
    }
  }
}
