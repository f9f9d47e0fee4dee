import Testing
import Volumes

@Suite struct GeometryTests {
  /// An oblique, left-handed grid: no axis along x, y or z.
  static let oblique = Geometry(
    sizes: GridSize(7, 5, 3), space: .rightAnteriorSuperior,
    directions: Matrix3(SIMD3(0.4, 0.3, 0.1), SIMD3(0.2, -0.5, 0.05), SIMD3(-0.1, 0.2, 1.4)),
    origin: SIMD3(-120.5, 33.25, 900))

  @Test func indexToWorldAndBack() throws {
    let map = Self.oblique.lpsFromIndex
    let back = try #require(Self.oblique.indexFromLPS)
    for index in [SIMD3(0.0, 0, 0), SIMD3(6, 4, 2), SIMD3(-0.5, 2.5, 1.25)] {
      let there = back * (map * index)
      #expect((there - index).length < 1e-12)
    }
  }

  @Test func rasPointsChangeTheSignsOfXAndY() {
    let point = Self.oblique.lpsFromIndex * SIMD3(1, 0, 0)
    #expect(point == SIMD3(120.5 - 0.4, -33.25 - 0.3, 900.1))
  }

  @Test(arguments: [
    (Space.leftPosteriorSuperior, SIMD3(1.0, 1, 1), true),
    (.rightAnteriorSuperior, SIMD3(-1, -1, 1), true),
    (.leftAnteriorSuperior, SIMD3(1, -1, 1), false),
  ])
  func spacesToLPS(space: Space, signs: SIMD3<Double>, rightHanded: Bool) {
    #expect(space.signsToLPS == signs)
    #expect(space.isRightHanded == rightHanded)
    // Mirroring an odd number of axes changes the handedness, LPS itself being right-handed.
    #expect((signs.x * signs.y * signs.z > 0) == rightHanded)
  }

  @Test func spacingIsTheLengthOfTheColumns() {
    let spacing = Self.oblique.spacing
    #expect(abs(spacing.x - (0.16 + 0.09 + 0.01).squareRoot()) < 1e-15)
    #expect(abs(spacing.z - (0.01 + 0.04 + 1.96).squareRoot()) < 1e-15)
    #expect(!Self.oblique.isOrthogonal)
    #expect(Geometry(sizes: GridSize(1, 1, 1), spacing: SIMD3(0.5, 0.5, 3)).isOrthogonal)
  }

  @Test func voxelVolumeIsPositiveForLeftHandedGrids() {
    let left = Geometry(
      sizes: GridSize(2, 2, 2), space: .leftPosteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(0.5, -0.5, 2)))
    #expect(left.directions.determinant < 0)
    #expect(left.voxelVolume == 0.5)
  }

  @Test func mismatchIsMeasuredAtTheCorners() {
    let a = Geometry(sizes: GridSize(101, 11, 11))
    var b = a
    #expect(a.mismatch(with: b) == 0)
    b.directions[0].x = 1.001
    #expect(abs(a.mismatch(with: b)! - 0.1) < 1e-9)
    b.sizes = GridSize(101, 11, 10)
    #expect(a.mismatch(with: b) == nil)
  }

  @Test func theSamePlaceInAnotherSpaceIsNoMismatch() {
    let lps = Geometry(
      sizes: GridSize(4, 4, 4), space: .leftPosteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(1, 2, 3)), origin: SIMD3(5, 6, 7))
    let ras = Geometry(
      sizes: GridSize(4, 4, 4), space: .rightAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(-1, -2, 3)), origin: SIMD3(-5, -6, 7))
    #expect(lps.mismatch(with: ras) == 0)
  }

  @Test func matrices() throws {
    let m = Self.oblique.directions
    let identity = try #require(m.inverse) * m
    for column in 0..<3 {
      #expect((identity[column] - Matrix3.identity[column]).length < 1e-14)
    }
    #expect(Matrix3(SIMD3(1, 0, 0), SIMD3(2, 0, 0), SIMD3(0, 0, 1)).inverse == nil)
    #expect(Matrix3(SIMD3(.nan, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)).inverse == nil)
    #expect(m.transposed.transposed == m)
    #expect(SIMD3(1.0, 0, 0).cross(SIMD3(0, 1, 0)) == SIMD3(0, 0, 1))
  }
}
