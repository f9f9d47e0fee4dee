import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Every bad file gives one error that names file and field.
@Suite struct BadNRRDTests {
  let folder = TemporaryFolder()

  static let good = [
    "NRRD0005", "type: short", "dimension: 3", "space: LPS", "sizes: 5 4 3",
    "space directions: (1,0,0) (0,1,0) (0,0,1)", "space origin: (0,0,0)", "endian: little",
    "encoding: raw",
  ]

  /// One bad header: the line that replaces (or follows) one of the good ones.
  struct Case: CustomTestStringConvertible, Sendable {
    let line: String
    let code: Diagnostic.Code
    let field: String
    var number: Int? = nil
    var testDescription: String { line }
    init(_ line: String, _ code: Diagnostic.Code, _ field: String, line number: Int? = nil) {
      (self.line, self.code, self.field, self.number) = (line, code, field, number)
    }
  }

  static let cases: [Case] = [
    Case("NRRD0006", .unknownFormat, "header", line: 1),
    Case("NRRD0005x", .unknownFormat, "header", line: 1),
    Case("type: long", .malformed, "type", line: 2),
    Case("type: block", .missingField, "type", line: 2),
    Case("dimension: 0", .malformed, "dimension", line: 3),
    Case("dimension: 17", .unsupported, "dimension", line: 3),
    Case("dimension: 3.0", .malformed, "dimension", line: 3),
    Case("dimension: 99999999999999999999", .malformed, "dimension", line: 3),
    Case("dimension: 4", .contradiction, "sizes", line: 5),
    Case("sizes: 5 4", .contradiction, "sizes", line: 5),
    Case("sizes: 5 4 3 2", .contradiction, "sizes", line: 5),
    Case("sizes: 5 4 0", .malformed, "sizes", line: 5),
    Case("sizes: 5 4 -3", .malformed, "sizes", line: 5),
    Case("sizes: 5 4 three", .malformed, "sizes", line: 5),
    Case("sizes: 5 4 4", .truncated, "data"),
    Case("sizes: 4000000000 4000000000 4000000000", .tooLarge, "sizes", line: 5),
    Case("sizes: 1000000 1000000 1000", .truncated, "data"),
    Case("space: Mars", .malformed, "space", line: 4),
    Case("space: RAST", .contradiction, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0)", .contradiction, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0) (0,0)", .contradiction, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0) (0,0,inf)", .malformed, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0) (0,0,nan)", .malformed, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0) 0,0,1", .malformed, "space directions", line: 6),
    Case("space directions: (1,0,0) (0,1,0) (0,0,0x1p3)", .malformed, "space directions", line: 6),
    Case("space origin: (0,0)", .contradiction, "space origin", line: 7),
    Case("space origin: (0,0,1e999)", .malformed, "space origin", line: 7),
    Case("endian: middle", .malformed, "endian", line: 8),
    Case("encoding: zip", .malformed, "encoding", line: 9),
    Case("encoding: gzip", .corrupt, "data"),
    Case("+type: short", .duplicateField, "type", line: 10),
    Case("+line skip: -1", .malformed, "line skip", line: 10),
    Case("+line skip: 9", .truncated, "line skip"),
    Case("+byte skip: 1", .truncated, "data"),
    Case("+byte skip: -2", .truncated, "data"),
    Case("+byte skip: 9223372036854775807", .malformed, "byte skip", line: 10),
    Case("+byte skip: -9223372036854775808", .malformed, "byte skip", line: 10),
    Case("+spacings: 1 1 1", .contradiction, "spacings", line: 10),
    Case("+spacings: nan nan 0", .malformed, "spacings", line: 10),
    Case("+axis mins: 0 nan nan", .contradiction, "axis mins", line: 10),
    Case("+thicknesses: -1 1 1", .malformed, "thicknesses", line: 10),
    Case("+kinds: domain domain", .contradiction, "kinds", line: 10),
    Case("+kinds: domain domain 2-vector", .contradiction, "kinds", line: 10),
    Case("+kinds: domain domain potato", .malformed, "kinds", line: 10),
    Case("+centers: cell cell edge", .malformed, "centerings", line: 10),
    Case("+labels: \"x\" \"y\"", .contradiction, "labels", line: 10),
    Case("+labels: \"x\" \"y\" \"z", .malformed, "labels", line: 10),
    Case("+space dimension: 4", .contradiction, "space dimension", line: 10),
    Case("+space dimension: 3", .contradiction, "space dimension", line: 10),
    Case("+block size: 4", .contradiction, "block size", line: 10),
    Case("+units: \"mm\" \"mm\" \"mm\"", .contradiction, "units", line: 10),
    Case("+old max: inf", .malformed, "old max", line: 10),
    Case("+measurement frame: (1,0,0)", .contradiction, "measurement frame", line: 10),
    Case("+no such field: 1", .malformed, "header", line: 10),
    Case("+nonsense", .malformed, "header", line: 10),
    Case("+old min: many", .malformed, "old min", line: 10),
    Case("+data file: missing.raw", .unreadable, "data file", line: 10),
    Case("+data file: ../v.raw", .outsideFolder, "data file", line: 10),
    Case("+data file: a/../../v.raw", .outsideFolder, "data file", line: 10),
    Case("+data file: /etc/passwd", .outsideFolder, "data file", line: 10),
    Case("+data file: link.raw", .outsideFolder, "data file", line: 10),
    Case("+data file: .", .outsideFolder, "data file", line: 10),
    Case("+data file: LIST", .malformed, "data file"),
    Case("+data file: LIST 4", .malformed, "data file", line: 10),
    Case("+data file: x%d.raw 1 2 1", .contradiction, "data file", line: 10),
    Case("+data file: x%d.raw 1 2 0", .malformed, "data file", line: 10),
    Case("+data file: x%d.raw 1 2 -1", .malformed, "data file", line: 10),
    Case("+data file: x%d.raw 0 2000000000 1", .tooLarge, "data file", line: 10),
    Case("+data file: x%d.raw -9223372036854775808 9223372036854775807 1", .malformed, "data file"),
  ]

  /// The good header with the case's line in place of its own, or behind the last.
  static func header(_ line: String) -> [String] {
    if line.hasPrefix("+") { return good + [String(line.dropFirst())] }
    let key = line.prefix { $0 != ":" && !$0.isNumber }
    return good.map { $0.prefix { $0 != ":" && !$0.isNumber } == key ? line : $0 }
  }

  @Test(arguments: cases)
  func badLine(bad: Case) throws {
    symbolicLink("/etc/passwd", folder("link.raw"))
    let text = Self.header(bad.line).joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "bad.nrrd")
    let error = #expect(throws: Diagnostic.self) {
      try ImageFile(opening: path).volume()
    }
    #expect(error?.code == bad.code, "\(error!)")
    #expect(error?.field == bad.field, "\(error!)")
    if let number = bad.number { #expect(error?.place?.line == number, "\(error!)") }
    #expect(error?.description.hasPrefix(folder.path) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func goodHeaderIsGood() throws {
    let text = Self.good.joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "good.nrrd")
    #expect(try ImageFile(opening: path).volume().sizes == GridSize(5, 4, 3))
    try #expect(ImageFile(opening: path).warnings == [])
  }

  @Test(arguments: ["type", "dimension", "sizes", "encoding", "endian"])
  func missingField(name: String) throws {
    let text = Self.good.filter { !$0.hasPrefix(name) }.joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "bad.nrrd")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    #expect(error?.code == .missingField)
    #expect(error?.description.contains(name) == true)
  }

  @Test(arguments: [
    "space directions: (1,0,0) (2,0,0) (0,0,1)", "space directions: (1,0,0) (0,0,0) (0,0,1)",
    "space directions: (1,0,0) (0,1,0) (0.5,0.5,1e-12)",
  ])
  func foldedDirections(line: String) throws {
    let text = Self.header(line).joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "bad.nrrd")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    #expect(error?.code == .malformed)
    #expect(error?.place?.line == 6)
  }

  @Test(arguments: [
    "space directions: none none none", "space directions: (1,0,0) (0,1,0) none",
    "space directions: (1e300,0,0) (0,1e300,0) (0,0,1e300)",
  ])
  func geometryThatIsNoVolume(line: String) throws {
    let text = Self.header(line).joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "bad.nrrd")
    let file = try ImageFile(opening: path)
    if line.hasSuffix("none none none") {
      // The same as no directions at all: a volume of unknown placement.
      #expect(try file.volume().geometry.placement == .none)
      return
    }
    let error = #expect(throws: Diagnostic.self) { try file.volume() }
    #expect(error?.place?.line == (line.hasSuffix("none") ? 5 : 6))
  }

  /// Cut after every byte, a file gives an error, never voxels.
  @Test(arguments: ["pynrrd-i2-little-gzip.nrrd", "hand-members.nrrd", "hand-everything.nrrd"])
  func truncation(name: String) throws {
    let bytes = TemporaryFolder.read(Fixtures.path(name))
    // pynrrd and gzip end with the checksum; every byte counts.
    for count in 0..<bytes.count {
      let path = folder.write(bytes[..<count], "cut.nrrd")
      // A cut between two members leaves a whole, but short, stream.
      let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path).elements() }
      #expect(error?.field.isEmpty == false && error?.found.isEmpty == false)
    }
  }

  /// A changed byte of compressed data never gives other voxels.
  @Test func damagedGzip() throws {
    let bytes = TemporaryFolder.read(Fixtures.path("pynrrd-i2-little-gzip.nrrd"))
    let end = try #require(bytes.firstRange(of: [10, 10])?.upperBound)
    let good = try ImageFile(opening: Fixtures.path("pynrrd-i2-little-gzip.nrrd")).sha256()
    var errors = 0
    for offset in (end + 10)..<bytes.count {
      var damaged = bytes
      damaged[offset] ^= 0x10
      let path = folder.write(damaged, "damaged.nrrd")
      // A few bits of a deflate stream mean nothing; but wrong voxels must never come out.
      do { #expect(try ImageFile(opening: path).sha256() == good) } catch { errors += 1 }
    }
    #expect(errors >= bytes.count - end - 12)
    let path = folder.write(bytes + [1, 2, 3], "trailing.nrrd")
    let trailing = try ImageFile(opening: path).elements()
    #expect(trailing.byteCount == 120)
    #expect(trailing.warnings.contains { $0.contains("3 bytes after the gzip stream") })
    let padded = folder.write(bytes + [0, 0, 0], "padded.nrrd")
    #expect(try ImageFile(opening: padded).elements().byteCount == 120)
  }

  /// Sizes that no honest stream of that length can fill are refused before memory is taken.
  @Test func bomb() throws {
    let bytes = TemporaryFolder.read(Fixtures.path("pynrrd-i2-little-gzip.nrrd"))
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    let end = try #require(text.firstRange(of: "\n\n")?.upperBound)
    let header = text[..<end].replacing("sizes: 5 4 3", with: "sizes: 5000 4000 3000")
    let path = folder.write(
      Array(header.utf8) + bytes[text[..<end].unicodeScalars.count...], "bomb.nrrd")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    #expect(error?.code == .tooLarge)
    #expect(error?.field == "sizes")
  }

  /// An empty mask of 512³ voxels reaches deflate's limit, and must pass.
  @Test func emptyMaskIsNoBomb() throws {
    let mask = Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(256, 256, 256)))
    for level in [1, 9] {
      try VolumeFile.write(
        AnyVolume(mask), to: folder("m.nrrd"), options: WriteOptions(compressionLevel: level))
      #expect(try ImageFile(opening: folder("m.nrrd")).volume().sizes == mask.sizes)
    }
  }

  /// Headers made to cost time: many keys, one endless line, gigabytes to decode and drop.
  @Test(.timeLimit(.minutes(1)))
  func costlyHeadersAreQuick() throws {
    let start = Self.good.dropLast().joined(separator: "\n") + "\n"
    let keys = (0..<100_000).map { "key\($0):=v\n" }.joined()
    let many = folder.write((start + "encoding: raw\n" + keys).utf8, "keys.nrrd")
    #expect(throws: Diagnostic.self) { try ImageFile(opening: many) }
    let line = folder.write(
      Array("NRRD0004\n".utf8) + [UInt8](repeating: 0x61, count: 5 << 20), "line.nrrd")
    #expect(throws: Diagnostic.self) { try ImageFile(opening: line) }
    let skip = folder.write(
      Array((start + "encoding: gzip\nbyte skip: 300000000\n\n").utf8)
        + [UInt8](repeating: 0, count: 1 << 20), "skip.nrrd")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: skip) }
    #expect(error?.field == "byte skip")
  }

  @Test func surplusBytesAreIgnored() throws {
    let text = Self.good.joined(separator: "\n") + "\n\n"
    let path = folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 130), "more.nrrd")
    let file = try ImageFile(opening: path)
    #expect(try file.elements().byteCount == 120)
    #expect(file.warnings == ["\(path): data: 10 bytes after the last voxel are ignored"])

    let longer = try #require(String(text.dropLast(1)).firstRange(of: "raw")).lowerBound
    let compressed = TemporaryFolder.read(Fixtures.path("hand-members.nrrd"))
    let start = try #require(compressed.firstRange(of: [10, 10])?.upperBound)
    let shorter = text[..<longer].replacing("5 4 3", with: "5 4 2") + "gzip\n\n"
    let zipped = folder.write(Array(shorter.utf8) + compressed[start...], "zipped.nrrd")
    let elements = try ImageFile(opening: zipped).elements()
    #expect(elements.byteCount == 80)
    #expect(elements.warnings == ["\(zipped): data: 40 bytes after the last voxel are ignored"])
  }

  @Test func linksInsideTheFolderAndTheOption() throws {
    folder.makeFolder("in")
    let body = [UInt8](repeating: 1, count: 120)
    folder.write(body, "in/v.raw")
    folder.write(body, "v.raw")
    symbolicLink("v.raw", folder("in/inner.raw"))
    func open(_ name: String, _ options: ReadOptions = ReadOptions()) throws -> ElementBuffer {
      let text = (Self.good + ["data file: \(name)"]).joined(separator: "\n")
      let path = folder.write(text.utf8, "in/h.nhdr")
      return try ImageFile(opening: path, options: options).elements()
    }
    #expect(try open("inner.raw").byteCount == 120)
    #expect(throws: Diagnostic.self) { try open("../v.raw") }
    #expect(try open("../v.raw", ReadOptions(allowOutsideFolder: true)).byteCount == 120)
    #expect(try open(folder("v.raw"), ReadOptions(allowOutsideFolder: true)).byteCount == 120)
  }

  @Test func dicomIsNamed() throws {
    let part10 = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [2, 0]
    for path in [folder.write(part10, "slice"), folder.path] {
      let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
      #expect(error?.code == .dicom)
      #expect(error?.description.contains("dcm2niix") == true)
      #expect(error?.description.contains("3D Slicer") == true)
    }
  }

  @Test(arguments: ["/dev/zero", "/dev/null", "/nonexistent"])
  func devicesAndMissingFiles(path: String) throws {
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    #expect(error?.code == .unreadable)
    #expect(error?.field == "file")
  }
}
