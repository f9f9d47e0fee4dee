import Accounts
import Completion
import Dataflow
import Files
import Foundation
import Implants
import Stages
import Testing

@testable import Reports

@Suite struct CaseReportTests {
  static let hostile = "<img src=x onerror=alert(1)>\"'\u{202E}&.nrrd"

  static func findings(confidence: Double) throws -> CompletionFindings {
    try JSONDecoder().decode(
      CompletionFindings.self,
      from: Data(
        """
        {"model": "mirror", "confidence": \(confidence), "disagreementMM": 0.7, "defects": [
          {"kind": "cranial", "areaMM2": 1234, "perimeterMM": 130, "diametersMM": [45, 33],
           "centroidLPS": [1, -2, 3], "crossesMidline": true, "atBorder": false, "isFilled": true}]}
        """.utf8))
  }

  static func record(
    name: String = "case", confidence: Double = 0.9, wall: Double = 2, warnings: [String] = []
  ) throws -> RunAccount.CaseRecord {
    RunAccount.CaseRecord(
      name: name, path: "/data/somebody/patients/\(name)", status: .completed,
      findings: try findings(confidence: confidence),
      gate: GateReport([PartCheck("wall", wall, unit: "mm", limit: .atLeast(1))]),
      warnings: warnings,
      inputs: [
        FileRecord(path: "/data/somebody/patients/\(name)", bytes: 12, sha256: "abc123")
      ],
      outputs: [
        RunAccount.OutputRecord(
          file: "implant.nrrd", bytes: 99, sha256: "def456", measurements: OutputMeasurements())
      ], stages: [])
  }

  static func run(_ cases: [RunAccount.CaseRecord] = []) -> RunAccount {
    RunAccount(
      program: RunAccount.Program(version: "9.9", libraries: ["zlib": "1"]),
      command: ["implant", "/data/somebody/patients/x"], started: "2026-01-02T03:04:05Z",
      seconds: 1,
      status: .completed,
      pipeline: RunAccount.PipelineRecord(
        name: "implant", file: "/data/somebody/implant.yaml", sha256: "feed",
        stages: ["load": ["prior": .text("/data/somebody/before.nrrd")]], warnings: []), models: [],
      resources: RunAccount.Resources(
        jobs: 1, memoryLimit: 1, peakCountedBytes: 1, peakBytes: 1), cases: cases)
  }

  private func text(
    _ record: RunAccount.CaseRecord, _ exhibit: Exhibit = Exhibit(), title: String? = nil
  ) throws -> String {
    String(
      decoding: try CaseReport(of: record, in: Self.run(), showing: exhibit, title: title).html(),
      as: UTF8.self)
  }

  @Test func aHostileNameStaysText() throws {
    let page = try text(Self.record(name: Self.hostile))
    #expect(!page.contains("<img src=x"))
    #expect(!page.contains("\u{202E}"))
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;\u{FFFD}&amp;.nrrd"))
  }

  @Test func foldersAndTheMachineAreNotShown() throws {
    let page = try text(
      Self.record(warnings: ["/data/somebody/patients/case: axes are taken along x, y, z"]))
    #expect(!page.contains("somebody"))
    #expect(!page.contains(">\(RunAccount.Host().name)") && !page.contains("Linux"))
    #expect(page.contains("case: axes are taken along x, y, z"))
    #expect(page.contains("abc123") && page.contains("def456") && page.contains("feed"))
  }

  @Test func aFolderIsNotTakenOutOfAWord() throws {
    var record = try Self.record(warnings: ["within/reach, and in/x.nrrd: odd", "=in/deep/x.nrrd"])
    record.path = "in/x.nrrd"
    let page = try text(record)
    #expect(page.contains("within/reach, and x.nrrd: odd") && page.contains("<li>=x.nrrd</li>"))
  }

  @Test func warningsStandBeforeAllFigures() throws {
    let page = try text(Self.record(confidence: 0.4, wall: 0.5, warnings: ["something is odd"]))
    let warnings = try #require(page.range(of: "id=\"warnings\""))
    let figures = try #require(page.range(of: "class=\"cards\""))
    #expect(warnings.lowerBound < figures.lowerBound)
    let part = page[warnings.lowerBound..<figures.lowerBound]
    #expect(part.contains("Low confidence: 40 %"))
    #expect(part.contains("The part fails a check: wall 0.5 mm, at least 1.0 mm"))
    #expect(part.contains("something is odd"))
    #expect(page.contains("✗ fails"))
  }

  @Test func aCaseInOrderHasNoWarnings() throws {
    let page = try text(Self.record())
    #expect(!page.contains("id=\"warnings\""))
    #expect(page.contains("✓ passes") && page.contains("90 %"))
    #expect(page.contains("12.3 cm²") && page.contains("45 × 33 mm"))
    #expect(page.contains("crosses the midline"))
  }

  @Test func aFailedCaseSaysWhyAndShowsNoFigures() throws {
    var record = try Self.record()
    (record.status, record.error, record.findings, record.gate) = (
      .failed, "/data/somebody/patients/case: file: expected bone, found none", nil, nil
    )
    let page = try text(record)
    #expect(page.contains("The case failed: case: file: expected bone, found none"))
    #expect(!page.contains("passes") && !page.contains("Confidence"))
  }

  @Test func theTitleReplacesTheNameOfTheCase() throws {
    let page = try text(Self.record(name: "secret"), title: "Plan <2>")
    #expect(page.contains("<title>Plan &lt;2&gt; – implant report</title>"))
    #expect(page.contains("<h1><bdi>Plan &lt;2&gt;</bdi></h1>"))
  }

  @Test func everyPageSaysThatItNeedsReview() throws {
    #expect(try text(Self.record()).contains("Not for clinical use without review"))
    #expect(
      String(
        decoding: BatchReport(of: Self.run(), in: "/nowhere").html(), as: UTF8.self
      ).contains("Not for clinical use without review"))
  }

  @Test func waysAndAmountsOfGammaAreChosenApart() throws {
    var exhibit = Exhibit()
    func add(_ role: Exhibit.Volume.Role, _ name: String, gamma: Double? = nil) {
      exhibit.volumes.append(
        Exhibit.Volume(
          role: role, name: name, gamma: gamma, dsc: 0.5, volumeMM3: 1000,
          centreLPS: SIMD3(10, -20, 30), bytes: [1]))
    }
    add(.bone, "bone")
    add(.implant, "implant")
    add(.alternative, "mirror")
    add(.alternative, "gamma-1", gamma: 5)
    add(.alternative, "gamma-2", gamma: 0.3)
    let setup = try ViewerSetup(exhibit, gamma: 3)
    #expect(setup.ways == [0, 1])
    #expect(setup.gammas.map(\.text) == ["0.3", "3", "5"])
    #expect(setup.gammas.map(\.shape) == [3, 0, 2])
    // LPS to RAS.
    #expect(setup.centre == [-10, 20, 30])
    #expect(setup.payload.count == 5)
  }

  @Test func theViewLooksAtTheImplantFromOutside() throws {
    func view(_ x: Double, _ y: Double, _ z: Double) throws -> [Double]? {
      var exhibit = Exhibit()
      exhibit.volumes = [
        Exhibit.Volume(role: .bone, name: "bone", centreLPS: .zero, bytes: []),
        Exhibit.Volume(role: .implant, name: "implant", centreLPS: SIMD3(x, y, z), bytes: []),
      ]
      return try ViewerSetup(exhibit, gamma: nil).view
    }
    // From the front, the patient's left, the right, and behind.
    #expect(try view(0, -50, 0) == [180, 0])
    #expect(try view(50, 0, 0) == [90, 0])
    #expect(try view(-50, 0, 0) == [270, 0])
    #expect(try view(0, -50, 50)?[1] == 45)
  }
}
