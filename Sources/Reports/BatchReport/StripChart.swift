import Foundation

/// Dots on a line for each group, with a bar at the median; a drawing in the page.
struct StripChart {
  let title: String
  let unit: String
  let groups: [(name: String, values: [Double])]

  private static let left = 130.0
  private static let width = 420.0
  private static let rowHeight = 24.0

  var markup: Markup {
    let all = groups.flatMap(\.values)
    let range = Self.range(of: all)
    let inner = Self.width - Self.left - 16
    func x(_ value: Double) -> String {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return Self.text(Self.left + inner * max(0, min(1, share)))
    }
    let height = Self.rowHeight * Double(groups.count) + 44
    var drawing: Markup = ""
    for (number, group) in groups.enumerated() {
      let y = Self.rowHeight * (Double(number) + 0.5) + 4
      drawing +=
        "<text x=\"\(Self.text(Self.left - 8))\" y=\"\(Self.text(y + 4))\" text-anchor=\"end\">\(group.name.shortened)</text>"
      for value in group.values {
        drawing +=
          "<circle class=\"bar\" cx=\"\(x(value))\" cy=\"\(Self.text(y))\" r=\"3\" fill-opacity=\"0.55\"/>"
      }
      if let median = Spread(group.values)?.median {
        drawing +=
          "<line class=\"axis\" x1=\"\(x(median))\" x2=\"\(x(median))\" y1=\"\(Self.text(y - 9))\" y2=\"\(Self.text(y + 9))\" stroke-width=\"2\"/>"
      }
    }
    let base = Self.text(height - 36)
    drawing +=
      "<line class=\"axis\" x1=\"\(Self.text(Self.left))\" x2=\"\(Self.text(Self.left + inner))\" y1=\"\(base)\" y2=\"\(base)\"/>"
    for step in 0...4 {
      let value = range.lowerBound + (range.upperBound - range.lowerBound) * Double(step) / 4
      drawing +=
        "<text x=\"\(x(value))\" y=\"\(Self.text(height - 18))\" text-anchor=\"middle\">\(Self.label(value))</text>"
    }
    let name = unit.isEmpty ? title : "\(title), \(unit)"
    let told = groups.map { group in
      "\(group.name): median \(Figures.text(Spread(group.values)?.median, unit, digits: 2)) of \(group.values.count), least \(Figures.text(group.values.min(), unit, digits: 2))"
    }.joined(separator: "; ")
    return """
      <figure><svg viewBox="0 0 \(Self.text(Self.width)) \(Self.text(height))" role="img" aria-label="\(name). \(told)">\(drawing)</svg>
      <figcaption>\(name)</figcaption></figure>

      """
  }

  /// From a round number to a round number around the values; shares from 0 to 1 where they are such.
  static func range(of values: [Double]) -> ClosedRange<Double> {
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
    if least >= 0, greatest <= 1 {
      return (least >= 0.5 ? 0.5 : 0)...1
    }
    let top = [1.0, 2, 4, 5, 8, 10, 20, 40, 50, 80, 100, 200, 400, 500, 1000].first {
      $0 >= greatest
    }
    return min(0, least)...(top ?? greatest)
  }

  private static func label(_ value: Double) -> String {
    let text = String(format: "%.3f", value)
    return text.replacingOccurrences(of: "\\.?0+$", with: "", options: .regularExpression)
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}

extension String {
  /// At most 18 characters.
  fileprivate var shortened: String { count <= 18 ? self : "\(prefix(17))…" }
}
