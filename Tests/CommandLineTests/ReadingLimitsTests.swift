import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What a file may cost: `--max-ratio`, and memory that is not there.
@Suite struct ReadingLimitsTests {
  static let header = """
    NRRD0004
    type: uint8
    dimension: 3
    sizes: 640 1000 1000
    encoding: bzip2


    """

  /// 640 MB of zeros, of which `info` believes the header: more than 512 MiB and 1032 times the bytes.
  @Test func aRaisedRatioTakesWhatIsRefusedWithout() throws {
    let folder = TemporaryFolder()
    let path = try folder.write(
      Data(Self.header.utf8) + Data("BZh9".utf8) + Data(repeating: 1, count: 600),
      to: "zeros.nrrd")
    let refused = try Calvaria.run("info", path)
    #expect(refused.status == 1)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.contains("sizes: expected at most 536870912 decoded bytes from 604"))
    #expect(refused.errors.contains("if it is neither, raise --max-ratio"))
    let raised = try Calvaria.run("info", path, "--max-ratio", "2000000", "--json")
    #expect(raised.status == 0, "\(raised.errors)")
    #expect(raised.output.contains("[640, 1000, 1000]"))
    for wrong in ["0", "-3", "many", "1099511627777"] {
      #expect(try Calvaria.run("info", path, "--max-ratio=\(wrong)").status == 2)
    }
  }

  /// The same with all commands that read, down from what gzip can do.
  @Test func aLowRatioRefusesWhatPassesWithout() throws {
    let folder = TemporaryFolder()
    let zeros = Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(100, 100, 100)))
    let path = "\(folder.path)/zeros.nii.gz"
    try VolumeFile.write(AnyVolume(zeros), to: path)
    let out = "\(folder.path)/out.nrrd"
    for arguments in [
      ["info", path], ["convert", path, out], ["evaluate", path, path],
      ["implant", path, "-o", "\(folder.path)/implant"],
    ] {
      let refused = try Calvaria.run(arguments + ["--max-ratio", "20"])
      #expect(refused.status == 1, "\(arguments)")
      #expect(refused.errors.contains("--max-ratio"), "\(refused.errors)")
      if arguments[0] == "implant" { continue }
      #expect(try Calvaria.run(arguments + ["--max-ratio", "1032"]).status == 0)
    }
  }

  /// Raw files without blocks on the disk, larger than the address space: an error, not a crash.
  @Test(arguments: ["info", "convert", "evaluate", "implant"], [900, 400, 150])
  func memoryThatIsNotThere(command: String, megabytes: Int) throws {
    let folder = TemporaryFolder()
    let header = """
      NRRD0004
      type: uint8
      dimension: 3
      sizes: 1000 1000 \(megabytes)
      encoding: raw
      data file: sparse.raw
      """
    let path = try folder.write(header, to: "sparse.nhdr")
    let raw = try folder.handle("sparse.raw")
    try raw.truncate(atOffset: UInt64(megabytes) * 1_000_000)
    var arguments = [command, path]
    switch command {
    case "info": arguments.append("--sha256")
    case "convert": arguments += ["\(folder.path)/out.nii", "--type", "float"]
    case "evaluate": arguments.append(path)
    default: arguments += ["-o", "\(folder.path)/out", "-q"]
    }
    let outcome = try Calvaria.run(arguments, limit: 400_000)
    // Enough for the smallest of some; never a trap.
    #expect([0, 1, 2].contains(outcome.status), "\(outcome.status) \(outcome.errors)")
    #expect(outcome.status != 0 || megabytes == 150)
    if outcome.status != 0 {
      #expect(outcome.errorLines.last?.hasPrefix("calvaria: error: ") == true, "\(outcome.errors)")
    }
  }

  /// A hollow box that takes 17 MB, and its surface as a mesh.
  private static let box = Result {
    let folder = TemporaryFolder()
    let side = 256
    let grid = Geometry(
      sizes: GridSize(side, side, side), space: .leftPosteriorSuperior, directions: .identity,
      origin: .zero)
    let mask = Mask(on: grid) { bytes in
      for z in 20..<side - 20 {
        for y in 20..<side - 20 {
          let isWall = [z, y].contains { $0 < 30 || $0 >= side - 30 }
          let row = side * (y + side * z)
          for x in isWall ? [20..<side - 20] : [20..<30, side - 30..<side - 20] {
            bytes[row + x.lowerBound..<row + x.upperBound].update(repeating: 1)
          }
        }
      }
    }
    try VolumeFile.write(AnyVolume(mask.asVolume), to: folder("box.nrrd"))
    let mesh = try Calvaria.run("mesh", folder("box.nrrd"), "-o", folder("box.stl"))
    #expect(mesh.status == 0, "\(mesh.errors)")
    return folder
  }

  /// Enough for what is read, and not for what is made of it: asked for before it is taken.
  @Test(arguments: [
    ("mesh box.nrrd -o OUT.stl", 200), ("check box.stl --against box.nrrd", 300),
    ("template box.nrrd -o OUT.shape.safetensors", 200),
    ("evaluate box.nrrd box.nrrd --defective box.nrrd --json", 300),
    ("synth --template box.nrrd --seed 1 --count 1 -o OUT", 200),
  ])
  func memoryThatRunsOutIsAnError(command: String, megabytes: Int) throws {
    let folder = try Self.box.get()
    let out = TemporaryFolder()
    let arguments = command.split(separator: " ").map { word in
      word.hasPrefix("OUT")
        ? out(String(word)) : word.hasPrefix("box") ? folder(String(word)) : String(word)
    }
    for limit in [130, megabytes] {
      let outcome = try Calvaria.run(arguments, limit: limit << 10)
      #expect([1, 2].contains(outcome.status), "\(limit) MB: \(outcome.status) \(outcome.errors)")
      let error = outcome.errorLines.last ?? ""
      #expect(error.hasPrefix("calvaria: error: ") && error.contains("memory"), "\(error)")
      #expect(error.contains("box."), "\(error)")
    }
    #expect(out.names().isEmpty || out.names() == ["OUT"], "\(out.names())")
  }

  /// A plan for all addresses that there are, which threads and libraries take some of: the stage that
  /// would get none fails its case, and the other case is done.
  @Test func memoryThatTheSystemRefusesFailsItsCaseAlone() throws {
    let folder = TemporaryFolder()
    let limit = 700_000
    let small = "\(folder.path)/small.nrrd"
    try VolumeFile.write(
      AnyVolume(Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(8, 8, 8)))), to: small)
    let pipeline = try folder.write(
      """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        soft:  {stage: smooth, of: skull, sigma: 1}
      outputs: {soft.nrrd: soft}
      """, to: "pipeline.yaml")
    func run(_ cases: [String], memory: String) throws -> Calvaria.Outcome {
      try Calvaria.run(
        ["run", pipeline] + cases + ["-o", "\(folder.path)/out", "-q", "--memory", memory],
        limit: limit)
    }
    let words = try run([small], memory: "100GB").errors.split(separator: " ")
    let most = try #require(
      words.firstIndex(of: "MB").flatMap { Int(words[words.index(before: $0)]) })
    // The mask is held while smoothing declares five bytes a voxel and 16 MiB.
    let planes = (most - 24) / 6
    let large = try folder.write(
      """
      NRRD0004
      type: uint8
      dimension: 3
      sizes: 1000 1000 \(planes)
      encoding: raw
      data file: sparse.raw

      """, to: "large.nhdr")
    try folder.handle("sparse.raw").truncate(atOffset: UInt64(planes) * 1_000_000)

    let outcome = try run([small, large], memory: "\(most - 1)MB")
    #expect(outcome.status == 1, "\(outcome.status) \(outcome.errors)")
    // Asked before a stage runs, or met while the file is read: threads map memory at any time.
    #expect(
      outcome.errors.contains("memory: expected that the system gives")
        || outcome.errors.contains("expected at most as many voxels as memory holds"),
      "\(outcome.errors)")
    #expect(outcome.errors.contains("large.nhdr"), "\(outcome.errors)")
    #expect(folder.names(in: "out").contains("small/soft.nrrd"))
    #expect(!folder.names(in: "out").contains("large/soft.nrrd"))
  }

  /// More than `ulimit -v` leaves cannot be planned with, whatever the files are.
  @Test(arguments: [
    ["evaluate", "a", "b"], ["implant", "a", "-o", "c"], ["train", "a", "-o", "c"],
  ])
  func memoryBeyondTheAddressesIsWrongUsage(arguments: [String]) throws {
    let outcome = try Calvaria.run(arguments + ["--memory", "100GB"], limit: 400_000)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--memory: expected at most the"), "\(outcome.errors)")
    let less = try Calvaria.run(arguments + ["--memory", "100MB"], limit: 400_000)
    #expect(less.status != 0 && !less.errors.contains("--memory: expected at most the"))
  }
}
