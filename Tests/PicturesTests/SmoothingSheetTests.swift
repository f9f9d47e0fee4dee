import Meshes
import Testing
import Volumes

@testable import Pictures

/// What is drawn of a surface that was moved by a known distance.
@Suite struct SmoothingSheetTests {
  @Test func theMapShowsHowFarTheSurfaceWasMoved() throws {
    let plate = PartSheetTests.plate
    // The side that faces the front, y = 25.5, is moved to the front by half a millimetre.
    let moved = TriangleMesh(
      vertices: plate.vertices.map { $0.y < 26 ? $0 - SIMD3(0, 0.5, 0) : $0 },
      triangles: plate.triangles)
    let map = SmoothingSheet.map(
      of: moved, from: TriangleTree(plate),
      axes: ViewAxes(towardsViewer: SIMD3(0, -1, 0)), width: 120, height: 90, threads: 2)
    let numbers = map.numbers
    #expect(numbers.count > 1000)
    #expect(abs(numbers[numbers.count / 2] - 0.5) < 0.01, "\(numbers[numbers.count / 2])")
    let back = SmoothingSheet.map(
      of: moved, from: TriangleTree(plate),
      axes: ViewAxes(towardsViewer: SIMD3(0, 1, 0)), width: 120, height: 90, threads: 2)
    #expect(back.numbers[back.numbers.count / 2] < 0.001)
    let sheet = SmoothingSheet.render(before: plate, after: moved, width: 400, threads: 2)
    #expect(sheet == SmoothingSheet.render(before: plate, after: moved, width: 400, threads: 1))
  }

  /// A plate shows most of itself from the front or from behind.
  @Test func theWidestSideIsShown() {
    let axes = SmoothingSheet.widest(PartSheetTests.plate)
    #expect(abs(abs(axes.away.y) - 1) < 1e-9)
  }
}
