import Meshes
import Testing
import Volumes

@testable import Pictures

/// Maps of thickness and gap, and the colours in which they are drawn.
@Suite struct PartSheetTests {
  /// A plate of 40 × 8 × 24 mm that faces the front, with bone 1.5 mm to its left (LPS: x grows to the left).
  static let grid = Geometry(sizes: GridSize(80, 60, 60), spacing: SIMD3(1, 1, 1))
  static func block(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>) -> Mask {
    Mask(on: grid) { bytes in
      for k in z { for j in y { for i in x { bytes[grid.sizes.offset(i, j, k)] = 1 } } }
    }
  }
  static let plate = TriangleMesh(surfaceOf: block(20..<60, 26..<34, 18..<42))
  /// Two voxels away, at the plate's left and at its top.
  static let bone = block(62..<70, 20..<40, 10..<50)
  static let way = SIMD3(0.0, -1, 0)

  static func maps(_ bone: Mask) -> (thickness: SurfaceMap, gap: SurfaceMap) {
    PartSheet.maps(
      of: .init(plate, way: way), in: bone, width: 120, height: 90, threads: 2)
  }

  @Test func thicknessIsMeasuredStraightInward() throws {
    let numbers = Self.maps(Self.bone).thickness.numbers
    #expect(numbers.count > 1000)
    // Edges of the surface between voxels are bevelled.
    #expect(abs(numbers[numbers.count / 2] - 8) < 0.01, "\(numbers[numbers.count / 2])")
    #expect(Double(numbers.count { abs($0 - 8) < 0.01 }) > 0.9 * Double(numbers.count))
  }

  /// From inside, the patient's left is on the viewer's left.
  @Test func theGapIsSeenFromInsideAndNotMirrored() throws {
    let map = Self.maps(Self.bone).gap
    #expect(ViewAxes.letter(of: map.axes.right) == "R" && ViewAxes.letter(of: map.axes.up) == "S")
    let middle = map.height / 2
    let row = map.values[middle * map.width..<(middle + 1) * map.width]
    let numbers = row.enumerated().compactMap { column, value -> (Int, Double)? in
      if case .number(let number) = value { (column, number) } else { nil }
    }
    // Nearest to bone at the left edge of the plate; 2 mm lie between the surfaces.
    #expect(numbers.count >= 2 && numbers.allSatisfy { $0.0 < map.width / 2 })
    let least = try #require(numbers.map(\.1).min())
    #expect(abs(least - 2) < 0.5, "\(least)")
    #expect(row.contains(.far) && !row.contains(.inBone))
    // And from outside on the right.
    #expect(ViewAxes.letter(of: Self.maps(Self.bone).thickness.axes.right) == "L")
  }

  @Test func boneInThePartIsChequered() {
    let map = Self.maps(Self.block(50..<70, 20..<40, 10..<50)).gap
    #expect(map.values.contains(.inBone))
    #expect(!Self.maps(Self.bone).gap.values.contains(.inBone))
  }

  /// By the luminance of sRGB, as it is and as those see it who lack the receptors for red, green or blue (Machado,
  /// Oliveira and Fernandes 2009, at full severity).
  @Test(arguments: [
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
    [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
    [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
  ])
  func everyEyeSeesTheOrderOfTheScale(matrix m: [Double]) {
    func linear(_ byte: UInt8) -> Double {
      let x = Double(byte) / 255
      // Near enough to sRGB's own curve.
      return x * x * (0.3 + 0.7 * x)
    }
    let luminance = ColourScale.table.map { colour -> Double in
      let c = [linear(colour.red), linear(colour.green), linear(colour.blue)]
      let seen = (0..<3).map { row in (0..<3).reduce(0) { $0 + m[3 * row + $1] * c[$1] } }
      return 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    }
    for step in stride(from: 8, to: 256, by: 8) {
      #expect(luminance[step] > luminance[step - 8], "\(step)")
    }
    #expect(luminance[255] > 10 * luminance[0])
  }

  @Test func legendsHaveRoundNumbers() {
    #expect(ColourScale(range: 0...3).ticks == [0, 0.5, 1, 1.5, 2, 2.5, 3])
    #expect(ColourScale.upTo(14.2).ticks == [0, 5, 10, 15])
    #expect(ColourScale.upTo(0.4).range == 0...1)
    #expect(ScaleLegend.text(0.25) == "0.25" && ScaleLegend.text(5) == "5")
    let scale = ColourScale(range: 0...2)
    #expect(scale[-1] == ColourScale.table[0] && scale[9] == ColourScale.table[255])
  }

  @Test func aSheetHasARowForEachPartAndIsTheSameAtAnyThreadCount() {
    let second = TriangleMesh(surfaceOf: Self.block(5..<15, 26..<34, 18..<42))
    let parts = [PartSheet.Part(Self.plate, way: Self.way), .init(second, way: Self.way)]
    let one = PartSheet.render([parts[0]], in: Self.bone, width: 400)
    let two = PartSheet.render(parts, in: Self.bone, width: 400)
    #expect(two.width == 400 && two.height > one.height)
    #expect(PartSheet.render(parts, in: Self.bone, width: 400, threads: 3) == two)
    #expect(PartSheet.render([], in: Self.bone, width: 400).height < one.height)
  }
}
