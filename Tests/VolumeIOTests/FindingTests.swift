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
}
