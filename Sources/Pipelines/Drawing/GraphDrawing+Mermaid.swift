extension GraphDrawing {
  /// The graph as a Mermaid flowchart, from left to right, for Markdown.
  package var mermaid: String {
    var lines = ["flowchart LR"]
    for (index, box) in boxes.enumerated() {
      let text = ([box.title] + box.lines).map(Self.escaped).joined(separator: "<br/>")
      let (open, close) =
        switch box.shape {
        case .source: ("([", "])")
        case .stage: ("[", "]")
        case .file: ("[/", "/]")
        }
      lines.append("  n\(index)\(open)\"\(text)\"\(close)")
    }
    for arrow in arrows {
      lines.append("  n\(arrow.from) -->|\"\(Self.escaped(arrow.label))\"| n\(arrow.to)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\"": "#quot;"
      case "#": "#35;"
      case "<": "#lt;"
      case ">": "#gt;"
      case "\n": " "
      default: String(character)
      }
    }.joined()
  }
}
