/// A table of a page.
struct Table {
  /// What it shows, for those who hear the page.
  var caption: String
  var columns: [Column]
  var rows: [[Markup]]

  struct Column {
    var title: String
    /// Numbers stand at the right.
    var isNumber = false

    init(_ title: String, isNumber: Bool = false) {
      (self.title, self.isNumber) = (title, isNumber)
    }
  }

  var markup: Markup {
    let heads: [Markup] = columns.map {
      $0.isNumber
        ? "<th scope=\"col\" class=\"number\">\($0.title)</th>"
        : "<th scope=\"col\">\($0.title)</th>"
    }
    let lines: [Markup] = rows.map { row in
      let cells: [Markup] = zip(columns, row).enumerated().map { number, cell in
        let (column, content) = cell
        if number == 0 { return "<th scope=\"row\">\(content)</th>" }
        return column.isNumber ? "<td class=\"number\">\(content)</td>" : "<td>\(content)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll"><table><caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table></div>

      """
  }
}
