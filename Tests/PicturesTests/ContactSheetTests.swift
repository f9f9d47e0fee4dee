import Testing
import Volumes

@testable import Pictures

@Suite struct ContactSheetTests {
  /// A box of 100 × 120 × 80 mm, so tiles of 72 + 4 + 60 × 72 pixels, whose only bone lies in front, on
  /// the patient's right, in the upper half.
  static func shape(_ value: Float = 1) -> Volume<Float> {
    let sizes = GridSize(20, 24, 16)
    return Volume(on: Geometry(sizes: sizes, spacing: SIMD3(repeating: 5))) { voxels in
      for k in 8..<16 {
        for j in 0..<12 { for i in 0..<11 { voxels[sizes.offset(i, j, k)] = value } }
      }
    }
  }

  static func row(_ label: String, _ shapes: [Volume<Float>]) -> ContactSheet.Row {
    var row = ContactSheet.Row(label: label)
    for shape in shapes { row.append(shape) }
    return row
  }

  @Test func aTileShowsTheFrontLeftAndThePatientsRightLeft() throws {
    let tile = try #require(Self.row("", [Self.shape()]).tiles.first)
    #expect(tile.width == 72 + 4 + 60 && tile.height == 72)
    let (bone, none) = (RGBImage.Colour(245, 245, 245), RGBImage.Colour(10, 10, 10))
    // Sagittal: front to the left, superior up; 48 pixels high.
    #expect(tile[10, 10] == bone && tile[60, 10] == none)
    #expect(tile[10, 40] == none && tile[60, 40] == none)
    // Axial: front up, the patient's right to the left.
    #expect(tile[76 + 10, 10] == bone && tile[76 + 50, 10] == none)
    #expect(tile[76 + 10, 60] == none && tile[76 + 50, 60] == none)
  }

  @Test(arguments: [
    (Float(0), UInt8(10)), (0.5, 127), (1, 245), (-3, 10), (7, 245), (.nan, 10),
  ])
  func greyIsTheProbability(value: Float, grey: UInt8) throws {
    let tile = try #require(Self.row("", [Self.shape(value)]).tiles.first)
    #expect(tile[10, 10] == RGBImage.Colour(grey, grey, grey))
  }

  @Test func rowsAndColumnsLieOnAGrid() {
    let rows = [Self.row("A", [Self.shape(), Self.shape(0)]), Self.row("B", [Self.shape(0)])]
    let sheet = ContactSheet.render(rows, columns: ["-1", "1"])
    let left = 12 + BitmapFont.width(of: "A", scale: 2)
    let (width, height) = (136 + 6, 72 + 6)
    #expect(sheet.width == left + 2 * width && sheet.height == 28 + 2 * height)
    func at(_ row: Int, _ column: Int) -> UInt8 {
      sheet[left + column * width + 10, 28 + row * height + 10].red
    }
    #expect(at(0, 0) == 245 && at(0, 1) == 10 && at(1, 0) == 10)
    // Where the second row has no shape, the page shows.
    #expect(at(1, 1) == 24)
  }

  @Test func withoutColumnNamesTheRowsMoveUp() {
    let sheet = ContactSheet.render([Self.row("", [Self.shape()])], columns: [""])
    #expect(sheet.height == 8 + 72 + 6)
  }
}
