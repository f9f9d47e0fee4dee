import Accounts
import Completion
import Foundation
import Implants

extension BatchReport {
  /// The table of all cases, with its controls.
  func table(_ rows: [BatchRow]) -> Markup {
    let kinds = Set(rows.map(\.kind)).filter { !$0.isEmpty }.sorted()
    let options: [Markup] = kinds.map { "<option value=\"\($0)\">\($0)</option>" }
    let kindChoice: Markup =
      kinds.count < 2
      ? ""
      : "<label for=\"kind\">Kind <select id=\"kind\"><option value=\"\">all</option>\(options)</select></label>\n"
    // Columns without a figure in any row are left out.
    let columns = Self.columns.filter { column in
      column.isAlways || rows.contains { column.sort($0) != nil }
    }
    let heads: [Markup] = columns.enumerated().map { number, column in
      let kind: Markup = column.isNumber ? " class=\"number\"" : ""
      return
        "<th scope=\"col\"\(kind) aria-sort=\"none\"><button type=\"button\" data-column=\"\(number + 1)\">\(column.title)</button></th>"
    }
    let lines: [Markup] = rows.map { line($0, columns) }
    return """
      <section aria-labelledby="cases"><h2 id="cases">Cases</h2>
      <div class="controls screen" role="search">
      <label for="search">Search <input type="search" id="search" placeholder="name or warning"></label>
      <label for="state">Show <select id="state"><option value="">all</option><option value="failed">failed</option>\
      <option value="doubtful">to be looked at</option><option value="none">in order</option></select></label>
      \(kindChoice)<output id="count" aria-live="polite">\(rows.count) of \(rows.count)</output></div>
      <div class="scroll"><table id="table"><caption>Failures stand first, then what is least trusted. The heads of the columns \
      sort.</caption>
      <thead><tr><th scope="col">Picture</th>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table></div></section>

      """
  }

  /// A column: what it shows of a case, and what it sorts by.
  struct Column {
    let title: String
    var isNumber = true
    /// Whether it stands there even if no case has a figure.
    var isAlways = false
    let text: (BatchRow) -> Markup
    /// A number, or a text; nil sorts last.
    let sort: (BatchRow) -> String?
  }

  private static func number(
    _ title: String, _ unit: String = "", digits: Int, _ value: @escaping (BatchRow) -> Double?
  ) -> Column {
    Column(
      title: title, text: { "\(Figures.text(value($0), unit, digits: digits))" },
      sort: { value($0).map { "\($0)" } })
  }

  private static var columns: [Column] {
    [
      Column(
        title: "Case", isNumber: false, isAlways: true, text: { .name($0.record.name) },
        sort: { $0.record.name }),
      Column(
        title: "State", isNumber: false, isAlways: true,
        text: { row in
          switch row.concern {
          case .failed: "<span class=\"fail\">✗ \(row.record.status.rawValue)</span>"
          case .doubtful: "<span class=\"doubt\">! look at it</span>"
          case .none: "<span class=\"pass\">✓ in order</span>"
          }
        }, sort: { "\($0.concern.rawValue)" }),
      number("Confidence", digits: 2) { $0.record.findings?.confidence },
      Column(
        title: "Part", isNumber: false,
        text: { row in
          switch row.record.gate?.passes {
          case nil: "\(Figures.none)"
          case true?: "<span class=\"pass\">✓ passes</span>"
          case false?: "<span class=\"fail\">✗ fails</span>"
          }
        }, sort: { $0.record.gate.map { $0.passes ? "1" : "0" } }),
      number("Dice", digits: 3) { $0.record.score?.dsc },
      number("Border Dice", digits: 3) { $0.record.score?.bdsc },
      number("HD95", "mm", digits: 2) { $0.record.score?.hd95 },
      number("Defect", "cm²", digits: 1) { $0.area },
      number("Part", "cm³", digits: 1) { row in
        let parts = row.record.chart.holes.compactMap(\.partVolumeCM3)
        return parts.isEmpty ? nil : parts.reduce(0, +)
      },
      number("Time", "s", digits: 1) { $0.seconds > 0 ? $0.seconds : nil },
      Column(
        title: "Warnings", isNumber: false,
        text: { row in
          row.record.warnings.isEmpty
            ? ""
            : "<details><summary>\(row.record.warnings.count)</summary>\(row.warnings)</details>"
        }, sort: { $0.record.warnings.isEmpty ? nil : "\($0.record.warnings.count)" }),
    ]
  }

  private func line(_ row: BatchRow, _ columns: [Column]) -> Markup {
    let cells: [Markup] = columns.enumerated().map { number, column in
      let key: Markup = column.sort(row).map { " data-key=\"\($0)\"" } ?? ""
      if number == 0 {
        return "<th scope=\"row\"\(key)>\(column.text(row))\(links(row.record))</th>"
      }
      let kind: Markup = column.isNumber ? " class=\"number\"" : ""
      return "<td\(kind)\(key)>\(column.text(row))</td>"
    }
    let state: Markup =
      switch row.concern {
      case .failed: "failed"
      case .doubtful: "doubtful"
      case .none: "none"
      }
    let picture: Markup =
      thumbnail(row.record).map {
        "<img class=\"thumb\" loading=\"lazy\" src=\"data:image/png;base64,\(Markup(stringLiteral: Page.base64($0)))\" alt=\"Skull and implant of \(row.record.name)\">"
      } ?? ""
    return
      "<tr data-state=\"\(state)\" data-kind=\"\(row.kind)\"><td>\(picture)</td>\(cells)</tr>\n"
  }

  /// Links to the case's own page and its files.
  private func links(_ record: RunAccount.CaseRecord) -> Markup {
    var links: [Markup] = []
    func link(_ path: String, _ text: String) {
      links.append(" <a href=\"\(Self.address(of: path))\">\(text)</a>")
    }
    if let page = page(record) { link(page, "page") }
    for output in record.outputs where output.bytes != nil {
      let folder = output.file.prefix { $0 != "/" }
      guard ["preview", "implant", "mesh"].contains(folder) else { continue }
      // Of meshes there may be several formats.
      let ending = output.file.split(separator: ".").last.map(String.init) ?? ""
      link(output.file, folder == "mesh" ? ending : String(folder))
    }
    return links.isEmpty ? "" : "<br><small>\(links)</small>"
  }

  /// The address of a file below the page's folder: every character that has a meaning in addresses is escaped, so that a
  /// file named `javascript:…` is a file.
  static func address(of path: String) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/")
    return "./" + (path.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
  }
}

extension BatchRow {
  fileprivate var warnings: [Markup] { record.warnings.map { "<p>\(withoutFolders($0))</p>" } }
}
