import Glibc

/// Colours for numbers: from dark blue over green to light yellow.
///
/// Lightness grows evenly, so that the order is seen in grey and by every eye; those who confuse red and green see it go
/// from blue to yellow. *Source*: our own, an arc in Oklab (Ottosson 2020).
struct ColourScale {
  /// What the ends of the scale stand for; numbers beyond get the colour of the end.
  let range: ClosedRange<Double>
  /// 256 colours.
  var table = Self.table

  /// The colours in their order.
  static let table: [RGBImage.Colour] = (0..<256).map { n in
    let t = Double(n) / 255
    // Lightness, green to red, blue to yellow.
    let (l, a, b) = (
      0.30 + 0.65 * t, -0.005 - 0.010 * t - 0.32 * t * (1 - t), -0.115 + 0.255 * t
    )
    return RGBImage.Colour(oklab: l, a, b)
  }

  /// From dark blue over light grey to dark orange: for numbers around 0.
  static let diverging: [RGBImage.Colour] = (0..<256).map { n in
    let t = (Double(n) - 127.5) / 127.5
    let size = abs(t)
    return RGBImage.Colour(
      oklab: 0.93 - 0.45 * size, t < 0 ? -0.03 * size : 0.08 * size,
      t < 0 ? -0.15 * size : 0.11 * size)
  }

  subscript(value: Double) -> RGBImage.Colour {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return table[Int((max(0, min(1, share)) * 255).rounded())]
  }

  /// Numbers for a legend: round ones, five or so.
  var ticks: [Double] {
    let length = range.upperBound - range.lowerBound
    let step = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50].first { step in
      let count = length / step
      return count < 6.01 && abs(count - count.rounded()) < 1e-6
    }
    let count = step.map { Int((length / $0).rounded()) } ?? 4
    return (0...count).map { range.lowerBound + length * Double($0) / Double(count) }
  }

  /// From 0 to the least round number that is not below a value.
  static func upTo(_ value: Double) -> ColourScale {
    let ends = [1.0, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100]
    return ColourScale(range: 0...(ends.first { $0 >= value } ?? 200))
  }
}

extension RGBImage.Colour {
  /// The sRGB of a colour in Oklab, cut to what a screen shows.
  fileprivate init(oklab l: Double, _ a: Double, _ b: Double) {
    func cube(_ x: Double) -> Double { x * x * x }
    let long = cube(l + 0.3963377774 * a + 0.2158037573 * b)
    let medium = cube(l - 0.1055613458 * a - 0.0638541728 * b)
    let short = cube(l - 0.0894841775 * a - 1.2914855480 * b)
    func encoded(_ linear: Double) -> UInt8 {
      let x = max(0, min(1, linear))
      let value = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
      return UInt8((value * 255).rounded())
    }
    self.init(
      encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
      encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
      encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short))
  }
}
