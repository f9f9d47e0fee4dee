import Files
import Foundation
import TestSupport
import Testing

/// What the accounts of a batch say: scores by kind, what ran when, what was done where.
@Suite struct BatchAccountTests {
  @Test func theSummaryIsThatOfTheTable() throws {
    let set = try PhantomSet(count: 10)
    // Truths that differ, so that scores do.
    for index in 0..<5 {
      try FileManager.default.removeItem(atPath: set.file("left/00\(index)", role: "implant"))
      try FileManager.default.copyItem(
        atPath: set.file("left/00\(index)"), toPath: set.file("left/00\(index)", role: "implant"))
      let outcome = try Calvaria.run(
        "run", set.pipeline, set.file("left/00\(index)"), "-o", set.folder.path + "/truth", "--set",
        "clearance=\(2 * index)")
      #expect(outcome.status == 0, "\(outcome.errors)")
      try FileManager.default.removeItem(atPath: set.file("left/00\(index)", role: "implant"))
      try FileManager.default.copyItem(
        atPath: set.folder.path + "/truth/implant.nrrd",
        toPath: set.file("left/00\(index)", role: "implant"))
    }
    #expect(try set.run().status == 0)
    let rows = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let summary = try set.folder.json("out/summary.json")
    let kinds = try #require(summary["scoresByKind"] as? [String: Any])
    #expect(kinds.keys.sorted() == ["left", "right"])
    for kind in ["left", "right", nil] {
      let found = try #require(
        (kind.map { kinds[$0] } ?? summary["scores"]) as? [String: Any], "\(summary)")
      for (column, metric) in [(2, "dsc"), (3, "bdsc"), (4, "hd95"), (5, "hd")] {
        let values = rows.filter { kind == nil || $0[1] == kind }.compactMap { Double($0[column]) }
          .sorted()
        let score = try #require(found[metric] as? [String: Any])
        func expect(_ key: String, _ value: Double) throws {
          #expect(abs(try #require(score[key] as? Double) - value) < 1e-9, "\(metric) \(key)")
        }
        #expect(score["count"] as? Int == values.count)
        try expect("mean", values.reduce(0, +) / Double(values.count))
        func quantile(_ share: Double) -> Double {
          let place = share * Double(values.count - 1)
          let (low, high) = (values[Int(place)], values[Int(place.rounded(.up))])
          return low + (place - place.rounded(.down)) * (high - low)
        }
        try expect("median", quantile(0.5))
        try expect("lowerQuartile", quantile(0.25))
        try expect("upperQuartile", quantile(0.75))
        try expect("least", values[0])
        try expect("greatest", values[values.count - 1])
      }
    }
    #expect(Set(rows.filter { $0[1] == "left" }.map { $0[2] }).count > 1)
  }

  /// Every field of every entry, of a file that was cut and of a parameter that does not fit the case.
  @Test func failuresHaveAllTheirParts() throws {
    let text = """
      version: 1
      stages:
        skull:   {stage: load, of: $case}
        coarse:  {stage: downsample, of: skull, spacing: 3}
        bone:    {stage: bone, of: coarse}
      outputs: {implant.nrrd: bone}
      """
    let set = try PhantomSet(count: 2, truths: false, pipeline: text)
    let (cut, fine) = (set.file("left/000"), set.file("right/000"))
    let bytes = try Data(contentsOf: URL(filePath: cut))
    try bytes.prefix(bytes.count - 100).write(to: URL(filePath: cut))
    #expect(try set.run().status == 1)
    let rerun = "calvaria batch \(set.path) -o \(set.out) --pipeline \(set.pipeline) -q --only "
    func entry(_ name: String, _ path: String, _ parts: [String: String]) throws -> [String: String]
    {
      let message =
        "\(path): \(parts["field"]!): expected \(parts["expected"]!), found \(parts["found"]!); "
        + parts["remedy"]!
      return parts.merging([
        "case": name, "path": path, "subject": path, "message": message, "rerun": rerun + name,
        "inputSHA256": try InputFile(path).sha256(), "line": "null", "column": "null",
      ]) { $1 }
    }
    let expected = [
      try entry(
        "left/000", cut,
        [
          "stage": "skull", "code": "truncated", "field": "data",
          "expected": "a whole gzip stream",
          "found": "its end at byte \(bytes.count - 100) of the file",
          "remedy": "the file is damaged or its header is wrong; get the file again",
        ]),
      try entry(
        "right/000", fine,
        [
          "stage": "coarse", "code": "bad-parameter", "field": "spacing",
          "expected": "a spacing that does not add voxels (36 × 44 × 32)", "found": "48 × 59 × 43",
          "remedy": "use `sizes` to resample to a finer grid",
        ]),
    ]
    let found = try set.failures().map { entry in
      entry.mapValues { $0 is NSNull ? "null" : "\($0)" }
    }
    #expect(found == expected)
  }

  @Test func theTraceIsOneThatViewersRead() throws {
    let set = try PhantomSet(count: 6)
    let path = set.folder.path + "/trace.json"
    #expect(try set.run("--trace", path).status == 0)
    let trace = try set.folder.json("trace.json")
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    var rows: [Int: [(start: Double, end: Double)]] = [:]
    var named: Set<Int> = []
    var seen: [String: Set<String>] = [:]
    for event in events {
      let row = try #require(event["tid"] as? Int)
      let arguments = try #require(event["args"] as? [String: Any])
      if event["ph"] as? String == "M" {
        named.insert(row)
        continue
      }
      #expect(event["ph"] as? String == "X")
      let start = try #require(event["ts"] as? Double)
      let length = try #require(event["dur"] as? Double)
      #expect(start >= 0 && length >= 0)
      rows[row, default: []].append((start, start + length))
      seen[try #require(arguments["case"] as? String), default: []]
        .insert(try #require(event["name"] as? String))
    }
    #expect(Set(rows.keys) == named)
    for spans in rows.values {
      let sorted = spans.sorted { $0.start < $1.start }
      for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(one.end <= next.start + 1) }
    }
    #expect(seen.keys.sorted() == set.names)
    for names in seen.values { #expect(names.isSuperset(of: ["skull", "implant", "score"])) }
  }

  @Test func aMovedDataSetIsTheSame() throws {
    let set = try PhantomSet(count: 4)
    #expect(try set.run().status == 0)
    let good = set.outputs()
    let moved = set.folder.path + "/moved"
    rename(set.path, moved)
    let outcome = try Calvaria.run(
      "batch", moved, "-o", set.out, "--pipeline", set.pipeline, "-q")
    #expect(outcome.output.contains("4 of them reused"), "\(outcome.output)\(outcome.errors)")
    #expect(set.outputs() == good)
  }
}
