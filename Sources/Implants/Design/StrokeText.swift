/// A text as strokes about its middle, x to the right, y up. Lengths are in mm.
struct StrokeText {
  /// The ends of each stroke; a dot has both at one place.
  let strokes: [(from: SIMD2<Double>, to: SIMD2<Double>)]
  /// How wide and how high it is, with the width of its strokes.
  let size: SIMD2<Double>
  /// The width of a stroke, in mm.
  let stroke: Double
  /// The height of a capital letter, in mm.
  let height: Double

  /// Between letters, and between lines, in steps of the font's grid at least.
  private static let (gap, leading) = (2.0, 3.0)

  /// - Parameters:
  ///   - lines: from top to bottom.
  ///   - wall: between strokes of neighbouring letters at least.
  init(_ lines: [Substring], height: Double, stroke: Double, wall: Double) {
    let step = height / StrokeFont.height
    let gap = max(Self.gap * step, stroke + wall)
    let pitch = height + max(Self.leading * step, stroke + wall)
    let widths = lines.map { line in
      line.reduce(-gap) { $0 + step * StrokeFont.glyph($1).width + gap }
    }
    let width = widths.max() ?? 0
    let tall = pitch * Double(lines.count - 1) + height
    var strokes: [(SIMD2<Double>, SIMD2<Double>)] = []
    for (n, line) in lines.enumerated() {
      var corner = SIMD2(-widths[n] / 2, tall / 2 - height - pitch * Double(n))
      for character in line {
        let glyph = StrokeFont.glyph(character)
        for points in glyph.strokes {
          let placed = points.map { corner + step * $0 }
          for (a, b) in zip(placed, placed.count > 1 ? placed.dropFirst() : placed[...]) {
            strokes.append((a, b))
          }
        }
        corner.x += step * glyph.width + gap
      }
    }
    self.strokes = strokes
    (self.stroke, self.height) = (stroke, height)
    size = SIMD2(width + stroke, tall + stroke)
  }

  /// How far a place is from the edge of the strokes, below 0 in them.
  func distance(from place: SIMD2<Double>) -> Double {
    var least = Double.infinity
    for (a, b) in strokes {
      let line = b - a
      let square = (line * line).sum()
      let share = square > 0 ? min(1, max(0, ((place - a) * line).sum() / square)) : 0
      let away = place - (a + share * line)
      least = min(least, (away * away).sum())
    }
    return least.squareRoot() - stroke / 2
  }

  /// A text in so many lines, as even as can be, broken behind signs between words, or anywhere; nil where it has too
  /// few places for that.
  static func broken(
    _ text: String, into count: Int, breakingWords: Bool
  ) -> [Substring]? {
    guard count > 1 else { return breakingWords ? nil : [text[...]] }
    let ends = text.indices.dropFirst().filter {
      breakingWords || "-_. /".contains(text[text.index(before: $0)])
    }
    guard ends.count >= count - 1 else { return nil }
    // The shortest longest line of all that can be had with so many breaks.
    func best(from start: String.Index, lines: Int) -> (longest: Int, breaks: [String.Index])? {
      if lines == 1 { return (text[start...].count, []) }
      var found: (longest: Int, breaks: [String.Index])?
      for end in ends where end > start {
        guard let rest = best(from: end, lines: lines - 1) else { continue }
        let longest = max(text[start..<end].count, rest.longest)
        if longest < found?.longest ?? .max { found = (longest, [end] + rest.breaks) }
      }
      return found
    }
    guard let found = best(from: text.startIndex, lines: count) else { return nil }
    let bounds = [text.startIndex] + found.breaks + [text.endIndex]
    return zip(bounds, bounds.dropFirst()).map { text[$0..<$1] }
  }
}
