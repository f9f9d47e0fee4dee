import Errors
import TestSupport
import Testing

@testable import Accounts

@Suite struct ListedOutputsTests {
  private func listed(_ json: String) throws -> ListedOutputs {
    let folder = TemporaryFolder()
    folder.write(json.utf8, "run.json")
    return try ListedOutputs(in: folder.path)
  }

  @Test func readsOutputsOfEveryCase() throws {
    let listed = try listed(
      """
      {"formatVersion": 1, "status": "completed", "cases": [
        {"name": "a", "outputs": [{"file": "a/implant.nrrd", "bytes": 7, "sha256": "ab"}]},
        {"name": "b", "outputs": [{"file": "b/implant.nrrd", "bytes": null, "sha256": null}]}]}
      """)
    #expect(!listed.isBatch)
    #expect(listed.cases.map(\.name) == ["a", "b"])
    #expect(listed.cases[0].outputs[0].file == "a/implant.nrrd")
    #expect(listed.cases[0].outputs[0].bytes == 7)
    #expect(listed.cases[0].outputs[0].sha256 == "ab")
    #expect(listed.cases[1].outputs[0].sha256 == nil)
  }

  @Test func knowsBatchByItsDataSet() throws {
    #expect(try listed(#"{"formatVersion": 1, "cases": [], "dataSet": {"root": "x"}}"#).isBatch)
  }

  @Test(arguments: [
    (#"{"formatVersion": 2, "cases": 7}"#, Diagnostic.Code.newerVersion),
    (#"{"formatVersion": 1, "epochs": []}"#, .unreadable),
    ("no JSON", .unreadable),
  ])
  func refusesWhatIsNoAccountOfThisProgram(json: String, code: Diagnostic.Code) throws {
    let error = try #require(#expect(throws: Diagnostic.self) { try listed(json) })
    #expect(error.code == code)
    #expect(error.subject.hasSuffix("/run.json"))
  }
}
