/// A bar of a colour scale with numbers in mm, and what other colours mean.
struct ScaleLegend {
  let scale: ColourScale
  /// Such as `THICKNESS`.
  let title: String
  /// Further colours, with what they stand for.
  var others: [(colour: (_ column: Int, _ row: Int) -> RGBImage.Colour, text: String)] = []

  /// Pixels that a legend is high.
  static let height = 78
  private static let barHeight = 20

  func draw(on picture: inout RGBImage, column: Int, row: Int, width: Int) {
    let margin = 14
    picture.write("\(title), mm", column: column + margin, row: row + 4)
    let (left, top) = (column + margin, row + 26)
    let length = others.isEmpty ? width - 2 * margin : width * 55 / 100
    for x in 0..<length {
      let share = Double(x) / Double(length - 1)
      let value =
        scale.range.lowerBound + share * (scale.range.upperBound - scale.range.lowerBound)
      picture.fill(
        columns: left + x..<left + x + 1, rows: top..<top + Self.barHeight, with: scale[value])
    }
    for value in scale.ticks {
      let share =
        (value - scale.range.lowerBound) / (scale.range.upperBound - scale.range.lowerBound)
      let x = left + Int((share * Double(length - 1)).rounded())
      picture.fill(
        columns: x..<x + 2, rows: top + Self.barHeight..<top + Self.barHeight + 5,
        with: RGBImage.Colour(255, 255, 255))
      let text = Self.text(value)
      let half = BitmapFont.width(of: text, scale: 2) / 2
      picture.write(
        text, column: max(left, min(left + length - 2 * half, x - half)),
        row: top + Self.barHeight + 9)
    }
    for (number, other) in others.enumerated() {
      let (x, y) = (left + length + 26, row + 6 + number * 24)
      for b in 0..<16 {
        for a in 0..<24 {
          picture.fill(
            columns: x + a..<x + a + 1, rows: y + b..<y + b + 1, with: other.colour(a, b))
        }
      }
      picture.write(other.text, column: x + 32, row: y + 1)
    }
  }

  /// Without a point where it needs none.
  static func text(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension RGBImage {
  /// The picture with a legend below it, as wide.
  func above(_ legend: ScaleLegend) -> RGBImage {
    var both = RGBImage(
      width: width, height: height + ScaleLegend.height, filledWith: PreviewColours.page)
    both.draw(self, column: 0, row: 0)
    legend.draw(on: &both, column: 0, row: height, width: width)
    return both
  }
}
