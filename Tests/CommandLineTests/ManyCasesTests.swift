import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Many cases at once, some of them bad, within cores and bytes. CALVARIA_CASES sets how many
/// (`make stress` takes 200); CALVARIA names the program, which may be built with a sanitizer.
@Suite(.serialized) struct ManyCasesTests {
  static let count = Int(ProcessInfo.processInfo.environment["CALVARIA_CASES"] ?? "") ?? 24
  static let isSanitized =
    ProcessInfo.processInfo.environment["CALVARIA_SANITIZED"] == "1"

  /// The shipped pipeline without the picture, which takes most of its time.
  static let pipeline = """
    version: 1
    stages:
      skull:     {stage: load, of: $case}
      bone:      {stage: bone, of: skull, pieces: all}
      defective: {stage: bone, of: skull}
      completed: {stage: complete, of: defective}
      rough:     {stage: subtract, minuend: completed, subtrahend: bone}
      implant:   {stage: clean, of: rough, against: bone}
      surface:   {stage: mesh, of: implant}
    outputs: {implant.nrrd: implant, implant.stl: surface}
    """

  /// Writes the cases: every seventh is cut off, every eleventh is no volume.
  private func cases(in folder: TemporaryFolder) throws -> (paths: [String], bad: Set<Int>) {
    let good = try Data(contentsOf: URL(filePath: try Phantom.write("good.nrrd", in: folder)))
    var paths: [String] = []
    var bad: Set<Int> = []
    for index in 0..<Self.count {
      var bytes = good
      if index % 7 == 3 { bytes = good.prefix(good.count / 2) }
      if index % 11 == 5 { bytes = Data("no volume".utf8) }
      if bytes.count != good.count { bad.insert(index) }
      paths.append(try folder.write(bytes, to: "case\(index).nrrd"))
    }
    return (paths, bad)
  }

  /// The most threads and bytes of a process, watched while it runs.
  private struct Peak {
    var threads = 0
    var bytes = 0

    mutating func look(at process: Int32) {
      guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      else { return }
      for line in status.split(separator: "\n") {
        let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
          Int($0)
        }
        if line.hasPrefix("Threads:") { threads = max(threads, number ?? 0) }
        if line.hasPrefix("VmHWM:") { bytes = max(bytes, (number ?? 0) * 1024) }
      }
    }
  }

  @Test(arguments: [1, 2, 8])
  func staysWithinItsLimits(width: Int) throws {
    let folder = TemporaryFolder()
    let (paths, bad) = try cases(in: folder)
    let pipeline = try folder.write(Self.pipeline, to: "pipeline.yaml")
    // Room for a few cases of some 35 MB each, not for eight.
    let limit = 120_000_000
    let process = Process()
    process.executableURL = URL(filePath: Calvaria.path)
    process.arguments =
      ["run", pipeline] + paths
      + ["-o", "\(folder.path)/out", "--jobs", "\(width)", "--memory", "\(limit)", "-q"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try folder.handle("errors")
    try process.run()
    var peak = Peak()
    while process.isRunning {
      peak.look(at: process.processIdentifier)
      usleep(2000)
    }
    process.waitUntilExit()

    #expect(process.terminationStatus == 1)
    let account = try folder.json("out/run.json")
    let records = try #require(account["cases"] as? [[String: Any]])
    #expect(records.count == Self.count)
    var digests: Set<String> = []
    for (index, record) in records.enumerated() {
      #expect(record["status"] as? String == (bad.contains(index) ? "failed" : "completed"))
      let outputs = record["outputs"] as? [[String: Any]] ?? []
      #expect(outputs.isEmpty == bad.contains(index))
      for output in outputs where (output["file"] as? String)?.hasSuffix("implant.nrrd") == true {
        digests.insert(output["sha256"] as? String ?? "")
      }
    }
    // Every good case is the same phantom and has the same implant, at this width and at any other.
    #expect(digests.count == 1)
    let alone = try Calvaria.run(
      "run", pipeline, "\(folder.path)/good.nrrd", "-o", "\(folder.path)/alone", "-q")
    #expect(alone.status == 0)
    let single = try #require((folder.json("alone/run.json")["cases"] as? [[String: Any]])?.first)
    let implant = (single["outputs"] as? [[String: Any]])?.first
    #expect(digests.first == implant?["sha256"] as? String)

    let resources = try #require(account["resources"] as? [String: Any])
    let counted = try #require(resources["peakCountedBytes"] as? Int)
    #expect(counted > 0 && counted <= limit)
    #expect(peak.threads <= width + 8 + (Self.isSanitized ? 1 : 0), "\(peak.threads) threads")
    let errors = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
    #expect(!errors.contains("ThreadSanitizer"), "\(errors.prefix(2000))")
    #expect(errors.split(separator: "\n").count == bad.count)
    if !Self.isSanitized { #expect(peak.bytes <= limit + 150_000_000, "\(peak.bytes) bytes") }
    print(
      "width \(width): \(Self.count) cases, \(bad.count) failed, at most \(peak.threads) threads, "
        + "\(counted / 1_000_000) of \(limit / 1_000_000) MB counted, "
        + "\(peak.bytes / 1_000_000) MB resident")
  }
}
