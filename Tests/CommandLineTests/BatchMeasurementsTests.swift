import Foundation
import TestSupport
import Testing

/// `measurements.csv`: a row a hole and case, whatever is reused and in how many shards.
@Suite struct BatchMeasurementsTests {
  static let pipeline = """
    version: 1
    parameters: {clearance: 0.3}
    stages:
      skull:     {stage: load, of: $case}
      bone:      {stage: bone, of: skull, pieces: all}
      completed: {stage: \(PhantomSet.closing)}
      rough:     {stage: subtract, minuend: completed, subtrahend: bone}
      implant:   {stage: clean, of: rough, against: bone}
      design:    {stage: design, of: implant, against: bone, clearance: $clearance}
      surface:   {stage: isosurface, of: design}
      checked:   {stage: gate, of: surface, against: bone, design: design}
      measured:  {stage: measure, of: checked, implant: implant, bone: bone}
    outputs: {implant.nrrd: implant, implant.stl: measured}
    score: {of: implant, against: bone}
    """

  @Test func isCompleteAfterReuseAndShards() throws {
    let set = try PhantomSet(count: 3, pipeline: Self.pipeline)
    #expect(try set.run("--shard", "1/2").status == 0)
    func table() throws -> String {
      try String(contentsOfFile: set.out + "/measurements.csv", encoding: .utf8)
    }
    func rows(_ text: String) -> [[String]] {
      text.split(separator: "\r\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }
    let part = rows(try table())
    #expect(Set(part.dropFirst().map { $0[0] + $0[1] }).count < 3)
    #expect(try set.run("--shard", "2/2").status == 0)
    let whole = try table()
    let read = rows(whole)
    #expect(read.allSatisfy { $0.count == read[0].count })
    // In the order of scores.csv, which has a row a case.
    let scores = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").prefix(2).joined(separator: ",") }
    var cases: [String] = []
    for row in read.dropFirst() where cases.last != row[0] + "," + row[1] {
      cases.append(row[0] + "," + row[1])
    }
    #expect(cases == scores && cases.count == 3)
    let volume = try #require(read[0].firstIndex(of: "volume_cm3"))
    for row in read.dropFirst() {
      #expect((Double(row[volume]) ?? 0) > 0 && row.last == "completed", "\(row)")
    }

    // Nothing is done, all is told again; and in run.json too.
    let again = try set.run()
    #expect(again.output.contains("3 of them reused"), "\(again.output)")
    #expect(try table() == whole)
    let account = try set.folder.json("out/run.json")
    let records = try #require(account["cases"] as? [[String: Any]])
    #expect(records.count == 3 && records.allSatisfy { $0["measurements"] != nil })

    // With a case that fails, which has a row too.
    try Data("no scan".utf8).write(to: URL(filePath: set.file("right/000")))
    #expect(try set.run().status == 1)
    let failed = rows(try table())
    #expect(failed.last?[0] == "000" && failed.last?.last == "failed")
    #expect(Array(failed.dropLast()) == read.filter { $0[1] != "right" })
  }
}
