extension ImageInfo {
  /// The object that `calvaria info --json` prints: keys in a fixed order, those that may be null
  /// present as null, those of ``Details`` only where the header has them.
  ///
  /// - Parameter sha256: the digest of the elements, where it was asked for.
  public func json(sha256: String? = nil) -> String {
    var members: [(String, JSONText)] = [
      ("format", .string(format.rawValue)),
      ("type", .string(type.name)),
      ("sizes", .array(sizes.map { .integer($0) })),
      ("space", .optional(space)),
      ("spaceDirections", .vectors(spaceDirections)),
      ("spaceOrigin", .numbers(spaceOrigin)),
      ("spacings", .numbers(spacings)),
      ("encoding", .string(encoding.rawValue)),
      ("endian", .optional(endian?.rawValue)),
      ("keyValues", .object(keyValues.map { ($0.key, .string($0.value)) })),
    ]
    if !segments.isEmpty {
      members.append(
        (
          "segments",
          .array(
            segments.map {
              .object([
                ("name", .string($0.name)), ("label", .integer($0.label)),
                ("layer", .integer($0.layer)),
              ])
            })
        ))
    }
    if let sha256 { members.append(("sha256", .string(sha256))) }
    func add(_ name: String, _ text: JSONText?) { if let text { members.append((name, text)) } }
    add("kinds", details.kinds.map { .array($0.map { .optional($0) }) })
    add("labels", details.labels.map { .array($0.map { .string($0) }) })
    add("units", details.units.map { .array($0.map { .string($0) }) })
    add("centerings", details.centerings.map { .array($0.map { .optional($0) }) })
    add("thicknesses", details.thicknesses.map { .numbers($0) })
    add("axisMins", details.axisMins.map { .numbers($0) })
    add("axisMaxs", details.axisMaxs.map { .numbers($0) })
    add("spaceUnits", details.spaceUnits.map { .array($0.map { .string($0) }) })
    add("measurementFrame", details.measurementFrame.map { .vectors($0) })
    add("sampleUnits", details.sampleUnits.map { .string($0) })
    add("oldMin", details.oldMin.map { .number($0) })
    add("oldMax", details.oldMax.map { .number($0) })
    add("content", details.content.map { .string($0) })
    if !details.comments.isEmpty {
      add("comments", .array(details.comments.map { .string($0) }))
    }
    return JSONText.object(members).text
  }
}

/// A piece of JSON whose members keep their order.
private struct JSONText {
  let text: String

  static func string(_ value: String) -> JSONText {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return JSONText(text: text + "\"")
  }

  static func optional(_ value: String?) -> JSONText { value.map { string($0) } ?? null }
  static var null: JSONText { JSONText(text: "null") }
  static func integer(_ value: Int) -> JSONText { JSONText(text: String(value)) }

  /// JSON has no NaN and no infinity: null stands for both.
  static func number(_ value: Double?) -> JSONText {
    guard let value, value.isFinite else { return null }
    return JSONText(text: value.description)
  }

  static func numbers(_ values: [Double?]?) -> JSONText {
    values.map { array($0.map { number($0) }) } ?? null
  }
  static func numbers(_ values: [Double]?) -> JSONText {
    values.map { array($0.map { number($0) }) } ?? null
  }
  static func vectors(_ values: [[Double]?]?) -> JSONText {
    values.map { array($0.map { numbers($0) }) } ?? null
  }
  static func array(_ values: [JSONText]) -> JSONText {
    JSONText(text: "[" + values.map(\.text).joined(separator: ", ") + "]")
  }
  static func object(_ members: [(String, JSONText)]) -> JSONText {
    let lines = members.map { string($0.0).text + ": " + $0.1.text }
    return JSONText(text: "{" + lines.joined(separator: ", ") + "}")
  }
}
