import Testing
import Volumes

@testable import Pictures

@Suite struct PreviewTests {
  static let width = 240

  static func render(_ geometry: Geometry) -> RGBImage {
    Preview.render(
      scan: nil, bone: Phantom.mask(on: geometry, Phantom.isBone),
      implant: Phantom.mask(on: geometry, Phantom.isImplant), width: width, threads: 2)
  }

  static let straight = render(Phantom.straight)

  /// The four panels, cut by the layout that the preview uses: axial, coronal, sagittal, surfaces.
  static func panels(of picture: RGBImage) -> [RGBImage] {
    let panel = (width - 24) / 2
    let upper = panel  // the patient is longest along A-P
    let lower = picture.height - 48 - upper - 16
    return [
      (8, 48, upper), (8, 56 + upper, lower), (16 + panel, 56 + upper, lower),
      (16 + panel, 48, upper),
    ]
    .map { column, row, height in
      var cut = RGBImage(width: panel, height: height)
      for y in 0..<height {
        for x in 0..<panel { cut[x, y] = picture[column + x, row + y] }
      }
      return cut
    }
  }

  /// The mean place of the pixels of one colour, from the panel's middle, to the right and up.
  static func mean(of colour: RGBImage.Colour, in panel: RGBImage) -> SIMD2<Double>? {
    var (sum, count) = (SIMD2<Double>(), 0.0)
    for y in 0..<panel.height {
      for x in 0..<panel.width where panel[x, y] == colour {
        let (right, down) = (2 * x - panel.width + 1, 2 * y - panel.height + 1)
        sum += SIMD2<Double>(Double(right), Double(-down)) / 2
        count += 1
      }
    }
    return count > 0 ? sum / count : nil
  }

  @Test(
    "The implant lies where it is in the patient, in every panel, on any grid",
    arguments: [Phantom.straight] + Phantom.otherVoxels)
  func places(_ geometry: Geometry) throws {
    let panels = Self.panels(of: Self.render(geometry))
    for panel in panels[..<3] {
      let place = try #require(Self.mean(of: PreviewColours.implant, in: panel))
      // To the patient's right, front and top, which is left and up in every slice.
      #expect(place.x < -8 && place.y > 8, "\(place)")
    }
  }

  /// The implant in the panel of surfaces, from the middle of all that is drawn there: shaded, so by its
  /// hue. The skull is grey.
  static func implantFromMiddle(_ panel: RGBImage) -> (place: SIMD2<Double>, pixels: Int)? {
    var (implant, drawn) = (SIMD2<Double>(), SIMD2<Double>())
    var (pixels, all) = (0, 0)
    // The letters stand at the edges.
    for y in 24..<panel.height - 24 {
      for x in 24..<panel.width - 24 where panel[x, y] != PreviewColours.background {
        let place = SIMD2(Double(x), -Double(y))
        (drawn, all) = (drawn + place, all + 1)
        if Double(panel[x, y].red) > 1.5 * Double(panel[x, y].blue) {
          (implant, pixels) = (implant + place, pixels + 1)
        }
      }
    }
    guard pixels > 0 else { return nil }
    return (implant / Double(pixels) - drawn / Double(all), pixels)
  }

  @Test(
    "The surfaces show the implant where it is in the patient, on any grid",
    arguments: [Phantom.straight] + Phantom.sameVoxels + Phantom.otherVoxels)
  func surfaces(_ geometry: Geometry) throws {
    let found = try #require(Self.implantFromMiddle(Self.panels(of: Self.render(geometry))[3]))
    #expect(found.pixels > 100, "\(found)")
    // In pixels, as measured; mirrored it would lie at 4.
    #expect(abs(found.place.x + 4) < 1 && abs(found.place.y - 1.8) < 1, "\(found)")
  }

  @Test(
    "The same voxels in another order or space give the same slices, pixel by pixel",
    arguments: Phantom.sameVoxels)
  func order(_ geometry: Geometry) {
    let (a, b) = (Self.panels(of: Self.straight), Self.panels(of: Self.render(geometry)))
    for slice in 0..<3 {
      #expect(a[slice].bytes.count == b[slice].bytes.count)
      let differing = zip(a[slice].bytes, b[slice].bytes).count { $0 != $1 }
      #expect(differing == 0, "panel \(slice)")
    }
  }

  @Test("A slice shows the patient's points at their pixels")
  func pixels() {
    // 1 pixel a mm, the middle of the picture at a known point.
    let bone = Phantom.mask(on: Phantom.straight, Phantom.isBone)
    let implant = Phantom.mask(on: Phantom.straight, Phantom.isImplant)
    let centre = SIMD3(0.0, 0, 17)
    let plane = SlicePlane(
      axes: .axial, centre: centre, width: 121, height: 141, pixelsPerMillimetre: 1)
    let panel = SlicePanel(plane: plane, title: "").draw(scan: nil, bone: bone, implant: implant)
    func at(_ x: Int, _ y: Int) -> RGBImage.Colour { panel[60 + x, 70 + y] }
    #expect(at(-21, -29) == PreviewColours.implant)
    #expect(at(21, -29) != PreviewColours.implant)
    #expect(at(-21, 29) != PreviewColours.implant)
    #expect(at(0, 0) == PreviewColours.background)
    #expect(at(10, 40) == PreviewColours.bone)
    #expect(at(33, 0) == PreviewColours.bone)
  }

  @Test("The scan's grey values lie under the masks in the bone window")
  func greys() {
    let g = Geometry(sizes: GridSize(8, 8, 8))
    let scan = Volume<Int16>(on: g) { voxels in
      for i in 0..<voxels.count { voxels[i] = i % 8 < 4 ? -500 : 1500 }
    }
    let none = Mask(emptyOn: g)
    let plane = SlicePlane(
      axes: .axial, centre: SIMD3(3.5, 3.5, 3.5), width: 160, height: 160, pixelsPerMillimetre: 20)
    let panel = SlicePanel(plane: plane, title: "")
      .draw(scan: AnyVolume(scan), bone: none, implant: none)
    #expect(panel[40, 50] == RGBImage.Colour(0, 0, 0))
    #expect(panel[120, 50] == RGBImage.Colour(255, 255, 255))
    // Linear between the voxel centres 3 and 4, which are 20 pixels apart.
    #expect((110...145).contains(panel[80, 50].red))
  }

  @Test("Every voxel type is drawn alike", arguments: ScalarType.allCases)
  func types(_ type: ScalarType) {
    func volume<Voxel: VoxelScalar>(_: Voxel.Type) -> AnyVolume {
      AnyVolume(
        Volume<Voxel>(on: Geometry(sizes: GridSize(4, 4, 4))) { voxels in
          for i in 0..<voxels.count { voxels[i] = Voxel(nearest: Double(i)) }
        })
    }
    let plane = SlicePlane(
      axes: .coronal, centre: SIMD3(1.5, 1.5, 1.5), width: 11, height: 11, pixelsPerMillimetre: 2)
    let values = plane.values(of: volume(type.swiftType))
    // Row 5, column 5 is the middle of the grid: the mean of 0 … 63.
    #expect(abs(values[5 * 11 + 5] - 31.5) < 0.01)
    #expect(values[0].isNaN)
  }

  @Test("Without an implant the slices go through the bone")
  func emptyImplant() {
    let bone = Phantom.mask(on: Phantom.straight, Phantom.isBone)
    let picture = Preview.render(
      scan: nil, bone: bone, implant: Mask(emptyOn: Phantom.straight), width: Self.width)
    let panels = Self.panels(of: picture)
    for panel in panels[..<3] {
      #expect(Self.mean(of: PreviewColours.bone, in: panel) != nil)
      #expect(Self.mean(of: PreviewColours.implant, in: panel) == nil)
    }
    #expect(Self.implantFromMiddle(panels[3]) == nil)
  }

  @Test(
    "Grids of any shape are drawn, empty or full",
    arguments: [GridSize(1, 1, 1), GridSize(1, 1, 300), GridSize(200, 1, 1), GridSize(3, 2, 1)],
    [true, false])
  func shapes(sizes: GridSize, full: Bool) {
    let g = Geometry(sizes: sizes)
    let mask = Phantom.mask(on: g) { _ in full }
    let picture = Preview.render(
      scan: AnyVolume(mask.asVolume), bone: mask, implant: mask, width: 160)
    #expect(picture.width == 160 && picture.height <= 220)
  }

  @Test("The same picture at any thread count")
  func threads() {
    let bone = Phantom.mask(on: Phantom.straight, Phantom.isBone)
    let implant = Phantom.mask(on: Phantom.straight, Phantom.isImplant)
    let pictures = [1, 2, 5].map {
      Preview.render(scan: nil, bone: bone, implant: implant, width: 200, threads: $0)
    }
    let same = pictures.allSatisfy { $0 == pictures[0] }
    #expect(same)
  }

  @Test("Surfaces are seen from the front and the implant's side")
  func camera() {
    let right = OrthographicCamera.axes(towards: SIMD3(-30, -70, 20))
    #expect(right.away.x > 0.3 && right.away.y > 0.5 && right.away.z < 0)
    #expect(right.up.z > 0.7)
    let left = OrthographicCamera.axes(towards: SIMD3(60, 0, 0))
    #expect(left.away.x < -0.6 && left.away.y > 0)
    let back = OrthographicCamera.axes(towards: SIMD3(0, 80, 0))
    #expect(back.away.y < -0.5)
    for direction in [SIMD3<Double>.zero, SIMD3(0, 0, 60), SIMD3(0, 6.46, 0)] {
      let axes = OrthographicCamera.axes(towards: direction)
      #expect(abs(axes.right.length - 1) < 1e-9 && abs(axes.up.length - 1) < 1e-9)
      #expect(abs(axes.right.dot(axes.up)) < 1e-9)
    }
  }
}
