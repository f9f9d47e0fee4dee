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

  /// An L whose upper arm, at the patient's left, is moved to the back by half a millimetre; the picture's pixels say where.
  @Test func shapesAreWhereTheyBelongAndNotMirrored() {
    let grid = PartSheetTests.grid
    let shape = Mask(on: grid) { bytes in
      for z in 10..<50 {
        for y in 26..<34 {
          for x in (z < 30 ? 20 : 50)..<60 { bytes[grid.sizes.offset(x, y, z)] = 1 }
        }
      }
    }
    let before = TriangleMesh(surfaceOf: shape)
    let after = TriangleMesh(
      vertices: before.vertices.map { $0.y > 33 && $0.z > 31 ? $0 + SIMD3(0, 0.5, 0) : $0 },
      triangles: before.triangles)
    let axes = SmoothingSheet.widest(after)
    // From behind: the patient's right on the viewer's right.
    #expect(ViewAxes.letter(of: axes.right) == "R" && ViewAxes.letter(of: axes.up) == "S")
    let sheet = SmoothingSheet.render(before: before, after: after, width: 620, threads: 2)
    // Two panels of 298 × 223 pixels side by side, below a title of 48 and from 8 on; the maps 8 below them.
    let (panel, height) = (298, 223)
    let middle = SIMD3(39.5, 29.5, 29.5)
    func colour(_ p: SIMD3<Double>, map: Bool, right: Bool) -> SIMD3<Float> {
      // Both extents are 40 mm, so that the height decides; the other map is seen from the other side.
      let scale = (map ? 0.8 : 0.92) * Double(height) / 40
      let away = p - middle
      let across = map && right ? away.x : -away.x
      let column = (right ? 16 + panel : 8) + panel / 2 + Int((across * scale).rounded())
      let row = 48 + (map ? height + 8 : 0) + height / 2 - Int((away.z * scale).rounded())
      return SIMD3(sheet[column, row])
    }
    func isNear(_ a: SIMD3<Float>, _ b: RGBImage.Colour, within most: Float = 12) -> Bool {
      let d = a - SIMD3(b)
      return max(abs(d.x), abs(d.y), abs(d.z)) <= most
    }
    let (foot, arm, empty) = (SIMD3(30.0, 30, 20), SIMD3(55.0, 30, 41), SIMD3(30.0, 30, 41))
    let scale = ColourScale.upTo(0.5)
    for right in [false, true] {
      for place in [foot, arm] {
        let shaded = colour(place, map: false, right: right)
        #expect(!isNear(shaded, PreviewColours.background, within: 30), "\(place) \(right)")
      }
      for map in [false, true] {
        #expect(isNear(colour(empty, map: map, right: right), PreviewColours.background))
      }
      #expect(isNear(colour(foot, map: true, right: right), scale[0]))
      // Moved at the back only, which the left map shows.
      #expect(isNear(colour(arm, map: true, right: right), scale[right ? 0 : 0.5]))
    }
  }
}
