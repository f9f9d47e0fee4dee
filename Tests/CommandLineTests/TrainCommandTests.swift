import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct TrainCommandTests {
  private static let smoke = Calvaria.root + "/training/smoke.yaml"

  @Test func aTrainingWritesWhatItSays() throws {
    let folder = TemporaryFolder()
    let run = try Calvaria.run(
      "train", Self.smoke, "-o", folder.path + "/a", "--threads", "1", "--set",
      "model.storage=float16")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.split(separator: "\n").map { $0.split(separator: "/").last! } == [
        "model.safetensors", "log.csv", "run.json",
      ])
    #expect(
      folder.names(in: "a").filter { !$0.contains("/") } == [
        "best.ckpt", "last.ckpt", "log.csv", "log.jsonl", "model.safetensors", "reconstructions",
        "report.html", "run.json", "stage1.safetensors",
      ])
    // A line of the beginning, and one an epoch.
    #expect(run.errorLines.count == 9)
    let account = try folder.json("a/run.json")
    #expect(account["status"] as? String == "completed")
    let outputs = try #require(account["outputs"] as? [[String: Any]])
    #expect(outputs.count == 6)
    let lines = try String(contentsOfFile: folder.path + "/a/log.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 8)
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    for key in [
      "diceLoss", "kld", "kldByDimension", "activeUnits", "informationBound", "information",
      "aggregateMean", "aggregateVariance", "validationDice", "seconds", "rate", "beta",
      "formatVersion",
    ] { #expect(first[key] != nil, "\(key)") }
    // The model says what it was trained on.
    let model = try Data(contentsOf: URL(filePath: folder.path + "/a/model.safetensors"))
    let header = String(decoding: model.prefix(16384), as: UTF8.self)
    for text in [
      "\"training.data.skulls\":\"12\"", "\"training.data.cranial\":\"prism sphere\"",
      "\"training.data.redraw\":\"each-epoch\"",
    ] { #expect(header.contains(text), "\(text)") }
    // Nothing is overwritten without being asked.
    let again = try Calvaria.run("train", Self.smoke, "-o", folder.path + "/a")
    #expect(again.status == 2 && again.errors.contains("--resume"))
  }

  /// The page lives on with the training; what `report` makes of the folder is what the training left.
  @Test func aTrainingLeavesAPage() throws {
    let folder = TemporaryFolder()
    #expect(try Calvaria.run("train", Self.smoke, "-q", "-o", folder("a")).status == 0)
    let page = folder.read("a/report.html")
    let text = String(decoding: page, as: UTF8.self)
    #expect(text.contains("It is finished.") && text.contains("\"reloads\":false"))
    #expect(text.contains("A skull that was held back"))
    #expect(text.components(separatedBy: "data-name=").count - 1 == 8)
    #expect(folder.names(in: "a/reconstructions").count == 8)
    #expect(folder.read("a/reconstructions/stage-1-epoch-0000.png").starts(with: [0x89, 0x50]))
    let again = try Calvaria.run("report", folder("a"))
    #expect(again.status == 0, "\(again.errors)")
    #expect(folder.read("a/report.html") == page)
    // With none held back it says whose skull it shows.
    let options = [
      "train", Self.smoke, "-q", "-o", folder("b"), "--set", "data.validation=0", "--set",
    ]
    #expect(try Calvaria.run(options + ["stage1.epochs=2"]).status == 0)
    let whole = String(decoding: folder.read("b/report.html"), as: UTF8.self)
    #expect(whole.contains("A skull of the training itself"))
    #expect(whole.components(separatedBy: "data-name=").count - 1 == 6)
  }

  /// A page that cannot be written costs no epoch, and a killed training has one made of what it left.
  @Test func aTrainingDoesNotDependOnItsPage() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("a/report.html"), withIntermediateDirectories: true)
    folder.write([], "a/reconstructions")
    let run = try Calvaria.run("train", Self.smoke, "-q", "-o", folder("a"))
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try "\(folder.json("a/run.json")["warnings"] ?? "")".contains(
        "the page of the training cannot be written"))
    #expect(try Calvaria.run("train", Self.smoke, "-q", "-o", folder("b")).status == 0)
    unlink(folder("b/run.json"))
    #expect(try Calvaria.run("report", folder("b")).status == 0)
    let page = String(decoding: folder.read("b/report.html"), as: UTF8.self)
    #expect(
      page.contains("It was stopped and can go on.") && page.contains("the training was killed"))
    // A newer log is not read as if it were known.
    let log = String(decoding: folder.read("b/log.jsonl"), as: UTF8.self)
    folder.write(
      Array(log.replacing("\"formatVersion\":1", with: "\"formatVersion\":99").utf8), "b/log.jsonl")
    let newer = try Calvaria.run("report", folder("b"))
    #expect(newer.status == 1 && newer.errors.contains("newer calvaria"), "\(newer.errors)")
  }

  /// Killed at moments that differ from run to run, and stopped by SIGINT: what comes out is the same.
  @Test(arguments: [SIGKILL, SIGINT]) func aStoppedTrainingEndsInTheSameBytes(signal: Int32) throws
  {
    let folder = TemporaryFolder()
    let arguments = [
      "train", Self.smoke, "--threads", "1", "--quiet", "--resume", "--set", "stage1.epochs=8",
      "--set", "stage2.epochs=8", "--set", "data.skulls=5", "-o",
    ]
    let whole = try Calvaria.run(arguments + [folder.path + "/whole"])
    #expect(whole.status == 0, "\(whole.errors)")
    var stops = 0
    var lines = 0
    while true {
      let process = Process()
      process.executableURL = URL(filePath: Calvaria.path)
      process.arguments = arguments + [folder.path + "/parts"]
      process.standardOutput = FileHandle.nullDevice
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      // Once the log has grown by some epochs, some steps on.
      let goal = lines + 6
      while process.isRunning, lines < goal {
        usleep(500)
        let log = try? Data(contentsOf: URL(filePath: folder.path + "/parts/log.jsonl"))
        lines = log?.count { $0 == UInt8(ascii: "\n") } ?? 0
      }
      usleep(UInt32(700 * (stops % 5)))
      if process.isRunning { kill(process.processIdentifier, signal) }
      process.waitUntilExit()
      if process.terminationReason == .exit, process.terminationStatus == 0 { break }
      stops += 1
      // Stopped it was, it did not fail.
      let status = process.terminationStatus
      try #require(
        signal == SIGINT ? status == 130 : process.terminationReason == .uncaughtSignal,
        "\(status): \(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self))")
      try #require(stops < 30)
    }
    #expect(stops > 0)
    for name in ["model.safetensors", "stage1.safetensors"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.path + "/whole/" + name, andPath: folder.path + "/parts/" + name))
    }
    let log = try String(contentsOfFile: folder.path + "/parts/log.csv", encoding: .utf8)
    #expect(log.split(separator: "\n").count == 17)
    let page = String(decoding: folder.read("parts/report.html"), as: UTF8.self)
    #expect(page.components(separatedBy: "data-name=").count - 1 == 16)
  }

  @Test func mistakesAreToldAtOnceWithExitCode2() throws {
    let folder = TemporaryFolder()
    let file = try folder.write(
      "version: 1\nnetwork: {preset: 64}\ndata: {skulls: 0}\nstage1: {epoch: 2}\n", to: "t.yaml")
    let run = try Calvaria.run("train", file, "-o", folder.path + "/a")
    #expect(run.status == 2)
    #expect(run.errorLines.count == 4, "\(run.errors)")
    #expect(run.errors.contains("t.yaml:2:19: network.preset"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/a"))
    #expect(try Calvaria.run("train", folder.path + "/none.yaml", "-o", folder.path).status == 2)
  }

  @Test func whatDoesNotFitIsRefusedAtOnce() throws {
    let folder = TemporaryFolder()
    for change in [
      ["network.shape=1024x1024x256", "network.channels=[1024, 1024]", "stage1.batch=1024"],
      ["network.shape=4096x4096x2048"], ["stage1.batch=100000"], ["network.channels=[100000, 8]"],
      ["data.skulls=1"], ["network.shape=8x16x16"],
    ] {
      let run = try Calvaria.run(
        ["train", Self.smoke, "-o", folder.path + "/a"] + change.flatMap { ["--set", $0] })
      #expect(run.status == 2 && run.errorLines.count == 1, "\(change): \(run.errors)")
      #expect(run.errors.contains(": expected") && run.errors.contains("; "))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/a"))
    }
    let few = try Calvaria.run("train", Self.smoke, "-o", folder.path + "/a", "--memory", "1MB")
    #expect(few.status == 2 && few.errors.contains("at most 1000000 bytes"), "\(few.errors)")
    #expect(few.errors.contains("--memory"))
  }

  @Test func aFolderInUseIsRefused() throws {
    let folder = TemporaryFolder()
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let run = try Calvaria.run("train", Self.smoke, "-o", folder.path)
    #expect(run.status == 2 && run.errors.contains("another process"), "\(run.errors)")
  }

  /// What a disk changed, or somebody took away, is told before any step.
  @Test func aDamagedCheckpointIsRefused() throws {
    let folder = TemporaryFolder()
    let (last, best) = (folder.path + "/last.ckpt", folder.path + "/best.ckpt")
    func train(_ epochs: Int) throws -> Calvaria.Outcome {
      try Calvaria.run(
        "train", Self.smoke, "-q", "-o", folder.path, "--set", "data.skulls=5", "--set",
        "stage1.epochs=1", "--set", "stage2.epochs=\(epochs)", "--resume")
    }
    #expect(try train(1).status == 0)
    let good = try Data(contentsOf: URL(filePath: last))
    var bad = good
    bad[bad.count - 100] ^= 1
    try bad.write(to: URL(filePath: last))
    let damaged = try train(2)
    #expect(
      damaged.status == 1 && damaged.errors.contains("last.ckpt: tensors.sha256: expected"),
      "\(damaged.errors)")
    try good.write(to: URL(filePath: last))
    try FileManager.default.moveItem(atPath: best, toPath: best + ".away")
    let missing = try train(2)
    #expect(missing.status == 1 && missing.errors.contains("best.ckpt: "), "\(missing.errors)")
    try FileManager.default.moveItem(atPath: best + ".away", toPath: best)
    #expect(try train(2).status == 0)
  }

  @Test func anotherConfigurationIsRefused() throws {
    let folder = TemporaryFolder()
    let short = [
      "train", Self.smoke, "-q", "-o", folder.path, "--set", "stage1.epochs=1", "--set",
      "data.skulls=5", "--set",
    ]
    #expect(try Calvaria.run(short + ["stage2.epochs=1"]).status == 0)
    let run = try Calvaria.run(short + ["stage2.epochs=1", "--set", "seed=8", "--resume"])
    #expect(run.status == 2 && run.errors.contains("seed: expected 7"))
    #expect(try Calvaria.run(short + ["stage2.epochs=2", "--resume"]).status == 0)
    // A log that is gone is missed, and said to be.
    try FileManager.default.removeItem(atPath: folder.path + "/log.jsonl")
    let gone = try Calvaria.run(
      short.filter { $0 != "-q" } + ["stage2.epochs=3", "--resume"])
    #expect(gone.status == 0)
    #expect(
      gone.errors.contains("warning: ") && gone.errors.contains("log.jsonl: expected 3 lines"))
    let warnings = try #require(try folder.json("run.json")["warnings"] as? [String])
    #expect(
      warnings.count == 1
        && warnings[0].contains("3 lines, one for each epoch that is done, found 0"))
  }

  @Test func aFolderOfFilesIsTrainedOn() throws {
    let folder = TemporaryFolder()
    // Boxes of several sizes, once of 32 voxels along each axis, which is laid onto the network's grid.
    for number in 0..<6 {
      let size = number == 5 ? 32 : 16
      let geometry = Geometry(
        sizes: GridSize(size, size, size), spacing: SIMD3(repeating: 224 / Double(size)))
      for (name, hole) in [
        ("complete_skull", 0), ("defective_skull/prism", 1), ("defective_skull/cube", 2),
      ]
      where number != 3 || hole < 2 {
        var mask = Mask(emptyOn: geometry)
        for x in 3..<13 - number % 3 {
          for y in 2..<14 where hole == 0 || x > 5 || y > 3 * hole {
            for z in 2..<12 { mask[x * size / 16, y * size / 16, z * size / 16] = true }
          }
        }
        try FileManager.default.createDirectory(
          atPath: folder.path + "/set/" + name, withIntermediateDirectories: true)
        try VolumeFile.write(
          AnyVolume(mask.asVolume), to: folder.path + "/set/\(name)/00\(number).nrrd")
      }
    }
    let file = try folder.write(
      """
      version: 1
      network: {shape: 16x16x16, channels: [4, 8], latent: 4}
      data: {folder: \(folder.path)/set, cranial: [defective_skull/prism, defective_skull/cube]}
      stage1: {epochs: 1}
      """, to: "t.yaml")
    let run = try Calvaria.run("train", file, "-q", "-o", folder.path + "/a")
    #expect(run.status == 0, "\(run.errors)")
    let account = try folder.json("a/run.json")
    // The one cube that is missing.
    let warnings = try #require(account["warnings"] as? [String])
    #expect(warnings.count == 1 && warnings[0].contains("no file for 1 of the 6 complete skulls"))
    #expect(run.errors.isEmpty)
    let data = try #require(account["data"] as? [String: Any])
    #expect(data["classes"] as? [String] == ["complete", "cranial"])
    #expect(data["trainingSkulls"] as? Int == 5 && data["validationSkulls"] as? Int == 1)
  }
}
