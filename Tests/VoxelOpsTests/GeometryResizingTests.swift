import Errors
import Testing
import VoxelOps
import Volumes

@Suite("Resized and respaced grids")
struct GeometryResizingTests {
  @Test(
    "resizing keeps the corners of the box",
    arguments: [
      GridSize(10, 12, 14), GridSize(5, 6, 7), GridSize(1, 1, 1), GridSize(23, 7, 100),
    ])
  func box(sizes: GridSize) {
    let old = Geometry.oblique(GridSize(10, 12, 14))
    let new = old.resized(to: sizes)
    #expect(new.sizes == sizes && new.space == old.space && new.placement == old.placement)
    for (a, b) in zip(old.boxCorners, new.boxCorners) { #expect((a - b).length < 1e-12) }
    #expect(old.resized(to: old.sizes) == old)
    #expect(new.resized(to: old.sizes).mismatch(with: old)! < 1e-12)
  }

  @Test("half the size: the origin moves by half an old voxel along each axis")
  func half() {
    let new = Geometry(sizes: GridSize(8, 8, 8), spacing: SIMD3(1, 2, 3)).resized(
      to: GridSize(4, 4, 4))
    #expect(new.origin == SIMD3(0.5, 1, 1.5))
    #expect(new.spacing == SIMD3(2, 4, 6))
  }

  @Test(
    "respacing keeps the centre and the axes, and rounds sizes",
    arguments: [
      SIMD3(1, 1, 1), SIMD3(0.3, 5, 2.5), SIMD3(1000, 1000, 1000),
    ])
  func centre(spacing: SIMD3<Double>) throws {
    let old = Geometry.oblique(GridSize(10, 12, 14))
    let new = try old.respaced(to: spacing)
    for axis in 0..<3 {
      let wanted = Double(old.sizes[axis]) * old.spacing[axis] / spacing[axis]
      #expect(abs(Double(new.sizes[axis]) - wanted) <= 0.5 || new.sizes[axis] == 1)
      #expect(abs(new.spacing[axis] - spacing[axis]) < 1e-12)
      let (a, b) = (old.directions[axis], new.directions[axis])
      #expect(abs(a.dot(b) - a.length * b.length) < 1e-9)
    }
    func middle(_ g: Geometry) -> SIMD3<Double> {
      g.boxCorners.reduce(.zero, +) / 8
    }
    #expect((middle(old) - middle(new)).length < 1e-9)
  }

  @Test(
    "spacings that are no spacings are refused",
    arguments: [
      0, -1, Double.nan, .infinity, 1e-300,
    ])
  func bad(spacing: Double) {
    let error = #expect(throws: Diagnostic.self) {
      try Geometry(sizes: GridSize(4, 4, 4)).respaced(to: SIMD3(1, spacing, 1))
    }
    #expect(error?.code == .badSize)
    #expect(error?.message.hasPrefix("spacing: expected") == true)
  }

  @Test("a grid of too many voxels is refused")
  func tooMany() {
    let error = #expect(throws: Diagnostic.self) {
      try Geometry(sizes: GridSize(4, 4, 4)).respaced(to: SIMD3(repeating: 4e-9))
    }
    #expect(error?.code == .badSize)
  }
}
