import Accounts
import Dataflow
import Errors
import Foundation
import Meshes
import NeuralEngine
import SyntheticSkulls
import TensorFiles
import Testing
import VolumeIO
import VoxelOps

@Suite("CaseFailure")
struct CaseFailureTests {
  @Test(arguments: [
    (Diagnostic.Code.gridMismatch, "grid-mismatch"), (.notAVolume, "not-a-volume"),
    (.outsideFolder, "outside-folder"), (.diskFull, "disk-full"),
    (.badArchitecture, "bad-architecture"),
    (.missingTensor, "missing-tensor"), (.noDefectFits, "no-defect-fits"), (.memory, "memory"),
  ])
  func keepsTheCodeOfTheError(_ code: Diagnostic.Code, _ word: String) {
    let error = Diagnostic(code, field: "f", expected: "this", found: "that")
    #expect(CaseFailure(error, path: "case.nrrd", stage: "clean").code.rawValue == word)
  }

  @Test func saysTheCodeOfAMeshThatCannotBeRead() throws {
    let error = try #require(throws: (any Error).self) { try STL.decode([1, 2, 3]) }
    let failure = CaseFailure(error, path: "a.stl", stage: "write")
    #expect(failure.code == .truncated)
    #expect(failure.message.hasPrefix("a.stl: "))
  }

  @Test func namesOneFileOnly() {
    let error = Diagnostic(
      .missingTensor, "model.safetensors", field: "tensor", expected: "it in the file",
      found: "none")
    let failure = CaseFailure(error, path: "case.nrrd", stage: "encode")
    #expect(
      failure.message
        == "model.safetensors: tensor: expected it in the file, found none; correct it")
  }

  @Test func asksForAnotherTryOnlyWhereItMayHelp() {
    let codes: [Diagnostic.Code] = [.transient, .diskFull, .unreadable]
    let failures = codes.map {
      CaseFailure(
        Diagnostic($0, field: "f", expected: "this", found: "that"), path: "p", stage: nil)
    }
    #expect(failures.map(\.isTransient) == [true, false, false])
    #expect(failures.map(\.isDiskFull) == [false, true, false])
  }

  /// `failures.json` holds the parts too; one that an earlier program wrote has the message alone.
  @Test func survivesFailuresJSON() throws {
    let failure = CaseFailure(
      Diagnostic(
        .malformed, at: Place(line: 3), field: "sizes", expected: "3 numbers", found: "2",
        remedy: "add one"), path: "a.nrrd", stage: "skull")
    let record = FailureRecord(
      case: "a", path: "a.nrrd", failure: failure, inputSHA256: nil, rerun: "calvaria")
    let bytes = try JSONEncoder().encode([record])
    #expect(try JSONDecoder().decode([FailureRecord].self, from: bytes)[0].failure == failure)
    let former = """
      {"case": "a", "path": "a.nrrd", "stage": null, "code": "truncated", "rerun": "calvaria",
      "message": "a.nrrd: data: expected 8 bytes, found 3; copy it again", "inputSHA256": null}
      """
    let old = try JSONDecoder().decode(FailureRecord.self, from: Data(former.utf8)).failure
    #expect(old.code == .truncated && old.message.contains("expected 8 bytes, found 3"))
  }

  @Test func anErrorNobodyExpectedIsReported() {
    struct Odd: Error {}
    let failure = CaseFailure(Odd(), path: "a.nrrd", stage: "skull")
    #expect(failure.code == .unexpected && failure.message.hasPrefix("a.nrrd: error: "))
  }
}
