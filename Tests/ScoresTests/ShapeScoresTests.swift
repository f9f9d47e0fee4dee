import Scores
import TestSupport
import Testing
import Volumes

/// A shell of 6 mm with a round hole: what is read is known.
@Suite("ShapeScores")
struct ShapeScoresTests {
  static let shell = RoundShell()
  /// Spacings, and by how many mm a step may be misread there.
  static let spacings: [(spacing: SIMD3<Double>, tolerance: Double)] = [
    (SIMD3(1, 1, 1), 0.12), (SIMD3(0.7, 0.8, 1.2), 0.1), (SIMD3(0.9, 0.9, 2), 0.15),
    (SIMD3(1.5, 1.5, 1.5), 0.2),
  ]

  private func scores(
    _ spacing: SIMD3<Double>, outer: Double = 0, inner: Double = 0, gap: Double = 0,
    threads: Int = 2
  ) throws -> ShapeScores {
    let grid = Self.shell.grid(spacing)
    return try Self.shell.piece(on: grid, outer: outer, inner: inner, gap: gap).shapeScores(
      against: Self.shell.piece(on: grid), defective: Self.shell.bone(on: grid), threads: threads)
  }

  @Test("the true piece has no step, and its tables lie on the truth's", arguments: spacings)
  func truth(spacing: SIMD3<Double>, tolerance: Double) throws {
    let scores = try scores(spacing)
    #expect(scores.surface.outside == 0 && scores.surface.inside == 0)
    #expect(try #require(scores.rimStep.outside) < tolerance)
    #expect(try #require(scores.rimStep.inside) < tolerance)
  }

  @Test("a piece that lies 1 mm further out has steps of 1 mm", arguments: spacings)
  func outwards(spacing: SIMD3<Double>, tolerance: Double) throws {
    let scores = try scores(spacing, outer: 1, inner: 1)
    for value in [scores.rimStep.outside, scores.rimStep.inside] {
      #expect(abs(try #require(value) - 1) < tolerance)
    }
    for value in [scores.surface.outside, scores.surface.inside] {
      #expect(abs(try #require(value) - 1) < 0.15)
    }
  }

  @Test("each table has its own step, and a gap of 1.5 mm is none", arguments: spacings)
  func tablesApart(spacing: SIMD3<Double>, tolerance: Double) throws {
    let scores = try scores(spacing, inner: -2, gap: 1.5)
    #expect(try #require(scores.rimStep.outside) < 2 * tolerance)
    #expect(abs(try #require(scores.rimStep.inside) - 2) < 2 * tolerance)
    #expect(try #require(scores.surface.outside) < 0.15)
    #expect(abs(try #require(scores.surface.inside) - 2) < 0.25)
  }

  @Test("the same at any number of threads")
  func threads() throws {
    let spacing = SIMD3(1.5, 1.5, 1.5)
    let one = try scores(spacing, outer: 1, threads: 1)
    #expect(try scores(spacing, outer: 1, threads: 3) == one)
    #expect(try scores(spacing, outer: 1, threads: 8) == one)
  }

  @Test("what is not there is nil: an implant, a truth, bone around it")
  func nothing() throws {
    let grid = Self.shell.grid(SIMD3(2, 2, 2))
    let (piece, bone) = (Self.shell.piece(on: grid), Self.shell.bone(on: grid))
    let empty = Mask(emptyOn: grid)
    let none = try empty.shapeScores(against: piece, defective: bone)
    #expect(none.surface.outside == nil && none.rimStep.outside == nil)
    let untrue = try piece.shapeScores(against: empty, defective: bone)
    #expect(untrue.surface.inside == nil && untrue.rimStep.inside != nil)
    #expect(try piece.shapeScores(against: piece, defective: empty).rimStep.inside == nil)
    // Far from any rim.
    let apart = try Self.shell.piece(on: grid, gap: 12).rimStep(against: bone)
    #expect(apart.outside == nil && apart.inside == nil)
  }
}
