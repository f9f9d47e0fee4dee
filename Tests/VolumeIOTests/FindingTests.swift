import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What `make fuzz` found, as small as it can be said; the files themselves lie in `Fuzzing/Findings`.
@Suite struct FindingTests {
  let folder = TemporaryFolder(inMemory: true)

  private func rewritten(_ header: String, _ data: [UInt8]) throws -> (ImageInfo, ImageInfo) {
    folder.write(Array(header.utf8) + data, "a.nrrd")
    try Conversion.convert(folder("a.nrrd"), to: folder("b.nrrd"))
    return (
      try ImageFile(opening: folder("a.nrrd")).info, try ImageFile(opening: folder("b.nrrd")).info
    )
  }

  /// Only LF and CR end a line of an NRRD header; Unicode knows more line ends.
  @Test(arguments: ["one\u{b}two", "one\u{c}two", "one\u{85}two", "one\u{2028}two"])
  func commentsKeepWhatEndsNoLine(comment: String) throws {
    let header = "NRRD0001\n# \(comment)\ntype: uint8\ndimension: 1\nsizes: 2\nencoding: raw\n\n"
    let (before, after) = try rewritten(header, [1, 2])
    #expect(before.details.comments == [comment])
    #expect(after.details.comments == [comment])
  }

  /// A mark that combines with a quote makes one character of both.
  @Test func quotesUnderMarksAreEscaped() throws {
    let header =
      "NRRD0001\ntype: uint8\ndimension: 1\nsizes: 2\nlabels: \"a\\\"\u{301} b\"\nencoding: raw\n\n"
    let (before, after) = try rewritten(header, [1, 2])
    #expect(before.details.labels?.map { Array($0.utf8) } == [Array("a\"\u{301} b".utf8)])
    #expect(after.details.labels == before.details.labels)
  }

  /// A NIfTI-2 header of a volume of 2 × 2 × 2 bytes whose sform has these columns.
  private func nifti2(_ columns: [SIMD3<Double>], units: UInt8 = 2, rank: Int64 = 3) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 544 + 8)
    func put(_ offset: Int, _ value: some FixedWidthInteger & BitwiseCopyable) {
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
      }
    }
    put(0, Int32(540))
    bytes.replaceSubrange(4..<12, with: Array("n+2\0\r\n\u{1a}\n".utf8))
    put(12, Int16(2))
    put(14, Int16(8))
    put(16, rank)
    for axis in 1...7 { put(16 + 8 * axis, Int64(axis <= rank ? 2 : 1)) }
    put(168, Int64(544))
    put(348, Int32(1))
    for row in 0..<3 {
      for column in 0..<3 { put(400 + 32 * row + 8 * column, columns[column][row].bitPattern) }
    }
    bytes[500] = units
    return bytes
  }

  /// Products of the columns' lengths that are 0 or infinite say nothing about them.
  @Test(arguments: [
    [SIMD3(1e-290, 0, 0), SIMD3(2e-290, 1e-307, 0), SIMD3(0, 0, 1)],
    [SIMD3(1e300, 0, 0), SIMD3(1e300, 0, 0), SIMD3(0, 0, 1e300)],
    [SIMD3(0, 0, -1e62), SIMD3(-1e-107, 0, 1e-95), SIMD3(1e-194, 1e-163, 1e-307)],
  ])
  func columnsInOnePlaneAreRefusedAtAnyScale(columns: [SIMD3<Double>]) throws {
    let error = #expect(throws: Diagnostic.self) {
      try ImageFile(opening: folder.write(nifti2(columns), "c.nii"))
    }
    #expect(error?.field == "srow")
  }

  /// Two axes need two columns that span a plane; the third may hold anything.
  @Test func columnsWithoutAnAxisAreOfNoUse() throws {
    let flat = nifti2([SIMD3(1, 0, 0), SIMD3(0, 1, 0), .zero], rank: 2)
    #expect(try ImageFile(opening: folder.write(flat, "f.nii")).info.sizes == [2, 2])
    try Conversion.convert(folder("f.nii"), to: folder("f.nrrd"))
    _ = try ImageFile(opening: folder("f.nrrd"))
    let line = nifti2([SIMD3(1, 0, 0), SIMD3(2, 0, 0), SIMD3(0, 0, 1)], rank: 2)
    #expect(throws: Diagnostic.self) { try ImageFile(opening: folder.write(line, "l.nii")) }
  }

  /// What would be written and could not be read again is not written.
  @Test func placementsThatAFormatCannotHoldAreRefused() throws {
    // Metres that are no numbers in mm.
    let far = nifti2([SIMD3(1e307, 0, 0), SIMD3(0, 1e307, 0), SIMD3(0, 0, 1e307)], units: 1)
    folder.write(far, "far.nii")
    let tooFar = #expect(throws: Diagnostic.self) {
      try Conversion.convert(folder("far.nii"), to: folder("far.nrrd"))
    }
    #expect(tooFar?.code == .notRepresentable)
    // Steps that float32 holds for 0.
    let header = """
      NRRD0004\ntype: uint8\ndimension: 3\nspace: RAS\nsizes: 2 2 2
      space directions: (1e-60,0,0) (0,1e-60,0) (0,0,1e-60)\nencoding: raw\n\n
      """
    folder.write(Array(header.utf8) + [0, 1, 2, 3, 4, 5, 6, 7], "near.nrrd")
    _ = try ImageFile(opening: folder("near.nrrd")).volume()
    let tooNear = #expect(throws: Diagnostic.self) {
      try Conversion.convert(folder("near.nrrd"), to: folder("near.nii"))
    }
    #expect(tooNear?.code == .notRepresentable)
  }
}
