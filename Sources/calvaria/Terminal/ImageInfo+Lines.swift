import VolumeIO

extension ImageInfo {
  /// The facts about a file as text, one line each.
  func lines(sha256: String?) -> String {
    var rows: [(String, String)] = [
      (
        "format",
        "\(format.rawValue), \(encoding.rawValue)"
          + (endian.map { ", \($0.rawValue)-endian" } ?? "")
      ),
      ("type", type.name),
      ("sizes", sizes.map(String.init).joined(separator: " × ")),
      ("spacings", spacings.map { $0.map(Self.short) ?? "unknown" }.joined(separator: " × ")),
      ("space", space ?? "unknown"),
    ]
    if let spaceDirections {
      let vectors = spaceDirections.map { $0.map(Self.vector) ?? "none" }
      rows.append(("directions", vectors.joined(separator: " ")))
    }
    if let spaceOrigin { rows.append(("origin", Self.vector(spaceOrigin))) }
    if let content = details.content { rows.append(("content", content)) }
    if !segments.isEmpty {
      let texts = segments.map { "\($0.name) (label \($0.label), layer \($0.layer))" }
      rows.append(("segments", texts.joined(separator: ", ")))
    }
    for pair in keyValues { rows.append((pair.key, pair.value)) }
    if let sha256 { rows.append(("sha256", sha256)) }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      // Text from a file must not control the terminal.
      let line = String(
        String.UnicodeScalarView(
          value.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
      return name + String(repeating: " ", count: width - name.count + 2) + line
    }.joined(separator: "\n")
  }

  private static func vector(_ numbers: [Double]) -> String {
    "(\(numbers.map(short).joined(separator: ", ")))"
  }

  /// A number; whole numbers without `.0`.
  private static func short(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
