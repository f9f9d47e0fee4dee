import Files
import TestSupport
import Testing

@testable import Pipelines

/// What an earlier run left in a folder is removed only where its account can be trusted.
@Suite struct FormerOutputsTests {
  private let folder = TemporaryFolder()

  /// Leaves an output and an account of it; returns what the next run of one case removes.
  private func removed(formatVersion: Int = 1, file: String = "old.nrrd", dataSet: String = "")
    throws -> [String]
  {
    let path = folder.write("old".utf8, "old.nrrd")
    let sha256 = try InputFile(path).sha256()
    folder.write(
      """
      {"formatVersion": \(formatVersion), \(dataSet) "cases": [
        {"name": "head", "outputs": [{"file": "\(file)", "sha256": "\(sha256)"}]}]}
      """.utf8, "run.json")
    return FormerOutputs(in: folder.path, beside: ["head"]).remove(except: ["implant.nrrd"])
  }

  @Test func removesWhatTheAccountLists() throws {
    #expect(try removed() == ["old.nrrd"])
    #expect(FileStamp("\(folder.path)/old.nrrd") == nil)
  }

  @Test func leavesWhatNewerProgramsAndBatchesMade() throws {
    #expect(try removed(formatVersion: 2) == [])
    #expect(try removed(dataSet: "\"dataSet\": {},") == [])
    #expect(try removed(file: "../x/old.nrrd") == [])
    #expect(FileStamp("\(folder.path)/old.nrrd") != nil)
  }
}
