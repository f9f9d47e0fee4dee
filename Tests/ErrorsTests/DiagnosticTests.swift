import Errors
import Foundation
import Testing

@Suite("Diagnostic")
struct DiagnosticTests {
  private let diagnostic = Diagnostic(
    .malformed, "a.nrrd", at: Place(line: 3), field: "sizes", expected: "3 numbers", found: "2",
    remedy: "add one")

  @Test func saysFilePlaceFieldAndRemedyInOneLine() {
    #expect("\(diagnostic)" == "a.nrrd:3: sizes: expected 3 numbers, found 2; add one")
    var broken = diagnostic
    broken.place?.column = 7
    broken.found = "2\nand a line break"
    broken.remedy = ""
    #expect(
      "\(broken)"
        == "a.nrrd:3:7: sizes: expected 3 numbers, found 2 and a line break; correct it")
  }

  @Test func takesNoEndlessTextAndNothingThatSteersATerminal() {
    let found = Diagnostic(
      .malformed, field: "f", expected: "e",
      found: "\u{1b}[2J" + String(repeating: "é", count: 10_000)
    ).found
    #expect(found.hasPrefix(" [2Jé") && found.hasSuffix("é…") && found.unicodeScalars.count == 401)
    #expect(Diagnostic(.malformed, field: "f", expected: "e", found: "a é b").found == "a é b")
  }

  @Test func keepsTheFirstSubject() {
    var unnamed = diagnostic
    unnamed.subject = ""
    #expect("\(unnamed)" == "sizes: expected 3 numbers, found 2; add one")
    #expect(unnamed.about("b.nrrd").subject == "b.nrrd")
    #expect(diagnostic.about("b.nrrd") == diagnostic)
  }

  @Test func survivesJSON() throws {
    let bytes = try JSONEncoder().encode(diagnostic)
    #expect(try JSONDecoder().decode(Diagnostic.self, from: bytes) == diagnostic)
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"code\":\"malformed\""))
  }

  @Test func listsMistakesInTheOrderOfTheFileOnce() {
    var (earlier, placeless) = (diagnostic, diagnostic)
    earlier.place = Place(line: 1, column: 4)
    placeless.place = nil
    let all = Diagnostics([placeless, diagnostic, earlier, diagnostic])
    #expect(all.all == [earlier, diagnostic, placeless])
  }
}
