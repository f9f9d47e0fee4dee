import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Images of a plane or a line between NRRD and NIfTI.
@Suite struct FlatImageTests {
  let folder = TemporaryFolder()

  /// An NRRD of float numbers.
  private func nrrd(_ sizes: [Int], _ fields: [String]) -> String {
    let count = sizes.reduce(1, *)
    let text =
      ([
        "NRRD0005", "type: float", "dimension: \(sizes.count)",
        "sizes: \(sizes.map(String.init).joined(separator: " "))", "endian: little",
        "encoding: raw",
      ] + fields).joined(separator: "\n") + "\n\n"
    let bytes = (0..<count).flatMap { i in
      withUnsafeBytes(of: (Float(i) / 3).bitPattern.littleEndian) { Array($0) }
    }
    return folder.write(Array(text.utf8) + bytes, "in.nrrd")
  }

  private func convert(_ input: String, _ output: String, _ version: Int? = nil) throws -> [String]
  {
    try Conversion.convert(
      input, to: folder(output),
      options: ConvertOptions(writing: WriteOptions(niftiVersion: version)))
  }

  static let oblique = [
    "space: RAS", "space origin: (-12.5,3.25,1024)", "kinds: domain domain",
    "space directions: (0.5,0.25,0) (-0.25,0.5,2)",
  ]

  /// NRRD → NIfTI → NIfTI → NRRD keeps sizes, directions, origin and numbers.
  @Test(arguments: [1, 2])
  func planeThereAndBack(version: Int) throws {
    let input = nrrd([5, 4], Self.oblique)
    let source = try ImageFile(opening: input)
    #expect(try convert(input, "a.nii.gz", version) == [])
    let nifti = try ImageFile(opening: folder("a.nii.gz"))
    #expect(nifti.info.sizes == [5, 4])
    #expect(nifti.info.spaceDirections == source.info.spaceDirections)
    #expect(nifti.info.spaceOrigin == source.info.spaceOrigin)
    #expect(try nifti.sha256() == source.sha256())
    #expect(try convert(folder("a.nii.gz"), "b.nii", version) == [])
    #expect(try convert(folder("b.nii"), "c.nii", version) == [])
    #expect(folder.read("b.nii") == folder.read("c.nii"))
    // A third column that stands on the plane, for readers that take all three.
    let bytes = folder.read("b.nii")
    let place = version == 1 ? 280 : 400
    let step = version == 1 ? 4 : 8
    let third = (0..<3).map { row -> Double in
      bytes.withUnsafeBytes { raw in
        let offset = place + step * (4 * row + 2)
        return version == 1
          ? Double(raw.loadUnaligned(fromByteOffset: offset, as: Float.self))
          : raw.loadUnaligned(fromByteOffset: offset, as: Double.self)
      }
    }
    #expect(abs(third.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    _ = try convert(folder("b.nii"), "d.nrrd")
    let back = try ImageFile(opening: folder("d.nrrd"))
    #expect(back.info.sizes == [5, 4] && back.info.space == "right-anterior-superior")
    #expect(back.info.spaceDirections == source.info.spaceDirections)
    #expect(back.info.spaceOrigin == source.info.spaceOrigin)
    #expect(try back.sha256() == source.sha256())
  }

  @Test(arguments: [
    (sizes: [7], fields: ["spacings: 0.5"], out: [7]),
    (
      sizes: [7], fields: ["space: LPS", "space directions: (0,2,0)", "space origin: (1,2,3)"],
      out: [7]
    ),
    (sizes: [5, 4], fields: ["spacings: 0.5 0.25"], out: [5, 4]),
    (sizes: [5, 4], fields: [], out: [5, 4]),
    (
      sizes: [5, 4], fields: ["space dimension: 2", "space directions: (0.5,0) (0,2)"],
      out: [5, 4]
    ),
    (sizes: [2, 5, 4], fields: ["kinds: complex domain domain"], out: [5, 4]),
    (sizes: [5, 4, 3], fields: ["kinds: domain domain list"], out: [5, 4, 1, 3]),
    (sizes: [5, 3], fields: ["kinds: domain time", "spacings: 2 3"], out: [5, 1, 1, 3]),
  ])
  func otherPlanesAndLines(sizes: [Int], fields: [String], out: [Int]) throws {
    let input = nrrd(sizes, fields)
    _ = try convert(input, "a.nii")
    let nifti = try ImageFile(opening: folder("a.nii"))
    #expect(nifti.info.sizes == out)
    #expect(try nifti.sha256() == ImageFile(opening: input).sha256())
    _ = try convert(folder("a.nii"), "b.nii")
    #expect(folder.read("a.nii") == folder.read("b.nii"))
    _ = try convert(folder("b.nii"), "c.nrrd")
    #expect(try ImageFile(opening: folder("c.nrrd")).sha256() == nifti.sha256())
  }

  /// teem's spaces of two dimensions, which say nothing of the patient.
  @Test(arguments: ["right-up", "right-down", "Right Down"])
  func spacesOfPicturesAreReadAndWritten(space: String) throws {
    let name = space.lowercased().replacing(" ", with: "-")
    let input = nrrd(
      [5, 4], ["space: \(space)", "space directions: (0.5,0) (0,2)", "space origin: (3,-4)"])
    let source = try ImageFile(opening: input)
    #expect(source.info.space == name)
    #expect(source.info.spaceDirections == [[0.5, 0], [0, 2]])
    _ = try convert(input, "a.nrrd")
    let text = String(decoding: folder.read("a.nrrd").prefix(400), as: UTF8.self)
    #expect(text.contains("\nspace: \(name)\n"))
    let copy = try ImageFile(opening: folder("a.nrrd"))
    #expect(copy.info.spaceDirections == source.info.spaceDirections)
    #expect(copy.info.spaceOrigin == [3, -4])
    #expect(try copy.sha256() == source.sha256())
    // No place in the patient to write down.
    _ = try convert(input, "b.nii")
    let nifti = try ImageFile(opening: folder("b.nii"))
    #expect(nifti.info.sizes == [5, 4] && nifti.info.space == nil)
    #expect(nifti.info.spacings == [0.5, 2])
  }

  @Test func spacesOfPicturesHaveTwoCoordinates() throws {
    let input = nrrd(
      [5, 4, 3], ["space: right-up", "space directions: (1,0,0) (0,1,0) (0,0,1)"])
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: input) }
    #expect(error?.code == .contradiction && error?.field == "space directions")
  }

  @Test func foldedPlanesAndOtherOrdersAreRefused() throws {
    for fields in [
      ["kinds: list list list"], ["kinds: domain list domain"], ["kinds: list domain domain"],
    ] {
      let error = #expect(throws: Diagnostic.self) {
        try convert(nrrd([5, 4, 3], fields), "a.nii")
      }
      #expect(error?.code == .notAVolume || error?.code == .notRepresentable)
    }
    // A plane is still no volume.
    let error = #expect(throws: Diagnostic.self) {
      try ImageFile(opening: nrrd([5, 4], Self.oblique)).volume()
    }
    #expect(error?.code == .notAVolume)
  }

  /// A NIfTI of one or two axes as others write it, the columns that are not there of zeros.
  @Test(arguments: [1, 2])
  func niftiOfFewerAxes(rank: Int) throws {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    let source = try ImageFile(opening: Fixtures.path("nib-1-le.nii"))
    func put16(_ value: Int, _ offset: Int) {
      bytes[offset] = UInt8(value & 255)
      bytes[offset + 1] = UInt8(value >> 8)
    }
    let rest = source.info.sizes.dropFirst(rank - 1).reduce(1, *)
    put16(rank, 40)
    put16(rest, 40 + 2 * rank)
    for axis in rank + 1...7 { put16(1, 40 + 2 * axis) }
    for row in 0..<3 {
      for column in rank..<3 {
        let offset = 280 + 4 * (4 * row + column)
        bytes.replaceSubrange(offset..<offset + 4, with: [0, 0, 0, 0])
      }
    }
    let flat = folder.write(bytes, "flat.nii")
    let stated = try ImageFile(opening: flat)
    _ = try convert(flat, "a.nii")
    let written = try ImageFile(opening: folder("a.nii"))
    #expect(written.info.sizes == stated.info.sizes && written.info.sizes.count == rank)
    #expect(written.info.spaceDirections == stated.info.spaceDirections)
    #expect(written.info.spaceOrigin == stated.info.spaceOrigin)
    #expect(try written.sha256() == source.sha256())
  }
}
