extension GraphDrawing {
  /// A Graphviz digraph.
  var dot: String {
    var lines = [
      "digraph \(Self.quoted(title)) {", "  rankdir=LR;",
      "  node [fontname=\"Helvetica\", fontsize=11];",
      "  edge [fontname=\"Helvetica\", fontsize=9];",
    ]
    for (index, box) in boxes.enumerated() {
      let shape =
        switch box.shape {
        case .source: "oval"
        case .stage: "box"
        case .file: "note"
        }
      let label = Self.quoted(([box.title] + box.lines).joined(separator: "\n"))
      lines.append("  n\(index) [shape=\(shape), label=\(label)];")
    }
    for arrow in arrows {
      lines.append("  n\(arrow.from) -> n\(arrow.to) [label=\(Self.quoted(arrow.label))];")
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    let body = text.map { character in
      switch character {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      default: String(character)
      }
    }.joined()
    return "\"\(body)\""
  }
}
