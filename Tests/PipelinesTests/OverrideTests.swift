import Settings
import Errors
import Pipelines
import Dataflow
import Testing

@Suite struct OverrideTests {
  private func options(_ changes: String...) throws -> Pipeline.Options {
    var options = Pipeline.Options()
    options.overrides = try changes.map { try Override(parsing: $0) }
    return options
  }

  @Test func aChangeReplacesTheStandardValue() throws {
    let result = try pipeline(PipelineFileTests.good, options: options("threshold=300"))
    #expect(result.parameters["bone"]?["threshold"] == .number(300))
  }

  @Test func theLastOfTwoChangesHolds() throws {
    let result = try pipeline(
      PipelineFileTests.good, options: options("threshold=300", "threshold=-5"))
    #expect(result.parameters["bone"]?["threshold"] == .number(-5))
  }

  @Test func aWrongNameOrValueIsToldWithTheOption() throws {
    #expect(
      mistakes(PipelineFileTests.good, options: try options("treshold=3")) == [
        "--set: treshold: expected a parameter of the pipeline (threshold), found treshold; "
          + "did you mean threshold?"
      ])
    #expect(
      mistakes(PipelineFileTests.good, options: try options("threshold=high")) == [
        "--set: threshold: expected a number, found high; "
          + "it is: threshold in HU: voxels of a CT with at least this value are bone"
      ])
  }

  @Test(arguments: ["threshold", "=3", ""])
  func aChangeNeedsANameAndAnEqualsSign(text: String) {
    #expect(throws: Diagnostics.self) { try Override(parsing: text) }
  }

  @Test func lists() throws {
    let change = try Override(parsing: "spacing=[1, 2 ,3.5]")
    #expect(change.texts == ["1", "2", "3.5"])
    #expect(change.isList)
    #expect(try Override(parsing: "name=a=b").texts == ["a=b"])
  }

  @Test func masksInASecondFormat() throws {
    var options = Pipeline.Options()
    options.additionalMaskFormat = "nii.gz"
    let result = try pipeline(PipelineFileTests.good, options: options)
    #expect(result.graph.outputs.map(\.name) == ["bone.nrrd", "bone.nii.gz"])
  }

  @Test func intermediatesAreKept() throws {
    var options = Pipeline.Options()
    options.keepsIntermediates = true
    let result = try pipeline(PipelineFileTests.good, options: options)
    #expect(result.graph.outputs.map(\.name) == ["bone.nrrd", "kept-skull.nrrd"])
  }
}
