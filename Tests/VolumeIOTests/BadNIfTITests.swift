import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct BadNIfTITests {
  let folder = TemporaryFolder()

  /// Little-endian bytes put over those of a good file.
  struct Case: CustomTestStringConvertible, Sendable {
    let file: String
    let offset: Int
    let bytes: [UInt8]
    let code: Diagnostic.Code
    let field: String
    var testDescription: String { "\(file) \(field) \(bytes)" }

    init(
      _ file: String, _ offset: Int, _ bytes: [UInt8], _ code: Diagnostic.Code, _ field: String
    ) {
      (self.file, self.offset, self.bytes) = (file, offset, bytes)
      (self.code, self.field) = (code, field)
    }
  }

  static let nan: [UInt8] = [0, 0, 0xc0, 0x7f]
  static let first = "nib-1-le.nii"
  static let second = "nib-2-le.nii"
  static let cases: [Case] = [
    Case(first, 0, [0, 0, 0, 0], .unknownFormat, "file"),
    Case(first, 344, [0, 0, 0, 0], .unknownFormat, "magic"),
    Case(first, 344, Array("ni1".utf8), .unreadable, "magic"),
    Case(first, 40, [0, 0], .malformed, "dim[0]"),
    Case(first, 40, [8, 0], .malformed, "dim[0]"),
    Case(first, 40, [0xff, 0xff], .malformed, "dim[0]"),
    Case(first, 42, [0, 0], .malformed, "dim[1]"),
    Case(first, 44, [0xff, 0xff], .malformed, "dim[2]"),
    Case(first, 42, [0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f], .truncated, "data"),
    Case(
      first, 40, [7, 0] + [[UInt8]](repeating: [0xff, 0x7f], count: 7).joined(), .tooLarge, "dim"),
    Case(first, 70, [3, 0], .malformed, "datatype"),
    Case(first, 70, [1, 0, 1, 0], .unsupported, "datatype"),
    Case(first, 70, [0, 6, 128, 0], .unsupported, "datatype"),
    Case(first, 72, [8, 0], .contradiction, "bitpix"),
    Case(first, 108, nan, .malformed, "vox_offset"),
    Case(first, 108, [0, 0, 0, 0], .malformed, "vox_offset"),
    Case(first, 108, [0, 0, 0x80, 0xbf], .malformed, "vox_offset"),
    Case(first, 108, [0, 0, 0x80, 0x7f], .malformed, "vox_offset"),
    Case(first, 280, nan, .malformed, "srow_x"),
    Case(first, 324, nan, .malformed, "srow_z"),
    Case(first, 280, [UInt8](repeating: 0, count: 12), .malformed, "srow"),
    Case("nib-qform.nii", 256, nan, .malformed, "quatern"),
    Case("nib-qform.nii", 268, nan, .malformed, "qoffset"),
    Case("nib-qform.nii", 80, nan, .malformed, "pixdim"),
    Case("nib-qform.nii", 80, [0, 0, 0x80, 0xbf], .malformed, "pixdim[1]"),
    Case("nib-no-codes.nii", 84, nan, .malformed, "pixdim"),
    Case(second, 4, [0], .unknownFormat, "magic"),
    Case(second, 16, [200], .malformed, "dim[0]"),
    Case(second, 16, [UInt8](repeating: 0xff, count: 8), .malformed, "dim[0]"),
    Case(second, 24, [UInt8](repeating: 0x7f, count: 8), .tooLarge, "dim"),
    Case(second, 31, [0x80], .malformed, "dim[1]"),
    Case(second, 24, [0, 0, 0, 1], .truncated, "data"),
    Case(second, 168, [UInt8](repeating: 0x7f, count: 8), .malformed, "vox_offset"),
    Case(second, 168, [0, 1], .malformed, "vox_offset"),
    Case(second, 406, [0xf8, 0x7f], .malformed, "srow_x"),
  ]

  @Test(arguments: cases)
  func badField(bad: Case) throws {
    var bytes = TemporaryFolder.read(Fixtures.path(bad.file))
    bytes.replaceSubrange(bad.offset..<(bad.offset + bad.bytes.count), with: bad.bytes)
    let path = folder.write(bytes, "bad.nii")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path).volume() }
    #expect(error?.code == bad.code, "\(error!)")
    #expect(error?.field == bad.field, "\(error!)")
    #expect(error?.subject == path)
  }

  @Test(arguments: ["nib-1-be.nii", "nib-2-le.nii", "nib-1-le.nii.gz", "nib-2-be.nii.gz"])
  func truncation(name: String) throws {
    let bytes = TemporaryFolder.read(Fixtures.path(name))
    for count in 0..<bytes.count {
      let path = folder.write(bytes[..<count], "cut.nii")
      #expect(throws: Diagnostic.self, "\(count) bytes") {
        try ImageFile(opening: path).elements()
      }
    }
  }

  @Test func unitsOfSpace() throws {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    let millimetres = try ImageFile(opening: Fixtures.path("nib-1-le.nii")).volume().geometry
    for (unit, factor) in [(UInt8(1), 1000.0), (3, 0.001), (2, 1), (0, 1)] {
      bytes[123] = unit
      let file = try ImageFile(opening: folder.write(bytes, "units.nii"))
      let geometry = try file.volume().geometry
      #expect((geometry.spacing - millimetres.spacing * factor).length < 1e-9 * factor)
      #expect((geometry.origin - millimetres.origin * factor).length < 1e-9 * factor * 1000)
      #expect(file.warnings.isEmpty == (factor == 1))
    }
  }

  /// pixdim of 0 beside a qform is taken as 1 mm, and told.
  @Test(arguments: [[1], [3], [1, 2, 3]]) func spacingsThatAreMissingBesideAQformAreTold(
    axes: [Int]
  ) throws {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    // sform_code 0, qform_code 1, no rotation.
    bytes.replaceSubrange(252..<256, with: [1, 0, 0, 0])
    bytes.replaceSubrange(256..<280, with: [UInt8](repeating: 0, count: 24))
    #expect(
      try !ImageFile(opening: folder.write(bytes, "q.nii")).warnings.contains {
        $0.contains("pixdim")
      })
    for axis in axes { bytes.replaceSubrange(76 + 4 * axis..<80 + 4 * axis, with: [0, 0, 0, 0]) }
    let file = try ImageFile(opening: folder.write(bytes, "zero.nii"))
    let told = try #require(file.warnings.first { $0.contains("pixdim: 0 along") })
    #expect(told.contains("taken as 1 mm"))
    for axis in axes { #expect(told.contains(["x", "y", "z"][axis - 1])) }
  }

  /// An sform of 1 mm beside other spacings in pixdim makes everything too large or too small.
  @Test(arguments: [Float(0.957), 0.5, 3]) func anSformOfOtherSizesThanPixdimIsTold(spacing: Float)
    throws
  {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    func put(_ value: Float, _ at: Int) {
      withUnsafeBytes(of: value.bitPattern.littleEndian) {
        bytes.replaceSubrange(at..<at + 4, with: $0)
      }
    }
    // sform_code 1 alone; unit rows.
    bytes.replaceSubrange(252..<256, with: [0, 0, 1, 0])
    for row in 0..<3 {
      for column in 0..<4 { put(row == column ? 1 : 0, 280 + 4 * (4 * row + column)) }
    }
    for axis in 1...3 { put(1, 76 + 4 * axis) }
    #expect(
      try !ImageFile(opening: folder.write(bytes, "same.nii")).warnings.contains {
        $0.contains("pixdim")
      })
    put(spacing, 76 + 8)
    let file = try ImageFile(opening: folder.write(bytes, "other.nii"))
    #expect(file.warnings.contains { $0.contains("pixdim[2]") && $0.contains("sform counts") })
  }

  @Test func unusableScalingIsSaid() throws {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-scaled.nii"))
    bytes.replaceSubrange(112..<116, with: Self.nan)
    let file = try ImageFile(opening: folder.write(bytes, "nan.nii"))
    #expect(!file.hasScaling)
    #expect(file.warnings.contains { $0.contains("scl_slope") })
  }

  @Test func tooLargeForTheFirstVersion() throws {
    let long = AnyVolume(Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(40000, 1, 1))))
    try VolumeFile.write(long, to: folder("long.nii.gz"))
    let file = try ImageFile(opening: folder("long.nii.gz"))
    #expect(file.info.format == .nifti2)
    #expect(same(try file.volume().reoriented(long.geometry), long))
    let error = #expect(throws: Diagnostic.self) {
      try VolumeFile.write(
        long, to: folder("no.nii"), options: WriteOptions(niftiVersion: 1))
    }
    #expect(error?.code == .notRepresentable)
  }
}
