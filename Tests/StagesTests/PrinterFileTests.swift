import Dataflow
import Errors
import Implants
import TestSupport
import Testing

@testable import Stages

@Suite struct PrinterFileTests {
  static func profile(_ text: String) throws -> PrinterProfile {
    try PrinterFile.profile(yaml: Array(text.utf8), path: "p.yaml")
  }

  @Test(arguments: PrinterFile.names) func everyShippedFileIsRead(name: String) throws {
    let folder = #filePath.replacing("Tests/StagesTests/PrinterFileTests.swift", with: "printers")
    let profile = try PrinterFile.profile("\(folder)/\(name).yaml")
    #expect(profile.name == name && (0.1...2).contains(profile.wall) && profile.plate.min() > 100)
    #expect(try PrinterFile.profile(name) == profile)
  }

  @Test func mistakesAreReportedTogether() {
    let errors = #expect(throws: Diagnostics.self) {
      try Self.profile("version: 1\nprinter: mine\nwall: -1\nplates: 1x1x1\ncavities: maybe\n")
    }
    #expect(errors?.all.map(\.field).sorted() == ["cavities", "plate", "plates", "wall"])
    #expect(throws: Diagnostics.self) { try Self.profile("version: 99\nprinter: mine\n") }
    #expect(throws: Diagnostic.self) { try PrinterFile.profile("no-such-printer") }
  }

  /// The gate of a pipeline takes the wider of the printer's wall and that of the design.
  @Test func theGateOfAPipelineKnowsThePrinter() throws {
    func gate(_ printer: String) throws -> CheckPart {
      try CheckPart(Parameters(["printer": .text(printer)], for: CheckPart.parameters))
    }
    #expect(try gate("none").printer == nil)
    #expect(try CheckPart(Parameters([:], for: CheckPart.parameters)).printer == nil)
    let sls = try gate("sls")
    #expect(try sls.printer == PrinterFile.profile("sls"))
    #expect(try sls.digests() != gate("fdm-0.4").digests() && gate("none").digests().isEmpty)
    let (implant, bone) = (DesignStageTests.plate(true), DesignStageTests.plate(false))
    var design = PartDesign()
    design.wall = 0.5
    let made = try Design(design).run(Inputs(implant, bone), in: StageContext())
    let surface = try Isosurface().run(Inputs(made), in: StageContext())
    let folder = TemporaryFolder()
    let small = try folder.write(
      "version: 1\nprinter: small\nwall: 0.4\nplate: 9x9x60\ncavities: true\n", to: "small.yaml")
    for (printer, wall, fits) in [
      ("none", 0.5, nil as Bool?), ("sls", 0.8, true), (small, 0.5, false),
    ] {
      let context = StageContext()
      let report = try gate(printer).run(Inputs(surface, bone, made), in: context).report
      #expect(report["wall"]?.limit == .atLeast(wall))
      #expect(report["plateUse"]?.passes == fits)
      #expect(
        context.notes["printer"]
          == (printer == "none" ? nil : .text(printer == "sls" ? "sls" : "small")))
    }
  }

  @Test func aPrinterThatIsNotThereIsAMistakeOfItsParameter() throws {
    let folder = TemporaryFolder()
    let bad = try folder.write("version: 1\nprinter: bad\nwall: -1\n", to: "bad.yaml")
    for name in ["no-such-printer", bad] {
      let error = #expect(throws: Diagnostic.self) {
        try CheckPart(Parameters(["printer": .text(name)], for: CheckPart.parameters))
      }
      #expect(error?.field == "printer" && error?.remedy.contains("sla-0.05") == true)
    }
  }
}
