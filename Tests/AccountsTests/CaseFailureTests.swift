import Accounts
import Dataflow
import Errors
import Foundation
import MeshIO
import NeuralEngine
import TensorFiles
import Testing
import VolumeIO
import Volumes
import VoxelOps

@Suite("CaseFailure")
struct CaseFailureTests {
  private static let errors: [(word: String, body: @Sendable () throws -> Void)] = [
    ("grid-mismatch", { try grids(4, 5) }),
    ("unreadable", { _ = try ImageFile(opening: "/nowhere/a.nrrd") }),
    ("missing-tensor", { _ = try TensorArchive().tensor("mu") }),
    (
      "bad-architecture",
      { try Architecture(inputShape: [0, 16, 8], channels: [4], latentSize: 1).validate() }
    ),
    ("truncated", { _ = try STL.decode([1, 2, 3]) }),
    ("memory", { throw Refusal(stage: "clean", neededBytes: 2, limitBytes: 1).diagnostic }),
  ]

  /// What modules throw reaches `failures.json` with the word that scripts compare.
  @Test(arguments: errors)
  func keepsTheCodeOfTheError(word: String, body: @Sendable () throws -> Void) throws {
    let error = try #require(throws: Diagnostic.self) { try body() }
    let failure = CaseFailure(error, path: "case.nrrd", stage: "clean")
    #expect(failure.code.rawValue == word && failure.stage == "clean")
    // What was made a failure once stays that one.
    #expect(CaseFailure(failure, path: "other.nrrd", stage: "other") == failure)
  }

  private static func grids(_ a: Int, _ b: Int) throws {
    let masks = [a, b].map { Mask(emptyOn: Geometry(sizes: GridSize($0, 4, 4))) }
    _ = try masks[0].subtracting(masks[1])
  }

  @Test func saysTheCodeOfAMeshThatCannotBeRead() throws {
    let error = try #require(throws: Diagnostic.self) { try STL.decode([1, 2, 3]) }
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
