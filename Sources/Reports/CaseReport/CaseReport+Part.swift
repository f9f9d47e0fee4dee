import Accounts
import Completion
import Dataflow
import Implants
import Stages

extension CaseReport {
  /// The holes and what is measured of them.
  var defectSection: Markup {
    let chart = record.chart
    guard !chart.holes.isEmpty else { return "" }
    func centimetres(_ value: Double?, _ unit: String) -> Markup { "\(Figures.text(value, unit))" }
    let rows: [[Markup]] = chart.holes.map { hole in
      var notes: [String] = []
      if hole.crossesMidline == true { notes.append("crosses the midline") }
      if hole.atBorder == true { notes.append("reaches the border of the scan") }
      if !hole.isFilled { notes.append("left open") }
      return [
        "\(hole.hole)", "\(hole.kind ?? Figures.none)", centimetres(hole.areaCM2, "cm²"),
        centimetres(hole.perimeterMM, "mm"),
        hole.diameterMM == nil
          ? "\(Figures.none)"
          : "\(Figures.text(hole.diameterMM, digits: 0)) × \(Figures.text(hole.widthMM, "mm", digits: 0))",
        centimetres(hole.volumeCM3, "cm³"),
        hole.boneMedianMM == nil
          ? "\(Figures.none)"
          : "\(Figures.text(hole.boneMedianMM, "mm")) (\(Figures.text(hole.boneP10MM)) to \(Figures.text(hole.boneP90MM)))",
        centimetres(hole.mirrorMM, "mm"), centimetres(hole.partVolumeCM3, "cm³"),
        "\(Figures.point(hole.centroidLPS))", "\(notes.joined(separator: ", "))",
      ]
    }
    let table = Table(
      caption:
        "Bone: the median thickness of the bone around the hole, and what a tenth lies below and above. Mirror: how far the implant's outer surface lies from the bone of the other side.",
      columns: [
        .init("Hole"), .init("Kind"), .init("Area", isNumber: true),
        .init("Perimeter", isNumber: true), .init("Diameters", isNumber: true),
        .init("Missing bone", isNumber: true), .init("Bone around it", isNumber: true),
        .init("Mirror", isNumber: true), .init("Part", isNumber: true), .init("Middle"),
        .init("Notes"),
      ], rows: rows)
    let symmetry: Markup =
      chart.asymmetryMM.map {
        "<p>The vault lies \(Figures.text($0, "mm")) from its own mirror image, on average.</p>\n"
      } ?? ""
    return """
      <section aria-labelledby="defects"><h2 id="defects">Defect and measurements</h2>
      \(table.markup)\(symmetry)</section>

      """
  }

  var mapSection: Markup {
    let maps: [Markup] = exhibit.pictures.compactMap { picture in
      let part = picture.part.map { " of part \($0)" } ?? ""
      return switch picture.subject {
      case .overview: nil
      case .thickness:
        picture.figure(
          alt: "Map of the thickness\(part), with a scale in mm",
          caption: "Thickness\(part), seen from outside along the way in.")
      case .gap:
        picture.figure(
          alt: "Map of the gap between the part and the bone\(part), with a scale in mm",
          caption: "Gap to the bone\(part), seen from inside, where the rim shows.")
      case .disagreement:
        picture.figure(
          alt: "Map of the disagreement between two ways of completing, with a scale in mm",
          caption:
            "Disagreement: how far the next best way of completing lies from the implant. Where it is large, look closely."
        )
      }
    }
    guard !maps.isEmpty else { return "" }
    return """
      <section aria-labelledby="maps"><h2 id="maps">Maps</h2>
      <div class="maps">\(maps)</div></section>

      """
  }

  /// The table of the gate.
  var gateSection: Markup {
    guard let gate = record.gate, !gate.checks.isEmpty else { return "" }
    // Failures first, then what has a limit, in the order of the gate.
    let checks =
      gate.checks.filter { !$0.passes } + gate.checks.filter { $0.passes && $0.limit != nil }
      + gate.checks.filter { $0.limit == nil }
    let rows: [[Markup]] = checks.map { check in
      let verdict: Markup =
        check.limit == nil
        ? "<span class=\"quiet\">told</span>"
        : check.passes ? "<span class=\"pass\">✓ pass</span>" : "<span class=\"fail\">✗ fail</span>"
      let limit = check.limitText.map {
        "\($0.relation) \(PartCheck("", $0.number, unit: check.unit).number)"
      }
      return [
        "\(check.name)", "\(check.number)", "\(limit ?? Figures.none)", verdict,
        "\(check.remark)",
      ]
    }
    let table = Table(
      caption: "Every check of the part that is made: figure, limit and verdict.",
      columns: [
        .init("Check"), .init("Figure", isNumber: true), .init("Limit"), .init("Verdict"),
        .init("Remark"),
      ], rows: rows)
    return """
      <section aria-labelledby="gate"><h2 id="gate">Checks of the part</h2>
      \(table.markup)</section>

      """
  }

  /// Whether a stage was to try the model on whole bone.
  private var asksForSelfTest: Bool {
    run.pipeline.stages.values.contains { $0["selfTest"] == .flag(true) }
  }

  /// Confidence, self-test and the other ways of completing.
  var trustSection: Markup {
    var content: Markup = ""
    if let findings = record.findings {
      content += """
        <p>Completed by <strong>\(findings.model)</strong>, with a confidence of \
        \(Figures.text(findings.confidence, digits: 2)): the Dice coefficient that is expected of the implant.
        """
      if let distance = findings.disagreementMM {
        content += " Other ways of completing lie \(Figures.text(distance, "mm")) away, on average."
      }
      content += "</p>\n"
      if let test = findings.selfTest {
        content += """
          <p>Self-test: a hole of \(Figures.text(test.areaMM2 / 100, "cm²")) was carved into whole bone of this skull, and filled \
          without that bone. Dice \(Figures.text(test.dsc, digits: 2)); outside right to \(Figures.text(test.outerMM, "mm")), \
          inside to \(Figures.text(test.innerMM, "mm")).</p>

          """
      } else if !asksForSelfTest {
        content += "<p class=\"quiet\">No self-test was asked for (--self-test).</p>\n"
      } else {
        content += "<p>The self-test could not be made: no hole fits into whole bone.</p>\n"
      }
    }
    let others = exhibit.volumes.filter { $0.role == .alternative }
    if !others.isEmpty {
      content +=
        Table(
          caption:
            "Other implants for the same hole, and how well they agree with the one that is made.",
          columns: [
            .init("Way"), .init("Missing bone", isNumber: true),
            .init("Dice with the implant", isNumber: true),
          ],
          rows: others.map { other in
            [
              other.label, "\(Figures.text(other.volumeMM3.map { $0 / 1000 }, "cm³"))",
              "\(Figures.text(other.dsc, digits: 3))",
            ]
          }
        ).markup
    }
    guard !content.source.isEmpty else { return "" }
    return """
      <section aria-labelledby="trust"><h2 id="trust">How far it can be trusted</h2>
      \(content)</section>

      """
  }
}

extension Exhibit.Volume {
  /// What it is called on the page.
  var label: Markup { gamma.map { "γ = \(Figures.gamma($0))" } ?? .name(name) }
}

extension Figures {
  /// Such as `0.3`.
  static func gamma(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
