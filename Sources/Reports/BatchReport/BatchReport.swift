public import Accounts
import Completion
import Files
import Implants

/// The page of a batch: what failed and what cannot be trusted first, then all cases in a table that sorts and filters,
/// and how the figures are spread over the kinds of defects.
public struct BatchReport {
  let run: RunAccount
  let title: String?
  /// The bytes of a case's thumbnail, a PNG; nil where there is none.
  let thumbnail: (RunAccount.CaseRecord) -> [UInt8]?
  /// The path of a case's own page below the folder of the run; nil where there is none.
  let page: (RunAccount.CaseRecord) -> String?

  /// - Parameters:
  ///   - run: the account of the batch.
  ///   - title: the page's title; nil: the name of the data set.
  ///   - folder: that of the batch, where thumbnails and pages are looked for.
  public init(of run: RunAccount, in folder: String, title: String? = nil) {
    (self.run, self.title) = (run, title)
    thumbnail = { record in
      guard
        let output = record.outputs.first(where: { $0.file.hasPrefix("\(Self.thumbnails)/") }),
        let digest = output.sha256, let file = try? InputFile("\(folder)/\(output.file)"),
        let bytes = try? file.bytes(at: 0, count: min(file.size, 1 << 20)),
        // One of a run that was stopped before its account was written is another case's picture.
        bytes.withUnsafeBytes({ SHA256.hexDigest(of: $0) }) == digest
      else { return nil }
      return bytes
    }
    page = { record in
      let path = "\(Self.pages)/\(record.name).html"
      return PageFile.isAbout(record.outputsDigest, "\(folder)/\(path)") ? path : nil
    }
  }

  /// The name of the file that the page is written into.
  public static let fileName = "report.html"
  /// The folder of the thumbnails, below that of the batch.
  public static let thumbnails = "thumbnail"
  /// The folder of the pages of single cases.
  public static let pages = "report"

  /// The page: UTF-8, some 35 kB a case with a thumbnail.
  public func html() -> [UInt8] {
    let name = title ?? run.dataSet?.root.lastPathComponent ?? "batch"
    let rows = run.cases.map { BatchRow($0, in: run) }.sorted()
    var page = Page(
      kind: "Batch report", title: name,
      made: """
        Made on \(String(run.started.prefix(10))) by Calvaria \(run.program.version), pipeline \(.name(run.pipeline.name))\
        \(shard), in \(Figures.seconds(run.seconds)).
        """,
      content: """
        \(cards(rows))\(attention(rows))\(table(rows))\(distributions(rows))\(provenance)
        """)
    page.scripts = [TableScript.source]
    return page.html
  }

  private var shard: Markup {
    run.dataSet?.shard.map { ", part \($0) of the cases" } ?? ""
  }

  private func cards(_ rows: [BatchRow]) -> Markup {
    let failed = rows.count { $0.concern == .failed }
    let doubtful = rows.count { $0.concern == .doubtful }
    var cards = Cards()
    cards.add("Cases", "\(rows.count)", run.dataSet.map { "of \($0.cases) in the set" } ?? "")
    cards.add("Failed", "\(failed)", kind: failed > 0 ? "fail" : "pass")
    cards.add(
      "To be looked at", "\(doubtful)", "low confidence, or the part fails",
      kind: doubtful > 0 ? "doubt" : "pass")
    func median(_ name: String, _ figure: (BatchRow) -> Double?, _ unit: String, digits: Int) {
      let values = rows.compactMap(figure).sorted()
      guard !values.isEmpty else { return }
      cards.add(
        name, Figures.text(Spread(values)?.median, unit, digits: digits),
        "median of \(values.count)")
    }
    median("Dice", { $0.record.score?.dsc }, "", digits: 3)
    median("HD95", { $0.record.score?.hd95 }, "mm", digits: 2)
    median("Confidence", { $0.record.findings?.confidence }, "", digits: 2)
    return cards.markup
  }

  /// The cases that someone must look at, with the reasons.
  private func attention(_ rows: [BatchRow]) -> Markup {
    let concerned = rows.filter { $0.concern != .none }
    guard !concerned.isEmpty else { return "" }
    let items: [Markup] = concerned.prefix(Self.mostConcerns).map {
      "<li><strong>\(.name($0.record.name))</strong>: \($0.reason)</li>\n"
    }
    let rest: Markup =
      concerned.count > Self.mostConcerns
      ? "<p>\(concerned.count - Self.mostConcerns) more stand first in the table.</p>\n" : ""
    let kind: Markup =
      concerned.contains { $0.concern == .failed } ? "warnings failure" : "warnings"
    return """
      <section class="\(kind)" aria-labelledby="attention"><h2 id="attention">Failures and doubts</h2>
      <ul>
      \(items)</ul>\(rest)</section>

      """
  }

  private static let mostConcerns = 50

  /// How the figures are spread over the kinds of defects.
  private func distributions(_ rows: [BatchRow]) -> Markup {
    let figures: [(name: String, unit: String, value: (BatchRow) -> Double?)] = [
      ("Dice", "", { $0.record.score?.dsc }), ("Border Dice", "", { $0.record.score?.bdsc }),
      ("HD95", "mm", { $0.record.score?.hd95 }),
      ("Confidence", "", { $0.record.findings?.confidence }),
      ("Defect area", "cm²", { $0.area }),
    ]
    let charts: [Markup] = figures.compactMap { figure in
      var kinds: [String: [Double]] = [:]
      for row in rows {
        if let value = figure.value(row), value.isFinite {
          kinds[row.kind, default: []].append(value)
        }
      }
      guard !kinds.isEmpty else { return nil }
      return StripChart(
        title: figure.name, unit: figure.unit,
        groups: kinds.sorted { $0.key < $1.key }.map { ($0.key.isEmpty ? "all" : $0.key, $0.value) }
      ).markup
    }
    guard !charts.isEmpty else { return "" }
    return """
      <section aria-labelledby="spread"><h2 id="spread">Distributions by kind of defect</h2>
      <p class="quiet">A dot a case; the bar stands at the median.</p>
      <div class="charts">\(charts)</div></section>

      """
  }

  private var provenance: Markup {
    let parameters: [[Markup]] = run.pipeline.stages.sorted { $0.key < $1.key }.map {
      stage, values in
      [
        "\(stage)",
        "\(values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.withoutFolders)" }.joined(separator: ", "))",
      ]
    }
    return """
      <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
      <p>Pipeline \(.name(run.pipeline.file.lastPathComponent)), SHA-256 \(.hash(run.pipeline.sha256)). The digests of all files \
      are in run.json, the scores in scores.csv, the measurements in measurements.csv.</p>
      <details><summary>Parameters</summary>
      \(Table(caption: "The parameters of every stage.", columns: [.init("Stage"), .init("Parameters")], rows: parameters).markup)\
      </details></section>

      """
  }
}

/// A case of a batch as its page lists it.
struct BatchRow: Comparable {
  enum Concern: Int { case failed, doubtful, none }

  let record: RunAccount.CaseRecord
  let concern: Concern
  /// The folder of the case in the data set, which is the kind of defect; empty where it lies in none.
  let kind: String
  /// What takes folders out of texts.
  let withoutFolders: PlainPaths

  init(_ record: RunAccount.CaseRecord, in run: RunAccount) {
    self.record = record
    withoutFolders = PlainPaths(of: record, in: run)
    let slash = record.name.lastIndex(of: "/")
    kind = slash.map { String(record.name[..<$0]) } ?? ""
    concern =
      record.status != .completed
      ? .failed
      : record.findings?.doubt != nil || record.gate?.passes == false ? .doubtful : .none
  }

  /// Why it must be looked at.
  var reason: String {
    if let error = record.error { return withoutFolders(error) }
    if record.status == .cancelled { return "stopped before it was done" }
    let failed = record.gate?.checks.filter { !$0.passes }.map(\.sentence) ?? []
    return ([record.findings?.doubt].compactMap { $0 } + failed.map { "the part fails: \($0)" })
      .joined(separator: "; ")
  }

  /// The area of all holes in cm²; nil where none was found.
  var area: Double? {
    let areas = record.chart.holes.compactMap(\.areaCM2)
    return areas.isEmpty ? nil : areas.reduce(0, +)
  }

  var seconds: Double { record.stages.reduce(0) { $0 + $1.seconds } }

  /// Failures first, then doubts, then what is least trusted.
  static func < (a: BatchRow, b: BatchRow) -> Bool {
    if a.concern != b.concern { return a.concern.rawValue < b.concern.rawValue }
    let (x, y) = (a.record.findings?.confidence ?? 2, b.record.findings?.confidence ?? 2)
    return x == y ? a.record.name < b.record.name : x < y
  }

  static func == (a: BatchRow, b: BatchRow) -> Bool { a.record.name == b.record.name }
}

/// How numbers are spread.
struct Spread {
  let least, median, greatest: Double

  /// - Returns: nil without numbers.
  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    let half = sorted.count / 2
    median = sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
  }
}
