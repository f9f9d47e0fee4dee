import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Files made to cost time: each ends in one error, and soon.
@Suite(.timeLimit(.minutes(1)))
struct CostlyFilesTests {
  let folder = TemporaryFolder(inMemory: true)

  private func header(sizes: String, encoding: String, _ fields: [String]) -> String {
    ([
      "NRRD0005", "type: uchar", "dimension: 3", "space: LPS", "sizes: \(sizes)",
      "space directions: (1,0,0) (0,1,0) (0,0,1)", "space origin: (0,0,0)",
      "encoding: \(encoding)",
    ] + fields).joined(separator: "\n") + "\n"
  }

  private func open(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> ElementBuffer
  {
    let path = folder.write(text.utf8, "h.nhdr")
    return try ImageFile(opening: path, options: options).elements()
  }

  private func error(of text: String) -> Diagnostic? {
    #expect(throws: Diagnostic.self) { try open(text) }
  }

  /// Ten files of 10 MB of lines, named again and again.
  @Test func linesOfManyFiles() throws {
    var bytes = [UInt8](repeating: 0x61, count: 10 << 20)
    for end in stride(from: 1023, to: bytes.count, by: 1024) { bytes[end] = 10 }
    for i in 0..<10 { folder.write(bytes, "l\(i)") }
    let names = (0..<300).map { "l\($0 % 10)\n" }.joined()
    func text(skip: Int) -> String {
      header(sizes: "1 1 300", encoding: "raw", ["line skip: \(skip)", "data file: LIST"]) + names
    }
    let found = error(of: text(skip: 10239))
    #expect(found?.code == .tooLarge && found?.field == "line skip", "\(found!)")
    #expect(found?.place?.line == 9)
    // A file that is too short by itself is told before any line is counted.
    let short = error(of: text(skip: 1000).replacing("1 1 300", with: "4096 4096 300"))
    #expect(short?.code == .truncated && short?.field == "data", "\(short!)")
    // What is named often is counted once.
    let same = header(sizes: "2 1 300", encoding: "raw", ["line skip: 10000", "data file: LIST"])
    let elements = try open(same + String(repeating: "l1\n", count: 300))
    #expect(elements.withBytes { $0.allSatisfy { $0 == 0x61 } })
  }

  @Test(arguments: ["a\nbb\rccc\r\ndXY", "a\r\nbb\r\nccc\nd\rXY", "\n\r\r\n\n\u{58}Y"])
  func linesEndInThreeWays(text: String) throws {
    folder.write(text.utf8, "t")
    let lines = text.hasPrefix("a\n") ? 3 : 4
    let found = try open(
      header(
        sizes: lines == 3 ? "3 1 1" : "2 1 1", encoding: "raw",
        ["line skip: \(lines)", "data file: t"]))
    #expect(found.withBytes(Array.init) == Array((lines == 3 ? "dXY" : "XY").utf8))
  }

  /// 60 streams of 16 MB each that only have to be decoded to be dropped, and the same from the front.
  @Test(arguments: [-1, 16_000_000])
  func skippedBytesOfManyStreams(skip: Int) throws {
    let zeros = Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(4096, 4096, 1)))
    try VolumeFile.write(AnyVolume(zeros), to: folder("z.nhdr"))
    let text = header(
      sizes: "1 1 60", encoding: "gzip", ["byte skip: \(skip)", "data file: LIST"])
    let found = error(of: text + String(repeating: "z.raw.gz\n", count: 60))
    #expect(found?.code == .tooLarge && found?.field == "byte skip", "\(found!)")
    // One of them may be skipped.
    let one = text.replacing("1 1 60", with: "1 1 1").replacing("LIST", with: "z.raw.gz")
    #expect(try open(one).byteCount == 1)
  }

  /// Bytes behind the voxels are decoded for the checksum, but not without end.
  @Test func surplusOfManyStreams() throws {
    let zeros = Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(4096, 4096, 1)))
    try VolumeFile.write(AnyVolume(zeros), to: folder("z.nhdr"))
    func text(_ count: Int) -> String {
      header(sizes: "1 1 \(count)", encoding: "gzip", ["data file: LIST"])
        + String(repeating: "z.raw.gz\n", count: count)
    }
    let found = error(of: text(2000))
    #expect(found?.code == .tooLarge && found?.field == "data", "\(found!)")
    #expect(try open(text(3)).warnings.count == 3)
  }

  @Test(arguments: ["ascii", "hex"])
  func blanksOfManyTexts(encoding: String) throws {
    let blanks = [UInt8](repeating: 0x20, count: 1 << 18) + Array("01 ".utf8)
    folder.write(blanks, "blanks")
    func text(_ count: Int) -> String {
      header(sizes: "1 1 \(count)", encoding: encoding, ["data file: LIST"])
        + String(repeating: "blanks\n", count: count)
    }
    let found = error(of: text(300))
    #expect(found?.code == .tooLarge && found?.field == "data file", "\(found!)")
    #expect(try open(text(2)).byteCount == 2)
  }

  /// The last of 65,536 names: nothing is opened before all are known to be there.
  @Test func theLastNameIsMissing() throws {
    folder.makeFolder("part")
    for i in 0..<256 {
      folder.write([1], "x\(i)")
      folder.write([1], "part/x\(i)")
    }
    symbolicLink("../x7", folder("part/link"))
    var names = (0..<65_535).map { $0 % 2 == 0 ? "x\($0 % 256)" : "./part/../part/x\($0 % 256)" }
    names[3] = "part/link"
    let text = header(sizes: "1 1 65536", encoding: "raw", ["data file: LIST"])
    let found = error(of: text + (names + ["none"]).joined(separator: "\n"))
    #expect(found?.code == .unreadable && found?.expected.contains("none") == true, "\(found!)")
    #expect(found?.place?.line == 9)
    symbolicLink("/etc/passwd", folder("part/away"))
    let outside = error(of: text + (names + ["part/away"]).joined(separator: "\n"))
    #expect(outside?.code == .outsideFolder)
  }
}
