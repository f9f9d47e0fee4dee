import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What a scan is, seen from the command line: mended and told, or refused with the option that settles it.
@Suite struct UnclearInputTests {
  /// A vault of bone, brain inside and air outside, in HU.
  static func head() -> Volume<Int16> {
    let bone = Phantom.mask()
    return Volume<Int16>(on: Phantom.geometry) { voxels in
      let map = Phantom.geometry.lpsFromIndex
      for k in 0..<Phantom.geometry.sizes.z {
        for j in 0..<Phantom.geometry.sizes.y {
          for i in 0..<Phantom.geometry.sizes.x {
            let p = map * SIMD3(Double(i), Double(j), Double(k)) - SIMD3(0, 0, 40)
            let isInside = SIMD3(p.x / 62, p.y / 78, p.z / 70).length <= 1
            voxels[Phantom.geometry.sizes.offset(i, j, k)] =
              bone[i, j, k]
              ? 900 : isInside ? Int16(30 + (i * j + k) % 9) : Int16(-1000 + (i + j * k) % 9)
          }
        }
      }
    }
  }

  static func write<Voxel: VoxelScalar>(
    _ folder: TemporaryFolder, _ name: String, _ value: (Int16) -> Voxel
  ) throws -> String {
    let head = head()
    let volume = Volume<Voxel>(on: head.geometry) { voxels in
      head.withVoxels { for i in 0..<voxels.count { voxels[i] = value($0[i]) } }
    }
    try VolumeFile.write(AnyVolume(volume), to: "\(folder.path)/\(name)")
    return "\(folder.path)/\(name)"
  }

  private func implant(_ path: String, _ folder: TemporaryFolder, _ more: [String] = []) throws
    -> Calvaria.Outcome
  {
    try Calvaria.run(
      ["implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out"] + more)
  }

  private func bytes(_ folder: TemporaryFolder) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(folder.path)/out/implant.stl"))
  }

  @Test func anOffsetAndWrappedValuesGiveTheSameImplant() throws {
    let folder = TemporaryFolder()
    #expect(try implant(try Self.write(folder, "ct.nrrd") { $0 }, folder).status == 0)
    let right = try bytes(folder)
    for path in [
      try Self.write(folder, "offset.nrrd") { UInt16($0 + 1024) },
      try Self.write(folder, "wrapped.nrrd") { UInt16(bitPattern: $0) },
      try Self.write(folder, "float.nii.gz") { Float($0) + 1000 },
    ] {
      let outcome = try implant(path, folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("warning"))
      #expect(outcome.output.contains("read as a CT with"))
      #expect(try bytes(folder) == right)
      let reading = try reading(folder)
      #expect((reading["reason"] as? String)?.contains("air at") == true)
      #expect((reading["kind"] as? String)?.hasPrefix("CT with") == true)
    }
  }

  /// What the account says that the scan was taken for.
  private func reading(_ folder: TemporaryFolder) throws -> [String: Any] {
    let cases = try folder.json("out/run.json")["cases"] as? [[String: Any]]
    return try #require(cases?.first?["reading"] as? [String: Any])
  }

  @Test func aPictureIsRefusedUntilTheThresholdIsSet() throws {
    let folder = TemporaryFolder()
    let path = try Self.write(folder, "picture.nrrd") { UInt8(nearest: (Double($0) + 1000) / 8) }
    let refused = try implant(path, folder)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--set threshold=128"))
    #expect(try implant(path, folder, ["--set", "threshold=200"]).status == 0)
    // What the user says counts, the default's number included.
    let standard = try implant(path, folder, ["--set", "threshold=226"])
    #expect(!standard.errors.contains("8 bits"), "\(standard.errors)")
  }

  @Test func labelsAreListedUntilOneIsChosen() throws {
    let folder = TemporaryFolder()
    let path = try Self.write(folder, "labels.nrrd") { $0 > 226 ? UInt8(3) : $0 > -500 ? 1 : 0 }
    let refused = try implant(path, folder)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("3 (") && refused.errors.contains("--label"))
    #expect(try implant(path, folder, ["--label", "3"]).status == 0)
    let missing = try implant(path, folder, ["--label", "7"])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("none; there are 1 ("))
    let negative = try implant(
      try Self.write(folder, "signed.nrrd") { $0 > 226 ? Int8(-1) : $0 > -500 ? 2 : 0 }, folder,
      ["--label", "-1"])
    #expect(negative.status == 0, "\(negative.errors)")
  }

  /// A bone that is empty is a failed case, also of a batch.
  @Test(arguments: [["--set", "threshold=3000"], ["--label", "9"]])
  func emptyIsNotDone(options: [String]) throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/set", withIntermediateDirectories: true)
    let head = Self.head()
    for name in ["a", "b"] {
      try VolumeFile.write(AnyVolume(head), to: "\(folder.path)/set/\(name).nrrd")
    }
    let single = try implant("\(folder.path)/set/a.nrrd", folder, options)
    #expect(single.status == 1)
    #expect(folder.names(in: "out") == ["run.json"])
    let batch = try Calvaria.run(
      [
        "batch", "\(folder.path)/set", "-o", "\(folder.path)/all", "--pipeline",
        RunCommandTests.pipeline,
      ]
        + options)
    #expect(batch.status == 1)
    let text = try String(contentsOfFile: "\(folder.path)/all/failures.json", encoding: .utf8)
    #expect(text.contains("\"no-bone\""))
    #expect(folder.names(in: "all/implant").isEmpty)
  }

  @Test func evaluateReadsMasksOfAnyKindAndRefusesOthers() throws {
    let folder = TemporaryFolder()
    let plain = try Self.write(folder, "plain.nrrd") { $0 > 226 ? UInt8(1) : 0 }
    for path in [
      try Self.write(folder, "signed.nrrd") { $0 > 226 ? Int8(-1) : 0 },
      try Self.write(folder, "two.nrrd") { $0 > 226 ? UInt8(2) : 1 },
      try Self.write(folder, "rough.nrrd") { Float($0 > 226 ? 0.9999999 : 1e-7) },
    ] {
      let outcome = try Calvaria.run(["evaluate", path, plain])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("1.0"))
    }
    let labels = try Self.write(folder, "labels.nrrd") { $0 > 226 ? UInt8(3) : $0 > -500 ? 1 : 0 }
    let refused = try Calvaria.run(["evaluate", labels, plain])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("label map"))
    let nothing = try Calvaria.run(["evaluate", folder.path, "\(folder.path)/nosuch"])
    #expect(nothing.status == 1)
    #expect(nothing.errors.contains("nosuch: file: expected a file or a folder, found nothing"))
  }

  @Test func whatAFileIsInsteadIsTold() throws {
    let folder = TemporaryFolder()
    let files: [(String, [UInt8], String)] = [
      (
        "lfs.nrrd", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
        "git lfs pull"
      ),
      ("page.nrrd", Array("\n<!DOCTYPE html><html>".utf8), "web page"),
      ("packed.nii.gz", [0x50, 0x4B, 3, 4, 0, 0], "zip archive"),
      ("nothing.nrrd", [], "an empty file"),
      (
        "out.nhdr",
        Array(
          "NRRD0004\ntype: int16\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nendian: little\ndata file: ../x.raw\n"
            .utf8), "--allow-outside"
      ),
    ]
    for (name, bytes, expected) in files {
      try Data(bytes).write(to: URL(filePath: "\(folder.path)/\(name)"))
      let outcome = try Calvaria.run(["info", "\(folder.path)/\(name)"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
    // So are the data files of a header.
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    let page = "<!DOCTYPE html><html>" + String(repeating: "sign in ", count: 2000)
    let longer = String(repeating: "\0", count: 2_000_000)
    for (data, encoding, expected) in [
      (pointer, "raw", "a Git LFS pointer"), (pointer, "gzip", "a Git LFS pointer"),
      (page, "raw", "web page"), (page, "gzip", "web page"), (page, "ascii", "web page"),
      (page + longer, "raw", "web page"), (page + longer, "bzip2", "web page"),
      ("/annex/objects/SHA256E-s5--0.raw\n", "raw", "a git-annex pointer"),
      ("PK\u{3}\u{4}\0\0", "raw", "a zip archive"),
      ("PK\u{3}\u{4}" + longer, "raw", "a zip archive"),
      ("PK\u{3}\u{4}" + longer, "gzip", "a zip archive"), ("", "raw", "an empty file"),
      ("", "gzip", "an empty file"), ("", "ascii", "an empty file"),
    ] {
      _ = try folder.write(data, to: "data.bin")
      let header = try folder.write(
        "NRRD0004\ntype: int16\ndimension: 3\nsizes: 80 80 80\nencoding: \(encoding)\nendian: little\n"
          + "data file: data.bin\n", to: "detached.nhdr")
      let outcome = try Calvaria.run(["info", header])
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains(expected) && outcome.errors.contains("data.bin"),
        "\(encoding): \(outcome.errors)")
    }
    try Data([0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 500)).write(
      to: URL(filePath: "\(folder.path)/data.bin"))
    let unsaid = try folder.write(
      "NRRD0004\ntype: int16\ndimension: 3\nsizes: 80 80 80\nencoding: raw\nendian: little\n"
        + "data file: data.bin\n", to: "unsaid.nhdr")
    let packed = try Calvaria.run(["info", unsaid])
    #expect(packed.status == 1 && packed.errors.contains("`encoding: gzip`"), "\(packed.errors)")
    // A header may skip what another kind of file begins with, and voxels may look like its start.
    _ = try folder.write("PK\u{3}\u{4}" + longer, to: "data.bin")
    for (sizes, more) in [("80 80 80", "byte skip: -1\n"), ("500001 2 1", "")] {
      let header = try folder.write(
        "NRRD0004\ntype: int16\ndimension: 3\nsizes: \(sizes)\nencoding: raw\nendian: little\n"
          + "\(more)data file: data.bin\n", to: "detached.nhdr")
      let outcome = try Calvaria.run(["info", header])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    // The other half of a NIfTI pair.
    let pair = try Self.write(folder, "pair.hdr") { $0 }
    for (data, expected) in [
      (pointer, "a Git LFS pointer"), (page, "web page"), ("", "an empty file"),
    ] {
      _ = try folder.write(data, to: "pair.img")
      let outcome = try Calvaria.run(["info", pair])
      #expect(outcome.status == 1 && outcome.errors.contains(expected), "\(outcome.errors)")
    }
    let texts = [
      (
        "version: 1\npipeline: a\nstages:\n\tskull: {stage: load, of: $case}\n",
        ":4:1: YAML: expected spaces, found a TAB"
      ),
      (
        "version: 1\npipeline:\u{a0}a\nstages: {}\n",
        ":2:10: YAML: expected spaces, found a no-break space"
      ),
      (
        "version: 1\nstages:\n\u{a0} skull: {stage: load}\n",
        ":3:1: YAML: expected spaces, found a no-break space"
      ),
    ]
    for (text, expected) in texts {
      try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/p.yaml"))
      let outcome = try Calvaria.run(["graph", "\(folder.path)/p.yaml"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
  }
}
