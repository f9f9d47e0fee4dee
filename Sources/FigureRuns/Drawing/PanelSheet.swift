import Pictures

/// Pictures in rows and columns, with the names of both.
struct PanelSheet {
  var columns: [String]
  var rows: [(name: String, pictures: [RGBImage])]

  private static let gap = 6
  private static let top = 34

  /// The figure of the sheet; all pictures are of one size, twice that on the page.
  func figure(_ name: String, _ caption: String, table: DataTable) -> Figure {
    let (width, height) = (rows[0].pictures[0].width, rows[0].pictures[0].height)
    let count = rows.map(\.pictures.count).max() ?? 1
    var sheet = RGBImage(
      width: count * (width + Self.gap) - Self.gap,
      height: rows.count * (height + Self.gap) - Self.gap,
      filledWith: RGBImage.Colour(255, 255, 255))
    for (row, line) in rows.enumerated() {
      for (column, picture) in line.pictures.enumerated() {
        sheet.draw(picture, column: column * (width + Self.gap), row: row * (height + Self.gap))
      }
    }
    let left = rows.allSatisfy(\.name.isEmpty) ? 10 : 130
    // Half a pixel of the sheet is one of the SVG, so that the PNG shows every pixel.
    let (inner, tall) = (sheet.width / 2, sheet.height / 2)
    let (pageWidth, pageHeight) = (left + inner + 10, Self.top + tall + 10)
    func x(_ pixels: Int) -> String { "screen \(Double(pixels) / Double(pageWidth))" }
    func y(_ pixels: Int) -> String { "screen \(1 - Double(pixels) / Double(pageHeight))" }
    var commands = """
      unset border
      unset tics
      unset key
      unset grid
      unset label
      set lmargin at \(x(left))
      set rmargin at \(x(left + inner))
      set tmargin at \(y(Self.top))
      set bmargin at \(y(Self.top + tall))
      set xrange [0:\(sheet.width)]
      set yrange [0:\(sheet.height)]

      """
    for (number, text) in columns.enumerated() where !text.isEmpty {
      let middle = left + (number * (width + Self.gap) + width / 2) / 2
      commands += "set label \(Figure.quoted(text)) at \(x(middle)), \(y(Self.top / 2)) center\n"
    }
    for (number, row) in rows.enumerated() where !row.name.isEmpty {
      let middle = Self.top + (number * (height + Self.gap) + height / 2) / 2
      let lines = row.name.split(separator: "\n").map(String.init)
      for (line, text) in lines.enumerated() {
        let below = 18 * (2 * line - lines.count + 1) / 2
        commands += "set label \(Figure.quoted(text)) at \(x(12)), \(y(middle + below)) left\n"
      }
    }
    commands += "plot panels binary filetype=png with rgbimage"
    return Figure(
      name: name, caption: caption, size: (pageWidth, pageHeight), table: table, panels: sheet,
      commands: commands)
  }
}
