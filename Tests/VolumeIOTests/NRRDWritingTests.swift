import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What is written reads back as the same volume.
@Suite struct NRRDWritingTests {
  let folder = TemporaryFolder()

  /// Oblique, left-handed, with numbers that no short decimal holds.
  static let oblique = Geometry(
    sizes: GridSize(5, 4, 3), space: .rightAnteriorSuperior,
    directions: Matrix3(
      SIMD3(0.1 + 0.2, 0.01, -1e-17), SIMD3(1.0 / 3, -0.7, 0.02), SIMD3(0, 0.125, 1.5e-3)),
    origin: SIMD3(-123.456789012345678, 1e-300, 98765.4321))

  /// Values over the whole range of the type.
  static func ramp<Voxel: VoxelScalar>(_: Voxel.Type, on geometry: Geometry) -> AnyVolume {
    AnyVolume(
      Volume<Voxel>(on: geometry) { voxels in
        for i in voxels.indices {
          voxels[i] = Voxel(nearest: Double(i * i * 7919) * (i % 2 == 0 ? 1 : -1) / 3)
        }
      })
  }

  static let combinations: [(ScalarType, DataEncoding, Endianness, String)] =
    ScalarType.allCases.flatMap { type in
      [DataEncoding.raw, .gzip].flatMap { encoding in
        [Endianness.little, .big].flatMap { endian in
          ["v.nrrd", "v.nhdr"].map { (type, encoding, endian, $0) }
        }
      }
    }

  @Test(arguments: combinations)
  func roundTrip(type: ScalarType, encoding: DataEncoding, endian: Endianness, name: String)
    throws
  {
    let swiftType = type.swiftType
    let volume = Self.ramp(swiftType, on: Self.oblique)
    try VolumeFile.write(
      volume, to: folder(name), options: WriteOptions(encoding: encoding, endian: endian))
    let file = try ImageFile(opening: folder(name))
    #expect(file.info.encoding == encoding)
    #expect(file.info.type == .scalar(type))
    #expect(file.warnings == [])
    #expect(try same(file.volume(), volume))
  }

  @Test(arguments: [
    Geometry(sizes: GridSize(2, 3, 4), space: nil, directions: .identity, placement: .none),
    Geometry(
      sizes: GridSize(2, 3, 4), space: nil, directions: Matrix3(diagonal: SIMD3(0.1, 2, 3)),
      placement: .spacings),
    Geometry(
      sizes: GridSize(2, 3, 4), space: .leftAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(0.1, 2, 3)), placement: .spacings),
    Geometry(
      sizes: GridSize(2, 3, 4), space: nil, directions: oblique.directions, origin: oblique.origin),
    Geometry(
      sizes: GridSize(2, 3, 4), space: .leftHanded3D, directions: oblique.directions,
      origin: oblique.origin),
  ])
  func statementIsKept(geometry: Geometry) throws {
    let volume = Self.ramp(UInt8.self, on: geometry)
    try VolumeFile.write(volume, to: folder("g.nrrd"))
    let file = try ImageFile(opening: folder("g.nrrd"))
    #expect(try file.volume().geometry == geometry)
    #expect(!file.warnings.isEmpty)
  }

  @Test func keyValuesAreKept() throws {
    let pairs: [ImageInfo.KeyValue] = [
      .init("a key", "a value"), .init("two", "first\nsecond \\n \\\\"), .init("empty", ""),
      .init("with: colon", "x: y := z"), .init("umlaut ü", "Schädel 頭蓋骨"),
    ]
    try VolumeFile.write(
      Self.ramp(Int16.self, on: Self.oblique), to: folder("k.nrrd"),
      options: WriteOptions(keyValues: pairs, comments: ["made by a test"], content: "skull"))
    let info = try ImageFile(opening: folder("k.nrrd")).info
    #expect(info.keyValues == pairs)
    #expect(info.details.comments == ["made by a test"])
    #expect(info.details.content == "skull")
  }

  @Test(arguments: [-1, 10])
  func impossibleLevelIsRefused(level: Int) throws {
    for name in ["l.nrrd", "l.nii.gz"] {
      #expect(throws: Diagnostic.self) {
        try VolumeFile.write(
          Self.ramp(Int16.self, on: Self.oblique), to: folder(name),
          options: WriteOptions(compressionLevel: level))
      }
    }
  }

  @Test(arguments: ["v.txt", "v", "nrrd", "missing/v.nrrd", "missing/v.nii"])
  func impossiblePathIsRefused(name: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try VolumeFile.write(Self.ramp(Int16.self, on: Self.oblique), to: folder(name))
    }
    #expect(error?.code == .unwritable)
    #expect(error?.subject == folder(name))
  }

  @Test(arguments: ["# x", "a:=b", "type: y", "cr\r", "nul\0", "space directions: z"])
  func impossibleKeyIsRefused(key: String) throws {
    #expect(throws: Diagnostic.self) {
      try VolumeFile.write(
        Self.ramp(Int16.self, on: Self.oblique), to: folder("k.nrrd"),
        options: WriteOptions(keyValues: [.init(key, "1")]))
    }
    #expect(folder.read("k.nrrd").isEmpty)
  }
}

/// Whether two volumes have equal geometry and equal voxels.
func same(_ a: AnyVolume, _ b: AnyVolume) -> Bool {
  func open<Voxel: VoxelScalar>(_ a: Volume<Voxel>) -> Bool {
    (b.base as? Volume<Voxel>).map { a == $0 } ?? false
  }
  func start(_ volume: some TypedVolume) -> Bool { open(volume.typed) }
  return start(a.base)
}
