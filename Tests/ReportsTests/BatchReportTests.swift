import Accounts
import Foundation
import Testing

@testable import Reports

@Suite struct BatchReportTests {
  private func page(_ cases: [RunAccount.CaseRecord]) -> String {
    String(
      decoding: BatchReport(of: CaseReportTests.run(cases), in: "/nowhere").html(), as: UTF8.self)
  }

  @Test func failuresStandFirstThenDoubtsThenWhatIsLeastTrusted() throws {
    var failed = try CaseReportTests.record(name: "d")
    failed.status = .failed
    let cases = [
      try CaseReportTests.record(name: "a", confidence: 0.95),
      try CaseReportTests.record(name: "b", confidence: 0.8),
      try CaseReportTests.record(name: "c", confidence: 0.99, wall: 0.2), failed,
    ]
    #expect(
      cases.map { BatchRow($0, in: CaseReportTests.run()) }.sorted().map(\.record.name) == [
        "d", "c", "b", "a",
      ])
    let page = page(cases)
    let attention = try #require(page.range(of: "id=\"attention\""))
    let table = try #require(page.range(of: "id=\"cases\""))
    let part = page[attention.lowerBound..<table.lowerBound]
    #expect(part.contains("<bdi>d</bdi>") && part.contains("<bdi>c</bdi>"))
    #expect(!part.contains("<bdi>b</bdi>"))
  }

  @Test func aBatchInOrderCallsForNoAttention() throws {
    #expect(!page([try CaseReportTests.record()]).contains("id=\"attention\""))
  }

  @Test func theKindIsTheFolderOfTheCase() throws {
    let rows = try ["bilateral/000", "a/b/1", "plain"].map {
      BatchRow(try CaseReportTests.record(name: $0), in: CaseReportTests.run())
    }
    #expect(rows.map(\.kind) == ["bilateral", "a/b", ""])
  }

  @Test func hostileNamesStayText() throws {
    let page = page([
      try CaseReportTests.record(
        name: "k/\(CaseReportTests.hostile)",
        warnings: [
          "/data/somebody/patients/k/x: units of metres", "in /data/somebody/else/y.nrrd (odd)",
        ])
    ])
    #expect(page.contains("x: units of metres") && page.contains("in y.nrrd (odd)"))
    #expect(!page.contains("<img src=x"))
    #expect(!page.contains("somebody"))
  }

  @Test func columnsWithoutAnyFigureAreLeftOut() throws {
    let page = page([try CaseReportTests.record()])
    #expect(page.contains(">Confidence</button>"))
    #expect(!page.contains(">HD95</button>"))
  }

  @Test func dotsLieWhereTheirValuesAre() throws {
    let chart = StripChart(title: "Dice", unit: "", groups: [("k", [0.5, 1])]).markup.source
    // From 0.5 at the left end to 1 at the right.
    #expect(chart.contains("cx=\"130.0\"") && chart.contains("cx=\"404.0\""))
    #expect(chart.contains("k: median 0.75 of 2, least 0.50"))
    #expect(StripChart.range(of: [3, 14]) == 0...20)
    #expect(StripChart.range(of: [0.2, 0.9]) == 0...1)
  }
}
