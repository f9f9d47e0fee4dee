import Testing
import Volumes

@testable import Pictures

@Suite struct DisagreementMapTests {
  /// A head of bone, and a plate on its left, half of which is uncertain.
  private let geometry = Geometry(
    sizes: GridSize(40, 40, 40), space: .leftPosteriorSuperior,
    directions: Matrix3(diagonal: SIMD3(1, 1, 1)), origin: .zero)

  private func box(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>) -> Mask {
    Mask(on: geometry) { bytes in
      for k in z { for j in y { for i in x { bytes[geometry.sizes.offset(i, j, k)] = 1 } } }
    }
  }

  @Test func coloursLieWhereTheDistancesAre() throws {
    let plate = box(34..<38, 8..<32, 8..<32)
    // Anterior half: 4 mm; posterior half: nearly nothing.
    let distances = Volume<Float>(on: geometry) { voxels in
      for k in 8..<32 {
        for j in 8..<32 {
          for i in 34..<38 { voxels[geometry.sizes.offset(i, j, k)] = j < 20 ? 4 : 0.01 }
        }
      }
    }
    let map = try #require(
      DisagreementMap.render(
        plate, distances: distances, in: box(5..<30, 5..<35, 5..<35), width: 200))
    // Seen from the patient's left, the front is at the left.
    let (front, back) = (map[75, 75], map[125, 75])
    #expect(Int(front.red) > Int(back.red) + 60, "\(front) \(back)")
    #expect(map.height == 150 + ScaleLegend.height)
  }

  @Test func anEmptyImplantHasNoMap() {
    #expect(
      DisagreementMap.render(
        Mask(emptyOn: geometry), distances: Volume(zerosOn: geometry),
        in: box(5..<30, 5..<35, 5..<35), width: 200) == nil)
  }

  @Test func aThumbnailShowsTheImplantInYellow() {
    func yellow(_ picture: RGBImage) -> Int {
      var count = 0
      for row in 0..<picture.height {
        for column in 0..<picture.width {
          let c = picture[column, row]
          if c.red > 120, c.green > 90, c.blue < 60 { count += 1 }
        }
      }
      return count
    }
    let bone = box(5..<30, 5..<35, 5..<35)
    let with = Thumbnail.render(bone: bone, implant: box(34..<38, 8..<32, 8..<32), side: 64)
    #expect(with.width == 64 && with.height == 64)
    #expect(yellow(with) > 100)
    #expect(yellow(Thumbnail.render(bone: bone, implant: Mask(emptyOn: geometry), side: 64)) == 0)
  }
}
