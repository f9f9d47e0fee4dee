import Meshes
import Testing
import Volumes

@testable import Implants

/// On the ball of bone of `DesignTests`, whose hole lies about the axis of x: seen from outside, y is to the right and
/// z up.
@Suite struct LabelTests {
  /// Where a text changes the part, in LPS, and how much of it in mm³.
  private static func change(
    _ label: CaseLabel, spacing: Double = 0.6
  ) throws -> (points: [SIMD3<Double>], volume: Double, part: DesignedPart) {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: spacing)) { _ in 22 }
    let plain = try ImplantDesign(of: implant, in: bone).parts[0]
    let design = try ImplantDesign(of: implant, in: bone, by: PartDesign(label: label))
    let (_, report) = DesignTests.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    let part = design.parts[0]
    let (sizes, map) = (part.field.sizes, part.field.geometry.lpsFromIndex)
    var points: [SIMD3<Double>] = []
    for z in 0..<sizes.z {
      for y in 0..<sizes.y {
        for x in 0..<sizes.x where (part.field[x, y, z] < 0) != (plain.field[x, y, z] < 0) {
          points.append(map * SIMD3(Double(x), Double(y), Double(z)))
        }
      }
    }
    return (points, part.figures.part - plain.figures.part, part)
  }

  @Test("A label is upright and not mirrored", arguments: CaseLabel.Style.allCases)
  func readable(style: CaseLabel.Style) throws {
    let (points, volume, part) = try Self.change(CaseLabel("L", style: style))
    #expect(part.figures.labelHeight == 8 && part.figures.tunnels == 0)
    // Strokes of 8 and of 4 mm, 1 mm wide, their ends round.
    let expected = (8 + 4 + 0.8) * 1 * 0.6 * (style == .engraved ? -1 : 1)
    #expect(abs(volume / expected - 1) < 0.3, "\(volume) for \(expected)")
    let (low, high) = (points.map(\.z).min()!, points.map(\.z).max()!)
    let (left, right) = (points.map(\.y).min()!, points.map(\.y).max()!)
    #expect(abs(high - low - 8.5) < 1.2 && abs(right - left - 4.5) < 1.2)
    // An L: all that is above its lower stroke is at the left.
    let above = points.filter { $0.z > low + 2 }
    #expect(above.count > points.count / 3)
    #expect(above.allSatisfy { $0.y < left + 1.6 })
    // On the outside.
    #expect(points.allSatisfy { $0.length > 64 })
  }

  @Test func lettersAreMadeSmallerUntilTheyFitOrAreLeftOut() throws {
    // Of a part 44 mm wide some 38 mm can be written on.
    let (long, _, part) = try Self.change(CaseLabel("CASE-12345-LEFT", height: 20))
    #expect(!long.isEmpty && part.figures.labelHeight < 20 && part.figures.labelHeight >= 4.8)
    let (none, _, plain) = try Self.change(CaseLabel(String(repeating: "W", count: 60)))
    #expect(none.isEmpty && plain.figures.labelHeight == 0)
  }

  @Test func linesAreBrokenBetweenWordsAndInThemOnlyIfAsked() {
    func broken(_ text: String, _ count: Int, _ words: Bool = false) -> [Substring]? {
      StrokeText.broken(text, into: count, breakingWords: words)
    }
    #expect(broken("left-frontal-12", 1) == ["left-frontal-12"])
    #expect(broken("left-frontal-12", 2) == ["left-", "frontal-12"])
    #expect(broken("left-frontal-12", 3) == ["left-", "frontal-", "12"])
    #expect(broken("frontal", 2) == nil)
    #expect(broken("frontal", 2, true) == ["fro", "ntal"])
    #expect(broken("a", 2, true) == nil)
  }

  @Test func everyGlyphLiesOnItsGrid() {
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:/+=()?" {
      let (strokes, width) = StrokeFont.glyph(character)
      #expect(StrokeFont.has(character) && !strokes.isEmpty && width <= 6, "\(character)")
      for point in strokes.joined() {
        #expect((0...6).contains(point.x) && (0...6).contains(point.y), "\(character)")
      }
    }
    #expect(CaseLabel("q-1 ß頭").unknown == ["頭"])
    // No two are drawn alike.
    let drawn = Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".map { "\(StrokeFont.glyph($0).strokes)" })
    #expect(drawn.count == 36)
  }
}
