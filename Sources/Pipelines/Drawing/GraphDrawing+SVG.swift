extension GraphDrawing {
  /// A picture that needs no other program: boxes in columns by rank, arrows as curves.
  ///
  /// An arrow across several columns passes through an empty slot in each of them, so that it crosses no
  /// box.
  package var svg: String {
    let layout = Layout(self)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(layout.width)\" "
        + "height=\"\(layout.height)\" viewBox=\"0 0 \(layout.width) \(layout.height)\" "
        + "font-family=\"Helvetica, Arial, sans-serif\">",
      "<title>\(Self.escaped(title))</title>",
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" "
        + "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/>"
        + "</marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
    ]
    for (arrow, way) in zip(arrows, layout.ways) {
      var path = "M\(way[0].x) \(way[0].y)"
      for (a, b) in zip(way, way.dropFirst()) {
        let middle = (a.x + b.x) / 2
        path += " C\(middle) \(a.y) \(middle) \(b.y) \(b.x) \(b.y)"
      }
      lines.append(
        "<path d=\"\(path)\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#tip)\"/>")
      let (a, b) = (way[way.count - 2], way[way.count - 1])
      lines.append(
        "<text x=\"\((a.x + b.x) / 2)\" y=\"\((a.y + b.y) / 2 - 4)\" font-size=\"10\" "
          + "fill=\"#333\" text-anchor=\"middle\" stroke=\"#fff\" stroke-width=\"3\" "
          + "paint-order=\"stroke\">\(Self.escaped(arrow.label))</text>")
    }
    for (box, frame) in zip(boxes, layout.frames) {
      let (fill, radius) =
        switch box.shape {
        case .source: ("#e8f0fe", frame.height / 2)
        case .stage: ("#f6f6f6", 4)
        case .file: ("#fff3c4", 0)
        }
      lines.append(
        "<rect x=\"\(frame.x)\" y=\"\(frame.y)\" width=\"\(frame.width)\" "
          + "height=\"\(frame.height)\" rx=\"\(radius)\" fill=\"\(fill)\" stroke=\"#555\"/>")
      for (row, text) in ([box.title] + box.lines).enumerated() {
        lines.append(
          "<text x=\"\(frame.x + frame.width / 2)\" y=\"\(frame.y + 18 + 15 * row)\" "
            + "font-size=\"12\" text-anchor=\"middle\""
            + (row == 0 ? " font-weight=\"bold\"" : "") + ">\(Self.escaped(text))</text>")
      }
    }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: String(character)
      }
    }.joined()
  }

  /// The positions of the boxes and arrows of a drawing, in pixels.
  private struct Layout {
    struct Frame {
      var x = 0
      var y = 0
      var width = 0
      var height = 0
    }
    struct Point {
      var x: Int
      var y: Int
    }

    var frames: [Frame]
    var ways: [[Point]]
    var width = 0
    var height = 0

    init(_ drawing: GraphDrawing) {
      let boxes = drawing.boxes
      ways = []
      frames = boxes.map { box in
        let letters = ([box.title] + box.lines).map(\.count).max() ?? 1
        return Frame(width: max(70, letters * 7 + 20), height: 14 + 15 * (1 + box.lines.count))
      }
      let ranks = (boxes.map(\.rank).max() ?? 0) + 1
      // The items of a column from top to bottom: a box, or an arrow that passes through.
      enum Item: Hashable { case box(Int), pass(Int) }
      var columns: [[Item]] = Array(repeating: [], count: ranks)
      for (index, box) in boxes.enumerated() { columns[box.rank].append(.box(index)) }
      for (index, arrow) in drawing.arrows.enumerated() {
        for rank in stride(from: boxes[arrow.from].rank + 1, to: boxes[arrow.to].rank, by: 1) {
          columns[rank].append(.pass(index))
        }
      }
      // Items are sorted by the mean height of their sources: few crossings in small graphs.
      var slot: [Item: Double] = [:]
      for rank in 0..<ranks {
        func wish(_ item: Item) -> Double {
          let sources: [Item] =
            switch item {
            case .box(let index):
              drawing.arrows.enumerated().filter { $0.element.to == index }.map {
                boxes[$0.element.from].rank == rank - 1 ? .box($0.element.from) : .pass($0.offset)
              }
            case .pass(let index):
              [
                boxes[drawing.arrows[index].from].rank == rank - 1
                  ? .box(drawing.arrows[index].from) : .pass(index)
              ]
            }
          // A passing arrow keeps its slot of the previous column.
          let heights = sources.compactMap { slot[$0] }
          return heights.isEmpty ? 0 : heights.reduce(0, +) / Double(heights.count)
        }
        let wishes = Dictionary(uniqueKeysWithValues: columns[rank].map { ($0, wish($0)) })
        columns[rank] = columns[rank].enumerated().sorted {
          (wishes[$0.element]!, $0.offset) < (wishes[$1.element]!, $1.offset)
        }.map(\.element)
        for (position, item) in columns[rank].enumerated() {
          slot[item] = Double(position) - Double(columns[rank].count - 1) / 2
        }
      }
      let gap = 28
      let itemHeight: (Item) -> Int = { [frames] item in
        if case .box(let index) = item { frames[index].height } else { 12 }
      }
      let heights = columns.map { column in
        column.reduce(0) { $0 + itemHeight($1) } + gap * max(0, column.count - 1)
      }
      height = (heights.max() ?? 0) + 40
      var passing: [Int: [Point]] = [:]
      var x = 20
      for rank in 0..<ranks {
        let columnWidth =
          columns[rank].map { [frames] item in
            if case .box(let index) = item { frames[index].width } else { 0 }
          }.max() ?? 0
        var y = (height - heights[rank]) / 2
        for item in columns[rank] {
          switch item {
          case .box(let index):
            frames[index].x = x + (columnWidth - frames[index].width) / 2
            frames[index].y = y
          case .pass(let index):
            passing[index, default: []] += [
              Point(x: x, y: y + 6), Point(x: x + columnWidth, y: y + 6),
            ]
          }
          y += itemHeight(item) + gap
        }
        let labels = drawing.arrows.filter { boxes[$0.to].rank == rank + 1 }.map(\.label.count)
        x += columnWidth + 40 + (labels.max() ?? 0) * 6
      }
      width = x - 20
      for (index, arrow) in drawing.arrows.enumerated() {
        let (a, b) = (frames[arrow.from], frames[arrow.to])
        // Arrows into the same box end side by side.
        let siblings = drawing.arrows.indices.filter { drawing.arrows[$0].to == arrow.to }
        let order = siblings.firstIndex(of: index)!
        let end = b.y + b.height * (order + 1) / (siblings.count + 1)
        ways.append(
          [Point(x: a.x + a.width, y: a.y + a.height / 2)] + (passing[index] ?? [])
            + [Point(x: b.x, y: end)])
      }
    }
  }
}
