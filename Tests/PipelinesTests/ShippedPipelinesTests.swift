import Foundation
import Pipelines
import Dataflow
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
}
