import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct ConversionTests {
  let folder = TemporaryFolder()

  /// Oblique, right- and left-handed, far from the origin, in each space that names directions.
  static let grids: [Geometry] = [
    Space.leftPosteriorSuperior, .rightAnteriorSuperior, .leftAnteriorSuperior,
  ]
  .flatMap { space in
    [1.0, -1.0].map { sign in
      let (c, s) = (0.8, 0.6)
      // A turn about z, then about x, times spacings.
      return Geometry(
        sizes: GridSize(5, 4, 3), space: space,
        directions: Matrix3(
          SIMD3(c, s * c, s * s) * 0.4 * sign, SIMD3(-s, c * c, s * c) * 0.5,
          SIMD3(0, -s, c) * 1.5),
        origin: SIMD3(-120.2, 33.1, 1.0 / 3))
    }
  }

  static let targets: [(Geometry, String, Int)] = grids.flatMap { grid in
    [("x.nii", 1), ("x.nii.gz", 2), ("x.hdr", 1), ("x.hdr", 2)].map { (grid, $0.0, $0.1) }
  }

  /// NRRD → NIfTI → NRRD keeps voxels, and the placement to float32 or 1e-12.
  @Test(arguments: targets)
  func thereAndBack(grid: Geometry, name: String, version: Int) throws {
    let volume = NRRDWritingTests.ramp(Int32.self, on: grid)
    try VolumeFile.write(volume, to: folder("a.nrrd"))
    try Conversion.convert(
      folder("a.nrrd"), to: folder(name),
      options: ConvertOptions(writing: WriteOptions(niftiVersion: version)))
    try Conversion.convert(folder(name), to: folder("b.nrrd"))
    let middle = try ImageFile(opening: folder(name))
    #expect(middle.info.format == (version == 1 ? .nifti1 : .nifti2))
    #expect(middle.warnings == [])
    let back = try ImageFile(opening: folder("b.nrrd")).volume()
    #expect(back.geometry.space == .rightAnteriorSuperior)
    let distance = try #require(back.geometry.mismatch(with: grid))
    #expect(distance <= (version == 1 ? 2e-5 : 1e-12), "\(distance)")
    #expect(same(back.reoriented(grid), volume))
  }

  @Test func aFormerDataFileIsToldOf() throws {
    let volume = NRRDWritingTests.ramp(UInt8.self, on: Self.grids[0])
    try VolumeFile.write(volume, to: folder("in.nrrd"))
    func convert(_ encoding: DataEncoding) throws -> [String] {
      try Conversion.convert(
        folder("in.nrrd"), to: folder("a.nhdr"),
        options: ConvertOptions(writing: WriteOptions(encoding: encoding)))
    }
    #expect(try convert(.raw) == [])
    #expect(try convert(.raw) == [])
    let warnings = try convert(.gzip)
    #expect(warnings.count == 1 && warnings[0].hasPrefix(folder("a.raw") + ": left where it is"))
    #expect(TemporaryFolder.read(folder("a.raw")).count == volume.byteCount)
    #expect(try convert(.gzip) == [])
    // What is no header has no data files.
    _ = folder.write(Array("a note".utf8), "a.nhdr")
    #expect(try convert(.raw) == [])
  }

  /// Neither is there memory for the voxels, nor for the converted: the second is known first, before
  /// anything is read.
  @Test func memoryForAnotherTypeIsTakenBeforeReading() throws {
    let header = "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 1048576 1048576 1024\n"
    let path = folder.write(
      Array((header + "encoding: gzip\n\n").utf8) + [0x1f, 0x8b], "huge.nrrd")
    let error = #expect(throws: Diagnostic.self) {
      try Conversion.convert(
        path, to: folder("out.nrrd"),
        options: ConvertOptions(type: .double, reading: ReadOptions(maximumRatio: .max)))
    }
    #expect(error?.code == .tooLarge && error?.field == "type")
  }

  /// Not by way of doubles, which would round twice.
  @Test func wholeNumbersOf64BitsBecomeTheNearestFloats() throws {
    let values: [Int64] = [
      1 << 60 + 1 << 36 + 1, -(1 << 60 + 1 << 36 + 1), 1 << 24 + 1, .max, .min,
    ]
    let grid = Geometry(sizes: GridSize(values.count, 1, 1))
    let volume = Volume<Int64>(on: grid) { out in for i in values.indices { out[i] = values[i] } }
    try VolumeFile.write(AnyVolume(volume), to: folder("w.nrrd"))
    try Conversion.convert(
      folder("w.nrrd"), to: folder("f.nrrd"), options: ConvertOptions(type: .float))
    let floats = try #require(
      try ImageFile(opening: folder("f.nrrd")).volume().base as? Volume<Float>)
    for (i, value) in values.enumerated() { #expect(floats[i, 0, 0] == Float(value)) }
  }

  @Test func noSpaceMeansNoCodes() throws {
    let plain = Geometry(
      sizes: GridSize(3, 4, 5), space: nil, directions: Matrix3(diagonal: SIMD3(0.5, 0.25, 2)),
      placement: .spacings)
    try VolumeFile.write(NRRDWritingTests.ramp(UInt8.self, on: plain), to: folder("p.nii"))
    let bytes = folder.read("p.nii")
    #expect(bytes[252..<256].allSatisfy { $0 == 0 })
    let file = try ImageFile(opening: folder("p.nii"))
    #expect(try file.volume().geometry == plain)
    #expect(file.info.space == nil)
    #expect(file.warnings.count == 1)
  }

  @Test func qformOnlyWhereColumnsAreOrthogonal() throws {
    var sheared = Self.grids[0]
    try VolumeFile.write(NRRDWritingTests.ramp(UInt8.self, on: sheared), to: folder("o.nii"))
    #expect(folder.read("o.nii")[252..<256].elementsEqual([1, 0, 1, 0]))
    sheared.directions[0] += SIMD3(0, 0, 0.01)
    try VolumeFile.write(NRRDWritingTests.ramp(UInt8.self, on: sheared), to: folder("s.nii"))
    #expect(folder.read("s.nii")[252..<256].elementsEqual([0, 0, 1, 0]))
  }

  /// Everything that a header can say is still there after a conversion to NRRD.
  @Test(
    arguments: Fixtures.entries.filter { $0.file.hasSuffix("nrrd") || $0.file.hasSuffix("nhdr") })
  func nrrdKeepsEverything(entry: Fixtures.Entry) throws {
    try Conversion.convert(Fixtures.path(entry.file), to: folder("c.nhdr"))
    let (old, new) = (
      try ImageFile(opening: Fixtures.path(entry.file)), try ImageFile(opening: folder("c.nhdr"))
    )
    var expected = old.info
    expected.encoding = .gzip
    expected.endian = new.info.endian
    // NaN is unequal to itself.
    #expect(new.info.details.oldMax?.isNaN == expected.details.oldMax?.isNaN)
    expected.details.oldMax = nil
    var found = new.info
    found.details.oldMax = nil
    #expect(found == expected)
    #expect(try new.sha256() == entry.sha256)
  }

  @Test(arguments: Fixtures.entries.filter { $0.file.hasPrefix("nib") })
  func niftiToNRRDAndBack(entry: Fixtures.Entry) throws {
    try Conversion.convert(Fixtures.path(entry.file), to: folder("n.nrrd"))
    let nrrd = try ImageFile(opening: folder("n.nrrd"))
    #expect(try nrrd.sha256() == entry.sha256)
    if let lps = entry.lps, entry.problem == nil {
      #expect(try largestDifference(nrrd.volume().geometry, lps) <= 1e-6)
    }
    try Conversion.convert(folder("n.nrrd"), to: folder("n.nii.gz"))
    let back = try ImageFile(opening: folder("n.nii.gz"))
    #expect(back.info.type.name == entry.type)
    #expect(back.info.sizes == entry.sizes)
    #expect(try back.sha256() == entry.sha256)
  }

  @Test func scalingIsKeptOrApplied() throws {
    let path = Fixtures.path("nib-scaled.nii")
    try Conversion.convert(path, to: folder("kept.nrrd"))
    let kept = try ImageFile(opening: folder("kept.nrrd"))
    #expect(kept.info.type == .scalar(.int16))
    #expect(kept.info.keyValues == [.init("scl_slope", "2"), .init("scl_inter", "-1024")])
    #expect(kept.hasScaling)
    try Conversion.convert(
      path, to: folder("applied.nrrd"), options: ConvertOptions(applyScaling: true))
    let applied = try ImageFile(opening: folder("applied.nrrd"))
    #expect(applied.info.type == .scalar(.float))
    #expect(applied.info.keyValues == [])
    try Conversion.convert(path, to: folder("kept.nii"))
    #expect(try ImageFile(opening: folder("kept.nii")).hasScaling)
  }

  /// The digest is of the elements as they are stored, whatever becomes of them in the volume.
  @Test(arguments: ["nib-scaled.nii", "pynrrd-i2-ascii.nrrd"])
  func volumeAndDigestComeFromOneDecoding(name: String) throws {
    let image = try ImageFile(opening: Fixtures.path(name))
    let (volume, sha256) = try image.hashedVolume(applyScaling: true)
    #expect(try sha256 == image.sha256())
    #expect(same(volume, try image.volume(applyScaling: true)))
  }

  /// What `convert` keeps of a scaling counts when the file is read, and goes home to NIfTI.
  @Test(arguments: ["nrrd", "nhdr"]) func keptScalingIsReadAndGoesHome(ending: String) throws {
    let path = Fixtures.path("nib-scaled.nii")
    let meant = try ImageFile(opening: path).volume(applyScaling: true)
    try Conversion.convert(path, to: folder("kept.\(ending)"))
    let kept = try ImageFile(opening: folder("kept.\(ending)"))
    #expect(same(try kept.volume(applyScaling: true).reoriented(meant.geometry), meant))
    let told = try Conversion.convert(folder("kept.\(ending)"), to: folder("home.nii.gz"))
    #expect(!told.contains { $0.contains("left out") })
    let home = try ImageFile(opening: folder("home.nii.gz"))
    #expect(same(try home.volume(applyScaling: true).reoriented(meant.geometry), meant))
    #expect(try home.sha256() == ImageFile(opening: path).sha256())
    // Applied, nothing is left of it.
    try Conversion.convert(
      folder("kept.\(ending)"), to: folder("applied.nrrd"),
      options: ConvertOptions(applyScaling: true))
    let applied = try ImageFile(opening: folder("applied.nrrd"))
    #expect(applied.info.keyValues == [])
    #expect(same(try applied.volume().reoriented(meant.geometry), meant))
  }

  /// ITK copies the whole NIfTI header into key/values, beside values that it has scaled.
  @Test(arguments: ["qform_code", "pixdim[0]", "bitpix"]) func aCopiedScalingIsNone(key: String)
    throws
  {
    let volume = Volume<Int16>(on: Geometry(sizes: GridSize(2, 1, 1))) { $0[1] = 7 }
    let keys = [ImageInfo.KeyValue("scl_slope", "2"), .init("scl_inter", "-1024")]
    for (pairs, isScaled) in [(keys, true), (keys + [.init(key, "1")], false)] {
      try VolumeFile.write(
        AnyVolume(volume), to: folder("itk.nrrd"), options: WriteOptions(keyValues: pairs))
      #expect(try ImageFile(opening: folder("itk.nrrd")).hasScaling == isScaled)
    }
  }

  static let roundings: [(Double, ScalarType, String?)] = [
    (0.5, .uint8, "0"), (1.5, .uint8, "2"), (2.5, .int16, "2"), (-0.5, .uint8, "0"),
    (255.5, .uint8, nil), (255.4, .uint8, "255"), (-0.51, .uint8, nil), (.nan, .int32, nil),
    (.infinity, .int64, nil), (0x1p63, .int64, nil), (-0x1p63, .int64, "-9223372036854775808"),
    (0x1p64, .uint64, nil), (0x1p63, .uint64, "9223372036854775808"), (1e300, .float, nil),
    (.infinity, .float, "inf"),
  ]

  @Test(arguments: roundings)
  func typesRoundHalfToEven(value: Double, type: ScalarType, expected: String?) throws {
    let geometry = Geometry(sizes: GridSize(2, 1, 1))
    let volume = Volume<Double>(on: geometry) { $0[1] = value }
    try VolumeFile.write(AnyVolume(volume), to: folder("d.nrrd"))
    let options = ConvertOptions(type: type)
    guard let expected else {
      let error = #expect(throws: Diagnostic.self) {
        try Conversion.convert(folder("d.nrrd"), to: folder("t.nrrd"), options: options)
      }
      #expect(error?.field == "voxel (1, 0, 0)")
      #expect(error?.found == "\(value)")
      try Conversion.convert(
        folder("d.nrrd"), to: folder("t.nrrd"), options: ConvertOptions(type: type, clamp: true))
      #expect(try ImageFile(opening: folder("t.nrrd")).info.type == .scalar(type))
      return
    }
    try Conversion.convert(folder("d.nrrd"), to: folder("t.nrrd"), options: options)
    #expect(try second(ImageFile(opening: folder("t.nrrd")).volume()) == expected)
  }

  @Test func clampingTakesTheNearest() throws {
    let geometry = Geometry(sizes: GridSize(2, 1, 1))
    try VolumeFile.write(
      AnyVolume(Volume<Int16>(on: geometry) { $0[1] = -300 }), to: folder("d.nrrd"))
    try Conversion.convert(
      folder("d.nrrd"), to: folder("t.nrrd"), options: ConvertOptions(type: .int8, clamp: true))
    #expect(try second(ImageFile(opening: folder("t.nrrd")).volume()) == "-128")
  }

  private func second(_ volume: AnyVolume) -> String {
    func open(_ volume: some TypedVolume) -> String { "\(volume.typed[1, 0, 0])" }
    return open(volume.base)
  }

  /// Background around, of whatever value; every voxel lies where it lay.
  @Test(arguments: grids) func paddingMovesNoVoxel(grid: Geometry) throws {
    for (background, name) in [(Int16(-1024), "a.nrrd"), (0, "a.nii"), (7, "a.nhdr")] {
      let volume = Volume<Int16>(on: grid) { voxels in
        for i in voxels.indices { voxels[i] = Int16(i % 5 - 2) * 100 }
        // Most corners, not all: bone may reach one.
        let n = grid.sizes
        for (x, y, z) in [
          (0, 0, 0), (n.x - 1, 0, 0), (0, n.y - 1, 0), (n.x - 1, 0, n.z - 1), (0, n.y - 1, n.z - 1),
        ] {
          voxels[n.offset(x, y, z)] = background
        }
      }
      try VolumeFile.write(AnyVolume(volume), to: folder(name))
      var options = ConvertOptions()
      options.margin = 2
      let padded = "b." + name.split(separator: ".").last!
      try Conversion.convert(folder(name), to: folder(padded), options: options)
      let read = try ImageFile(opening: folder(padded)).volume()
      let found = try #require(read.base as? Volume<Int16>)
      let source = try ImageFile(opening: folder(name)).volume().geometry
      // 2 mm of voxels of 0.4, 0.5 and 1.5 mm.
      let steps = SIMD3(5, 4, 2)
      try #require(found.sizes == GridSize(5 + 10, 4 + 8, 3 + 4))
      var inside = 0
      for z in 0..<found.sizes.z {
        for y in 0..<found.sizes.y {
          for x in 0..<found.sizes.x {
            let (i, j, k) = (x - steps.x, y - steps.y, z - steps.z)
            let own = source.sizes
            let isInner = (0..<own.x) ~= i && (0..<own.y) ~= j && (0..<own.z) ~= k
            #expect(found[x, y, z] == (isInner ? volume[i, j, k] : background))
            guard isInner else { continue }
            inside += 1
            let was = source.lpsFromIndex * SIMD3(Double(i), Double(j), Double(k))
            let now = read.geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
            #expect((was - now).length < 1e-4)
          }
        }
      }
      #expect(inside == grid.sizes.count)
    }
  }
}
