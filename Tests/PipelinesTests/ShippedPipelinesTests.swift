import Errors
import Foundation
import Pipelines
import Dataflow
import Settings
import Testing

/// Every pipeline file that is shipped is right as it stands.
@Suite struct ShippedPipelinesTests {
  static let folder = #filePath.replacing(
    "Tests/PipelinesTests/ShippedPipelinesTests.swift", with: "pipelines")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  @Test func thereAreSome() { #expect(Self.names.contains("implant.yaml")) }

  @Test(arguments: names)
  func isChecked(name: String) throws {
    let file = try PipelineFile(reading: "\(Self.folder)/\(name)")
    let pipeline = try Pipeline(file)
    #expect(pipeline.warnings == [])
    #expect(pipeline.graph.outputs.map(\.name).contains("implant.nrrd"))
    #expect(file.summary != nil)
  }

  /// The pipelines whose implants `make figures` scores.
  @Test(arguments: ["latent", "complete"]) func thoseOfFiguresAreChecked(name: String) throws {
    let folder = Self.folder.replacing("/pipelines", with: "/figures")
    let pipeline = try Pipeline(PipelineFile(reading: "\(folder)/\(name).yaml"))
    #expect(pipeline.warnings == [])
    #expect(pipeline.graph.outputs.map(\.name) == ["implant.nrrd"])
  }

  /// What `--set` changes reaches the stages.
  @Test(arguments: names.filter { $0.hasPrefix("implant") })
  func tabsAndPrinterCanBeSet(name: String) throws {
    var options = Pipeline.Options()
    options.overrides = try [
      "tabs=3", "tabWidth=9.5", "tabThickness=2", "screw=1.5", "printer=ti-ebm",
    ].map { try Override(parsing: $0) }
    let pipeline = try Pipeline(
      PipelineFile(reading: "\(Self.folder)/\(name)"), options: options)
    let design = try #require(pipeline.parameters["design"])
    #expect(design["tabs"] == .integer(3) && design["tabWidth"] == .number(9.5))
    #expect(design["tabThickness"] == .number(2) && design["screw"] == .number(1.5))
    #expect(pipeline.parameters["checked"]?["printer"] == .text("ti-ebm"))
  }

  @Test func aPrinterThatIsNotThereIsAMistakeOfThePipeline() throws {
    var options = Pipeline.Options()
    options.overrides = [try Override(parsing: "printer=sla-0.5")]
    let file = try PipelineFile(reading: "\(Self.folder)/implant.yaml")
    let errors = #expect(throws: Diagnostics.self) { try Pipeline(file, options: options) }
    #expect(errors?.description.contains("sla-0.05") == true, "\(errors?.description ?? "")")
  }
}
