import TestSupport
import Testing
import VolumeIO
import Volumes

/// What NIfTI says besides type, place and voxels goes from NIfTI to NIfTI.
@Suite struct NIfTIKeepingTests {
  let folder = TemporaryFolder()

  /// A file of nibabel with every further field set and two extensions put in.
  private func full(_ fixture: String, isSwapped: Bool) -> [UInt8] {
    var bytes = TemporaryFolder.read(Fixtures.path(fixture))
    let isFirst = bytes[0] == 0x5c || bytes[3] == 0x5c
    func put(_ word: some FixedWidthInteger, _ offset: Int) {
      withUnsafeBytes(of: isSwapped ? word.bigEndian : word.littleEndian) {
        bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
      }
    }
    func put(text: String, _ offset: Int) {
      bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    bytes[isFirst ? 39 : 524] = 0x1b
    if isFirst {
      put(Int16(1001), 68)
      put(Int16(1), 74)
      put(Int16(2), 120)
      bytes[122] = 3
      for (i, offset) in [56, 60, 64, 124, 128, 132, 136].enumerated() {
        put(Float(Double(i) + 0.5).bitPattern, offset)
      }
    } else {
      put(Int32(1001), 504)
      put(Int64(1), 224)
      put(Int64(2), 232)
      put(Int32(3), 496)
      for (i, offset) in [80, 88, 96, 192, 200, 208, 216].enumerated() {
        put((Double(i) + 0.1).bitPattern, offset)
      }
    }
    put(text: "what it is", isFirst ? 328 : 508)
    put(text: "auxiliary", isFirst ? 228 : 320)
    put(text: String(repeating: "d", count: 80), isFirst ? 148 : 240)
    let list: [UInt8] = Array("a comment of some length".utf8)
    let size = isFirst ? 348 : 540
    bytes[size] = 1
    var extensions = [UInt8](repeating: 0, count: 48)
    extensions.replaceSubrange(8..<8 + list.count, with: list)
    extensions.replaceSubrange(40..<48, with: 1...8)
    bytes.insert(contentsOf: extensions, at: size + 4)
    put(Int32(32), size + 4)
    put(Int32(6), size + 8)
    put(Int32(16), size + 36)
    put(Int32(4), size + 40)
    if isFirst { put(Float(400).bitPattern, 108) } else { put(Int64(592), 168) }
    return bytes
  }

  @Test(arguments: [
    ("nib-1-le.nii", false), ("nib-1-be.nii", true), ("nib-2-le.nii", false),
    ("nib-2-be.nii", true),
  ])
  func everyFieldAndExtension(fixture: String, isSwapped: Bool) throws {
    let bytes = full(fixture, isSwapped: isSwapped)
    let path = folder.write(bytes, "full.nii")
    for middle in ["a.nii.gz", "a.hdr"] {
      try Conversion.convert(path, to: folder(middle))
      let options = ConvertOptions(writing: WriteOptions(endian: isSwapped ? .big : .little))
      try Conversion.convert(folder(middle), to: folder("back.nii"), options: options)
      let back = folder.read("back.nii")
      let isFirst = fixture.hasPrefix("nib-1")
      // The codes of the forms become 1, and the quaternion beside the rows is written anew.
      let forms = isFirst ? 252..<280 : 344..<400
      let pixdim = isFirst ? 76..<108 : 104..<168
      // nibabel says "regular" here and there; nobody reads it.
      for i in bytes.indices where !forms.contains(i) && !pixdim.contains(i) && i != 38 {
        #expect(back.count == bytes.count && back[i] == bytes[i], "byte \(i) by \(middle)")
        if back.count != bytes.count { return }
      }
    }
    let warnings = try Conversion.convert(path, to: folder("o.nrrd"))
    #expect(warnings.contains { $0.contains("2 left out") })
    #expect(try ImageFile(opening: folder("o.nrrd")).sha256() == ImageFile(opening: path).sha256())
  }

  /// nifti1.h asks to ignore a list that runs past the voxels, or is broken.
  @Test(arguments: [Int32(8), 0, -16, 17, 4096, .max])
  func brokenListIsIgnored(size: Int32) throws {
    var bytes = full("nib-1-le.nii", isSwapped: false)
    withUnsafeBytes(of: size.littleEndian) { bytes.replaceSubrange(352..<356, with: $0) }
    let file = try ImageFile(opening: folder.write(bytes, "broken.nii"))
    #expect(file.warnings.contains { $0.contains(": extension:") })
    #expect(try file.sha256() == ImageFile(opening: Fixtures.path("nib-1-le.nii")).sha256())
    try Conversion.convert(folder("broken.nii"), to: folder("o.nii"))
    #expect(folder.read("o.nii")[348] == 0)
  }

  @Test func stepAndUnitOfTimeGoThroughNRRD() throws {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    // Two volumes of half the slices, 2.5 ms apart.
    let (dim, step): ([UInt8], Float) = ([4, 0, 5, 0, 4, 0, 1, 0, 3, 0], 2.5)
    bytes.replaceSubrange(40..<50, with: dim)
    withUnsafeBytes(of: step.bitPattern.littleEndian) { bytes.replaceSubrange(92..<96, with: $0) }
    bytes[123] = 2 | 16
    try Conversion.convert(folder.write(bytes, "t.nii"), to: folder("t.nrrd"))
    let info = try ImageFile(opening: folder("t.nrrd")).info
    #expect(info.spacings[3] == 2.5)
    #expect(info.details.units == ["", "", "", "ms"])
    try Conversion.convert(folder("t.nrrd"), to: folder("back.nii"))
    let back = folder.read("back.nii")
    #expect(back[92..<96] == bytes[92..<96])
    #expect(back[123] == bytes[123])
  }
}
