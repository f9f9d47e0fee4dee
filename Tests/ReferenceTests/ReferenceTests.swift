import Completion
import Dataflow
import Errors
import Foundation
import Stages
import Testing

@testable import Reference

@Suite struct ReferenceTests {
  @Test func everyStageOfTheCatalogueIsDescribed() throws {
    let list = StageReference.list()
    #expect(list.entries.count == StageCatalog.standard.entries.count)
    #expect(list.entries.map(\.name) == list.entries.map(\.name).sorted())
    #expect(list.entries.allSatisfy { !$0.summary.isEmpty && $0.lines.count > 5 })
    let design = try list.entry(named: "design")
    let clearance = try #require(design.parameters.first { $0.name == "clearance" })
    #expect(clearance.standard == "0.3" && !clearance.isRequired)
    #expect(design.inputs.map(\.name) == ["of", "against"])
    #expect(design.lines.contains { $0.contains("clearance  (a number") })
    // What a file must give stands in the example.
    let shift = try list.entry(named: "shift")
    let required = shift.parameters.filter(\.isRequired).map(\.name)
    #expect(required == ["from"])
    #expect(shift.lines.contains { line in required.allSatisfy { line.contains("\($0): …") } })
  }

  @Test func aStageThatIsAddedIsListed() {
    var catalog = StageCatalog()
    catalog.register(Keep.self)
    #expect(StageReference.list(of: catalog).entries.map(\.name) == ["keep"])
  }

  @Test func modelsAndLayoutsComeFromTheirRegistries() throws {
    #expect(
      ModelReference.list().entries.map(\.name)
        == CompletionModels.standard.readers.map(\.identifier))
    let layout = try LayoutReference.list.entry(named: "skullbreak")
    #expect(layout.summary.contains("defective_skull/<kind>/NNN.nrrd"))
  }

  @Test func anUnknownNameIsToldWithTheNearest() {
    do {
      _ = try StageReference.list().entry(named: "desing")
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("did you mean design?"))
    }
  }

  @Test func jsonHasOneObjectAnEntry() throws {
    let list = StageReference.list()
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(try list.json().utf8)) as? [[String: Any]])
    #expect(array.compactMap { $0["name"] as? String } == list.entries.map(\.name))
  }
}
