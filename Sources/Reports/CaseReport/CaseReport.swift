public import Accounts
import Completion
import Files
import Implants
public import Stages

/// The page of one case: what is missing, what fills it, whether that can be made, and how far it can be trusted.
///
/// Names of files are shown, without the folders that they lie in; nothing that stands inside a scan, such as a patient's
/// name, is.
public struct CaseReport {
  let run: RunAccount
  let record: RunAccount.CaseRecord
  let exhibit: Exhibit
  let title: String
  let viewer: ViewerBundle?

  /// - Parameters:
  ///   - run: the account of the run; its cases are not looked at.
  ///   - record: the account of the case.
  ///   - title: the page's title; nil: the name of the case.
  public init(
    of record: RunAccount.CaseRecord, in run: RunAccount, showing exhibit: Exhibit,
    title: String? = nil
  ) {
    (self.record, self.run, self.exhibit) = (record, run, exhibit)
    self.title = title ?? record.name
    viewer = exhibit.volumes.isEmpty ? nil : .installed()
  }

  /// The name of the file that a case's page is written into.
  public static let fileName = "report.html"

  /// The page: UTF-8, a few MB, of which the viewer is 2.1.
  public func html() throws -> [UInt8] {
    let viewer = try viewerSection
    var page = Page(
      kind: "Implant report", title: title,
      made:
        "Made on \(run.started.prefixOfDay) by Calvaria \(run.program.version), pipeline \(.name(run.pipeline.name)).",
      content: """
        \(warningSection)\(cards)\(overview)\(viewer.content)\(defectSection)\(mapSection)\(gateSection)\(trustSection)\
        \(fileSection)\(provenanceSection)
        """)
    page.footnote =
      "Directions are the patient's own: L left, R right, A front, P back, S top, I bottom. Coordinates are LPS in mm."
    page.about = record.outputsDigest
    page.scripts = viewer.scripts
    page.data = viewer.data
    return page.html
  }

  /// What a reader must know first.
  private var warningSection: Markup {
    var lines: [Markup] = []
    if let error = record.error { lines.append("The case failed: \(withoutFolders(error))") }
    if let doubt = record.findings?.doubt { lines.append("\(doubt.capitalizedFirst)") }
    for check in record.gate?.checks.filter({ !$0.passes }) ?? [] {
      lines.append("The part fails a check: \(check.sentence)")
    }
    for defect in record.findings?.defects.filter({ !$0.isFilled }) ?? [] {
      lines.append(
        "A hole of \(Figures.text(defect.areaMM2 / 100, "cm²")) at \(Figures.point(defect.centroidLPS)) is left open"
      )
    }
    // What the completion and the gate warn of is told above.
    let told =
      (record.findings?.doubt.map { [$0] } ?? [])
      + (record.gate?.checks.filter { !$0.passes }.map(\.sentence) ?? [])
    lines += record.warnings.filter { warning in !told.contains { warning.contains($0) } }
      .map { "\(withoutFolders($0))" }
    if viewer == nil, !exhibit.volumes.isEmpty {
      lines.append(
        "The viewer is not installed (make fetch brings it); this page has pictures only")
    }
    guard !lines.isEmpty else { return "" }
    let items: [Markup] = lines.map { "<li>\($0)</li>\n" }
    let kind: Markup = record.status == .failed ? "warnings failure" : "warnings"
    return """
      <section class="\(kind)" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2>
      <ul>
      \(items)</ul></section>

      """
  }

  private var withoutFolders: PlainPaths { PlainPaths(of: record, in: run) }

  /// The figures that decide.
  private var cards: Markup {
    var cards = Cards()
    if let gate = record.gate, !gate.checks.isEmpty {
      let checked = gate.checks.filter { $0.limit != nil }
      let failed = checked.count { !$0.passes }
      cards.add(
        "Part", failed == 0 ? "✓ passes" : "✗ fails",
        failed == 0 ? "all \(checked.count) checks" : "\(failed) of \(checked.count) checks",
        kind: failed == 0 ? "pass" : "fail")
    }
    if let findings = record.findings {
      let isTrusted = findings.doubt == nil
      cards.add(
        "Confidence", Figures.percent(findings.confidence),
        isTrusted ? "expected Dice of the implant" : "low: look at it closely",
        kind: isTrusted ? "pass" : "doubt")
    }
    if let score = record.score, score.failure == nil {
      cards.add("Dice against the truth", Figures.text(score.dsc, digits: 3), score.status)
    }
    let holes = record.chart.holes
    let area = holes.compactMap(\.areaCM2).reduce(0, +)
    if area > 0 {
      cards.add(
        "Defect", Figures.text(area, "cm²"), holes.count == 1 ? "one hole" : "\(holes.count) holes")
    } else if record.findings != nil {
      cards.add("Defect", "none", "no hole is found")
    }
    let volume = exhibit.volumes.first { $0.role == .implant }?.volumeMM3
    if let volume { cards.add("Missing bone", Figures.text(volume / 1000, "cm³")) }
    let part = holes.compactMap(\.partVolumeCM3).reduce(0, +)
    if part > 0 { cards.add("Part that is made", Figures.text(part, "cm³")) }
    return cards.markup
  }

  private var overview: Markup {
    guard let picture = exhibit.pictures.first(where: { $0.subject == .overview }) else {
      return ""
    }
    return """
      <section aria-labelledby="overview"><h2 id="overview">Overview</h2>
      \(picture.figure(
        alt: "Axial, coronal and sagittal slice through the implant, and skull and implant as surfaces",
        caption: "Three slices through the middle of the implant, and skull with implant. Bone is light, the implant yellow; the patient's right is on the left."))
      </section>

      """
  }
}

extension String {
  /// The day of a time in ISO 8601.
  fileprivate var prefixOfDay: String { String(prefix(10)) }

  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Exhibit.Picture {
  /// The picture with a text for those who do not see it, and one below it.
  func figure(alt: String, caption: String) -> Markup {
    """
    <figure><img src="data:image/png;base64,\(Markup(stringLiteral: Page.base64(png)))" width="\(width)" height="\(height)" alt="\(alt)">
    <figcaption>\(caption)</figcaption></figure>

    """
  }
}

extension RunAccount.CaseRecord {
  /// A digest of what was made of the case but its page: a page that holds another is of an earlier run.
  var outputsDigest: String {
    let lines = outputs.filter { !$0.file.hasSuffix(CaseReport.fileName) }
      .map { "\($0.file) \($0.sha256 ?? "")\n" }
    return Array(lines.joined().utf8).withUnsafeBytes { SHA256.hexDigest(of: $0) }
  }
}
