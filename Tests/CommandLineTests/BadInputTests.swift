import Foundation
import TestSupport
import Testing

/// Whatever bytes a file has: exit code 1, one line that names file, field, expected and found, soon,
/// and within 1.5 GB of address space.
@Suite struct BadInputTests {
  static let header = """
    NRRD0004
    type: int16
    dimension: 3
    sizes: 64 64 64
    encoding: raw
    endian: little
    """

  static let files: [(name: String, bytes: [UInt8])] = [
    ("empty.nrrd", []),
    ("garbage.nrrd", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }),
    ("text.nrrd", Array("This is no volume.\n".utf8)),
    ("truncated.nrrd", Array((header + "\n\n").utf8) + [UInt8](repeating: 1, count: 1000)),
    ("nodata.nrrd", Array((header + "\n\n").utf8)),
    ("noblank.nrrd", Array(header.utf8)),
    (
      "huge.nrrd",
      Array(header.replacing("64 64 64", with: "2000000 2000000 2000000").utf8)
        + Array("\n\n0123".utf8)
    ),
    (
      "overflow.nrrd",
      Array(header.replacing("64 64 64", with: "4294967296 4294967296 4294967296").utf8)
        + Array("\n\n0123".utf8)
    ),
    ("negative.nrrd", Array(header.replacing("64 64 64", with: "64 -64 64").utf8) + [10, 10]),
    ("zero.nrrd", Array(header.replacing("64 64 64", with: "64 0 64").utf8) + [10, 10]),
    (
      "gzip.nrrd",
      Array(header.replacing("raw", with: "gzip").utf8) + [10, 10, 0x1F, 0x8B, 8, 0, 0, 0, 0, 0]
    ),
    (
      "outside.nhdr",
      Array((header + "\ndata file: ../../../../../../etc/passwd\n").utf8)
    ),
    ("absolute.nhdr", Array((header + "\ndata file: /dev/zero\n").utf8)),
    ("missing.nhdr", Array((header + "\ndata file: none.raw\n").utf8)),
    ("short.nii", [UInt8](repeating: 0, count: 100)),
    ("zeros.nii", [UInt8](repeating: 0, count: 400)),
    ("garbage.nii", [92, 1, 0, 0] + [UInt8](repeating: 0xFF, count: 400)),
    ("short.nii.gz", [0x1F, 0x8B, 8, 0]),
    ("slice.dcm", [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [2, 0, 0, 0]),
    ("unknown.xyz", [1, 2, 3]),
  ]

  /// Its number must not go to a file that is opened later, either.
  @Test func aClosedStandardOutputIsSaid() throws {
    let folder = TemporaryFolder()
    let errors = "\(folder.path)/errors"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "exec \"$0\" info \"$1\" >&- 2>\"$2\"", Calvaria.path,
      Calvaria.root + "/Tests/VolumeIOTests/Fixtures/pynrrd-i2-little-raw.nrrd", errors,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let text = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(text.contains("standard output: cannot write the results, it is closed"))
  }

  @Test(arguments: files.indices, ["implant", "info"])
  func oneClearLine(index: Int, command: String) throws {
    let folder = TemporaryFolder()
    let (name, bytes) = Self.files[index]
    let path = try folder.write(Data(bytes), to: name)
    var arguments = [command, path]
    if command == "implant" { arguments += ["-o", "\(folder.path)/out", "-q"] }
    if command == "info" { arguments.append("--sha256") }
    let begin = Date()
    let outcome = try Calvaria.run(arguments, seconds: 20, limit: 1_500_000)
    #expect(outcome.status == 1, "\(name): \(outcome)")
    #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
    #expect(outcome.errors.hasPrefix("calvaria: error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(folder.path), "\(outcome.errors)")
    #expect(outcome.errors.contains("expected"), "\(outcome.errors)")
    #expect(outcome.errors.contains("found"), "\(outcome.errors)")
    #expect(Date().timeIntervalSince(begin) < 10)
  }

  @Test func aFolderIsNoCase() throws {
    let folder = TemporaryFolder()
    let outcome = try Calvaria.run("implant", folder.path, "-o", "\(folder.path)/out", "-q")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("dcm2niix"), "\(outcome.errors)")
  }

  @Test func dicomIsAnsweredWithWhatToUse() throws {
    let folder = TemporaryFolder()
    let path = try folder.write(
      Data([UInt8](repeating: 0, count: 128) + Array("DICM".utf8)), to: "slice.dcm")
    let outcome = try Calvaria.run("info", path)
    #expect(outcome.errors.contains("dcm2niix") && outcome.errors.contains("3D Slicer"))
  }

  @Test func anOutputFolderThatIsAFileIsToldBeforeAnyWork() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    let file = try folder.write("mine", to: "file")
    let outcome = try Calvaria.run("implant", path, "-o", file)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("\(file): output folder: expected a folder"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
  }
}
