import Foundation

/// A bar for each of many numbers, such as the dimensions of a latent; a drawing in the page.
struct BarChart {
  let title: String
  let unit: String
  /// In the order in which they are drawn.
  let bars: [(name: String, value: Double)]

  private static let (left, top, width, height) = (64.0, 10.0, 460.0, 220.0)

  /// Nothing without bars.
  var markup: Markup {
    let values = bars.map(\.value).filter { abs($0) < 1e100 }
    guard let greatest = values.max() else { return "" }
    let scale = LineChart.Scale(from: 0, to: greatest, startsAtZero: true)
    let inner = Self.width - Self.left - 10
    let step = inner / Double(bars.count)
    func y(_ value: Double) -> Double {
      Self.top + (Self.height - 30 - Self.top) * (1 - scale.share(of: value))
    }
    var drawing: Markup = ""
    for tick in scale.ticks {
      drawing +=
        "<line class=\"grid\" x1=\"\(Self.text(Self.left))\" x2=\"\(Self.text(Self.left + inner))\" y1=\"\(Self.text(y(tick)))\" y2=\"\(Self.text(y(tick)))\"/>"
      drawing +=
        "<text x=\"\(Self.text(Self.left - 8))\" y=\"\(Self.text(y(tick) + 4))\" text-anchor=\"end\">\(LineChart.short(tick))</text>"
    }
    for (number, bar) in bars.enumerated() where abs(bar.value) < 1e100 {
      drawing += """
        <rect class="bar" x="\(Self.text(Self.left + step * (Double(number) + 0.1)))" y="\(Self.text(y(max(0, bar.value))))" \
        width="\(Self.text(step * 0.8))" height="\(Self.text(y(0) - y(max(0, bar.value))))"><title>\(bar.name): \
        \(LineChart.short(bar.value)) \(unit)</title></rect>
        """
    }
    let name = unit.isEmpty ? title : "\(title), \(unit)"
    let told =
      "the greatest \(LineChart.short(greatest)), the least \(LineChart.short(values.min()))"
    return """
      <figure><svg viewBox="0 0 \(Self.text(Self.width)) \(Self.text(Self.height))" role="img" aria-label="\(name): \(told)">\(drawing)</svg>
      <figcaption>\(name)</figcaption></figure>

      """
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}
