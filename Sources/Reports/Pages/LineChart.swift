import Foundation

/// Curves over epochs; a drawing in the page.
struct LineChart {
  let title: String
  let unit: String
  /// The curves, four at most; points without a value are left out.
  let curves: [(name: String, values: [Double?])]
  /// Whether the logarithm is shown; values that have none are left out.
  var isLogarithmic = false
  /// Where the second training stage begins, between two points; nil: nowhere.
  var border: Int?

  private static let (left, top, width, height) = (64.0, 10.0, 460.0, 220.0)
  /// Points of a curve at most: more than pixels shows nothing more.
  private static let mostPoints = 400

  /// Nothing where no curve has a point.
  var markup: Markup {
    let known = curves.filter { $0.values.contains { height($0) != nil } }
    let heights = known.flatMap { $0.values.compactMap(height) }
    guard let least = heights.min(), let greatest = heights.max() else { return "" }
    let scale = Scale(from: least, to: greatest, startsAtZero: !isLogarithmic)
    let count = curves.map(\.values.count).max() ?? 1
    func x(_ place: Double) -> String {
      Self.text(Self.left + (Self.width - Self.left - 10) * place / Double(max(1, count - 1)))
    }
    func y(_ value: Double) -> String {
      Self.text(Self.top + (Self.height - 50 - Self.top) * (1 - scale.share(of: value)))
    }
    var drawing: Markup = ""
    for tick in scale.ticks {
      drawing +=
        "<line class=\"grid\" x1=\"\(x(0))\" x2=\"\(x(Double(count - 1)))\" y1=\"\(y(tick))\" y2=\"\(y(tick))\"/>"
      drawing +=
        "<text x=\"\(Self.text(Self.left - 8))\" y=\"\(Self.text((Double(y(tick)) ?? 0) + 4))\" text-anchor=\"end\">\(label(tick))</text>"
    }
    if let border {
      let place = x(Double(border) - 0.5)
      drawing +=
        "<line class=\"axis border\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(Self.text(Self.top))\" y2=\"\(Self.text(Self.height - 50))\"/>"
    }
    for place in Set([0, (count - 1) / 2, count - 1]).sorted() {
      drawing +=
        "<text x=\"\(x(Double(place)))\" y=\"\(Self.text(Self.height - 32))\" text-anchor=\"middle\">\(place)</text>"
    }
    for (number, curve) in known.enumerated() {
      drawing += line(curve.values, number, x, y)
      let left = Self.left + 108 * Double(number)
      drawing +=
        "<line class=\"line line\(number)\" x1=\"\(Self.text(left))\" x2=\"\(Self.text(left + 20))\" y1=\"\(Self.text(Self.height - 12))\" y2=\"\(Self.text(Self.height - 12))\"/><text x=\"\(Self.text(left + 25))\" y=\"\(Self.text(Self.height - 8))\">\(curve.name)</text>"
    }
    let name = unit.isEmpty ? title : "\(title), \(unit)"
    let told = known.map { curve in
      "\(curve.name): \(Self.short(curve.values.compactMap { $0 }.last)) after \(curve.values.count) epochs"
    }.joined(separator: "; ")
    return """
      <figure><svg viewBox="0 0 \(Self.text(Self.width)) \(Self.text(Self.height))" role="img" aria-label="\(name). \(told)">\(drawing)</svg>
      <figcaption>\(name)</figcaption></figure>

      """
  }

  private func height(_ value: Double?) -> Double? {
    // What a drawing cannot show is left out, as what is no number is.
    guard let value, abs(value) < 1e100, !isLogarithmic || value > 0 else { return nil }
    return isLogarithmic ? log10(value) : value
  }

  private func line(
    _ values: [Double?], _ number: Int, _ x: (Double) -> String, _ y: (Double) -> String
  ) -> Markup {
    let step = max(1, values.count / Self.mostPoints)
    var parts: [[String]] = [[]]
    for (place, value) in values.enumerated()
    where place % step == 0 || place == values.count - 1 {
      if let value = height(value) {
        parts[parts.count - 1].append("\(x(Double(place))),\(y(value))")
      } else if !parts[parts.count - 1].isEmpty {
        parts.append([])
      }
    }
    let drawn: [Markup] = parts.filter { !$0.isEmpty }.map { points in
      points.count == 1
        ? "<circle class=\"dot\(number)\" cx=\"\(String(points[0].split(separator: ",")[0]))\" cy=\"\(String(points[0].split(separator: ",")[1]))\" r=\"3\"/>"
        : "<polyline class=\"line line\(number)\" points=\"\(points.joined(separator: " "))\"/>"
    }
    return "\(drawn)"
  }

  private func label(_ tick: Double) -> String {
    guard isLogarithmic else { return Self.short(tick) }
    return Self.short(pow(10, tick))
  }

  /// A number with three digits that count.
  static func short(_ value: Double?) -> String {
    guard let value, value.isFinite else { return Figures.none }
    let text = String(format: "%.3g", value)
    return text.replacingOccurrences(of: "e-0", with: "e-").replacingOccurrences(
      of: "e+0", with: "e"
    )
    .replacingOccurrences(of: "-", with: "−")
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }

  /// A range with round numbers in it.
  struct Scale {
    let range: ClosedRange<Double>
    let ticks: [Double]

    init(from least: Double, to greatest: Double, startsAtZero: Bool) {
      let low = startsAtZero ? min(0, least) : least
      let span = max(greatest - low, max(abs(greatest), 1e-6) * 1e-1)
      let raw = span / 4
      let power = pow(10, floor(log10(raw)))
      let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
      let (first, last) = ((low / step).rounded(.down), (greatest / step).rounded(.up))
      ticks = stride(from: first, through: max(last, first + 1), by: 1).map { $0 * step }
      range = ticks[0]...ticks[ticks.count - 1]
    }

    func share(of value: Double) -> Double {
      (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
  }
}
