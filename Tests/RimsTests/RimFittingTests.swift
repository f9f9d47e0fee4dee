import Errors
import Rims
import Scores
import TestSupport
import Testing
import VoxelOps
import Volumes

/// A shell with a round hole, and completions of it that lie beside it.
@Suite("RimFitting")
struct RimFittingTests {
  static let shell: RoundShell = {
    var shell = RoundShell()
    (shell.outer, shell.inner, shell.hole) = (46, 40, 0.55)
    return shell
  }()
  static let grid = shell.grid(SIMD3(1.5, 1.4, 1.6))

  /// The whole shell, its tables moved outwards by so many mm, its middle by others.
  static func completion(
    outer: Double = 0, inner: Double = 0, moved: SIMD3<Double> = .zero
  ) -> Mask {
    var other = shell
    other.middle += moved
    other.outer += outer
    other.inner += inner
    other.hole = -1
    return other.bone(on: grid)
  }

  private static func added(to bone: Mask, by completed: Mask) throws -> Mask {
    try completed.subtracting(bone).opened(byBall: 1.5)
      .largestComponents(minFraction: 1, connectivity: .faces6)
  }

  static let wrong: [(outer: Double, inner: Double, moved: SIMD3<Double>)] = [
    (1.5, 0.5, .zero), (-1, -2, .zero), (0.5, 1, SIMD3(1, -2, 1.5)),
  ]

  @Test("a completion that lies beside the bone fills the hole without a step", arguments: wrong)
  func lays(outer: Double, inner: Double, moved: SIMD3<Double>) throws {
    let bone = Self.shell.bone(on: Self.grid)
    let piece = Self.shell.piece(on: Self.grid)
    let completed = Self.completion(outer: outer, inner: inner, moved: moved)
    let fit = try completed.fitted(onto: bone, threads: 2)
    #expect(fit.pairs > 100)
    #expect(try #require(fit.before) > 0.7)
    let before = try #require(try Self.added(to: bone, by: completed).dice(with: piece))
    let implant = try Self.added(to: bone, by: fit.mask)
    let after = try #require(try implant.dice(with: piece))
    #expect(after > before + 0.05 && after > 0.93, "\(before) → \(after)")
    let step = try implant.rimStep(against: bone, threads: 2)
    // Voxels of 1.5 mm: what is read of a true piece is off by as much.
    #expect(try #require(step.outside) < 0.4)
    #expect(try #require(step.inside) < 0.4)
  }

  @Test("a completion that is right stays as it is, but for rounding")
  func stays() throws {
    let bone = Self.shell.bone(on: Self.grid)
    let completed = Self.completion()
    let fit = try completed.fitted(onto: bone)
    #expect(try #require(try fit.mask.dice(with: completed)) > 0.99)
  }

  @Test("what lies far from the holes is not touched")
  func elsewhere() throws {
    let bone = Self.shell.bone(on: Self.grid)
    var completed = Self.completion(outer: 1.5)
    completed[3, 3, 3] = true
    let fit = try completed.fitted(onto: bone)
    #expect(fit.mask[3, 3, 3])
    // Across from the hole.
    let p = Self.shell.middle - 46.7 * Self.shell.way
    let index = try #require(Self.grid.indexFromLPS) * p + 0.5
    #expect(completed[Int(index.x), Int(index.y), Int(index.z)])
    #expect(fit.mask[Int(index.x), Int(index.y), Int(index.z)])
  }

  @Test("without a hole, bone or completion nothing is changed")
  func nothing() throws {
    let completed = Self.completion(outer: 1)
    let empty = Mask(emptyOn: Self.grid)
    #expect(try completed.fitted(onto: Self.completion()).mask == completed)
    #expect(try completed.fitted(onto: empty).mask == completed)
    #expect(try empty.fitted(onto: completed).mask == empty)
    #expect(throws: Diagnostic.self) {
      try completed.fitted(onto: Mask(emptyOn: Geometry(sizes: GridSize(4, 4, 4))))
    }
  }

  @Test("the same bytes at any number of threads")
  func threads() throws {
    let bone = Self.shell.bone(on: Self.grid)
    let completed = Self.completion(outer: 1.5, moved: SIMD3(1, 0, -1))
    let one = try completed.fitted(onto: bone, threads: 1)
    for threads in [2, 5] {
      #expect(try completed.fitted(onto: bone, threads: threads).mask == one.mask)
    }
  }
}
