import Errors
import Implants
import Testing

@testable import MeshRuns

@Suite struct PrinterFileTests {
  static func profile(_ text: String) throws -> PrinterProfile {
    try PrinterFile.profile(yaml: Array(text.utf8), path: "p.yaml")
  }

  @Test(arguments: PrinterFile.names) func everyShippedFileIsRead(name: String) throws {
    let folder = #filePath.replacing("Tests/MeshRunsTests/PrinterFileTests.swift", with: "printers")
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
}
