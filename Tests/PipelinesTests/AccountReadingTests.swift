import Accounts
import Completion
import Dataflow
import Files
import Foundation
import Implants
import TestSupport
import Testing

@Suite struct AccountReadingTests {
  @Test func whatIsWrittenIsReadAgain() throws {
    let folder = TemporaryFolder()
    let findings = try JSONDecoder().decode(
      CompletionFindings.self,
      from: Data(#"{"model": "mirror", "confidence": 0.5, "defects": []}"#.utf8))
    let record = RunAccount.CaseRecord(
      name: "a", path: "in/a.nrrd", status: .failed, error: "why", failedStage: "load",
      errorCode: "truncated", findings: findings,
      gate: GateReport([PartCheck("wall", 1.5, unit: "mm", limit: .atLeast(1))]),
      measures: ImplantMeasures(asymmetryMM: 1.25, pieces: []), warnings: ["w"],
      inputs: [FileRecord(path: "in/a.nrrd", bytes: 3, sha256: "00")],
      outputs: [
        RunAccount.OutputRecord(file: "x", bytes: nil, measurements: OutputMeasurements())
      ],
      stages: [
        RunAccount.StageRecord(
          name: "skull", kind: "load", seconds: 1, cores: 2, declaredBytes: 3, outputBytes: 4,
          state: .ran, notes: ["sizes": .list([.integer(3)])])
      ])
    let plain = RunAccount.CaseRecord(
      name: "b", path: "in/b.nrrd", status: .completed, warnings: [], inputs: [], outputs: [],
      stages: [])
    let account = RunAccount(
      program: RunAccount.Program(version: "1", libraries: ["zlib": "2"]), command: ["run"],
      started: RunAccount.now, seconds: 2, status: .failed,
      pipeline: RunAccount.PipelineRecord(
        name: "p", file: "p.yaml", sha256: "11",
        stages: [
          "s": [
            "a": .number(0.5), "b": .integer(3), "c": .flag(true), "d": .text("x"),
            "e": .numbers([0.5, 1]), "f": .sizes([1, 2, 3]),
          ]
        ], warnings: []),
      models: [.object(["path": .text("m")])],
      resources: RunAccount.Resources(
        jobs: 1, memoryLimit: 2, peakCountedBytes: 3, peakBytes: 4), cases: [record, plain])
    try account.write(to: folder("run.json"))
    let read: RunAccount = try RunAccount.read(in: folder.path)
    try read.write(to: folder("again.json"))
    #expect(folder.read("run.json") == folder.read("again.json"))
    #expect(read.cases[0].findings?.confidence == 0.5 && read.cases[1].findings == nil)
    #expect(read.cases[0].measurements?.asymmetryMM == 1.25)
  }
}
