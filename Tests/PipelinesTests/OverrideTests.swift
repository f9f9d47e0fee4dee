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

  @Test func aFormerNameOfAParameterIsToldWithTheNewName() throws {
    let text = """
      version: 1
      parameters:
        minVolume: 20
      stages:
        c: {stage: load, of: $case}
        b: {stage: bone, of: c}
        k: {stage: keep, of: b, minVolume: $minVolume}
      outputs: {k.nrrd: k}
      """
    #expect(
      mistakes(text, options: try options("least=3")) == [
        "--set: least: expected a parameter of the pipeline (minVolume), found least; "
          + "`least` is called `minVolume` now"
      ])
    let fixed = text.replacing("minVolume: $minVolume", with: "minVolume: 20")
      .replacing("minVolume: 20\nstages", with: "threshold: 200\nstages")
      .replacing("stage: bone, of: c", with: "stage: bone, of: c, threshold: $threshold")
    #expect(
      mistakes(fixed, options: try options("least=3")) == [
        "--set: least: expected a parameter of the pipeline (threshold), found least; "
          + "`least` is called `minVolume` now: set k.minVolume"
      ])
  }

  @Test func aSettingOfOneStageIsReplacedOrAdded() throws {
    let result = try pipeline(
      PipelineFileTests.good, options: options("bone.threshold=300", "bone.pieces=all"))
    #expect(result.parameters["bone"]?["threshold"] == .number(300))
    #expect(result.parameters["bone"]?["pieces"] == .text("all"))
    // The parameter is used in the file, if not in this run.
    #expect(result.warnings.isEmpty)
  }

  @Test func aSettingOfAStageHoldsForItsAlternativesToo() throws {
    var options = try options("implant.opening=3", "completed.model=mirror")
    options.alternatives = 1
    let path = #filePath.replacing(
      "Tests/PipelinesTests/OverrideTests.swift", with: "pipelines/implant.yaml")
    let result = try Pipeline(PipelineFile(reading: path), options: options)
    #expect(result.parameters["completed"]?["model"] == .text("mirror"))
    let others = result.parameters.filter { $0.key.hasPrefix("implant-") }
    #expect(others.count == 1)
    #expect(others.values.allSatisfy { $0["opening"] == .number(3) })
  }

  @Test(arguments: [
    (
      "bne.threshold=3",
      "--set: bne.threshold: expected a stage of the pipeline (bone, skull), found bne; did you mean bone?"
    ),
    (
      "bone.treshold=3",
      "--set: bone.treshold: expected one of threshold, pieces for bone, found treshold; "
        + "did you mean threshold?"
    ),
    (
      "bone.of=skull",
      "--set: bone.of: expected a setting of the stage, found what it takes from another stage; "
        + "change it in a copy of the pipeline file"
    ),
    (
      "bone.threshold=high",
      "--set: bone.threshold: expected a number, found high; "
        + "it is: threshold in HU: voxels of a CT with at least this value are bone"
    ),
    (
      "pieces=all",
      "--set: pieces: expected a parameter of the pipeline (threshold), found pieces; "
        + "did you mean bone.pieces?"
    ),
    (
      "bone.=3",
      "--set: bone.: expected one of threshold, pieces for bone, found nothing; correct it"
    ),
  ])
  func aWrongSettingIsToldAsItWasWritten(change: String, message: String) throws {
    #expect(mistakes(PipelineFileTests.good, options: try options(change)) == [message])
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
