/// A text on the outer surface of a part. Lengths are in mm.
public struct CaseLabel: Hashable, Sendable {
  /// How it stands out.
  public enum Style: String, Hashable, Sendable, CaseIterable {
    /// Grooves: nothing presses on the skin.
    case engraved
    /// Ridges.
    case embossed
  }

  /// What is written, in capitals.
  public var text: String
  public var style: Style
  /// How high capitals are where there is room.
  public var height: Double
  /// How wide strokes are at least; ridges are no narrower than the thinnest wall.
  public var stroke: Double
  /// How deep or how high strokes are.
  public var depth: Double

  /// Letters of 8 mm, 0.6 mm deep.
  public init(
    _ text: String, style: Style = .engraved, height: Double = 8, stroke: Double = 0.8,
    depth: Double = 0.6
  ) {
    (self.text, self.style, self.height) = (text, style, height)
    (self.stroke, self.depth) = (stroke, depth)
  }

  /// The characters that cannot be drawn.
  public var unknown: [Character] { text.uppercased().filter { !StrokeFont.has($0) }.map { $0 } }

  /// Lower letters than so many strokes cannot be read.
  private static let strokes = 6.0
  /// How high capitals are at least.
  public var leastHeight: Double { Self.strokes * stroke }
  /// Strokes of larger letters are this share of their height.
  static let weight = 0.12
  /// A text has no more lines.
  static let lines = 3
}
