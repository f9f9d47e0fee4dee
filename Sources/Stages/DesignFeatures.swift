import Dataflow
import Implants

extension Design {
  /// Notes `tabs`, `sutures` and `labelHeight` where they were asked for; warnings where there was no room.
  func tellFeatures(of made: ImplantDesign, asked design: PartDesign, in context: StageContext) {
    let parts = made.parts
    guard !parts.isEmpty else { return }
    if let tabs = design.tabs {
      let (count, asked) = (parts.reduce(0) { $0 + $1.figures.tabs }, tabs.count * parts.count)
      context.note("tabs", .integer(count))
      if count < asked {
        context.warn(
          "\(count) of \(asked) tabs are made: there is no room for more where bone lies beside the rim and the way in is free; set `tabWidth` lower or make fewer"
        )
      }
    }
    if design.sutures != nil {
      context.note("sutures", .integer(parts.reduce(0) { $0 + $1.figures.sutures }))
      for (number, part) in parts.enumerated() where part.figures.sutures == 0 {
        context.warn(
          "part \(number + 1): there is no room for suture holes; set `sutureMargin` or `suture` lower"
        )
      }
    }
    if let label = design.label {
      let least = parts.map(\.figures.labelHeight).min() ?? 0
      context.note("labelHeight", .number((least * 100).rounded() / 100))
      if !label.unknown.isEmpty {
        context.warn(
          "the label has characters that are drawn as question marks: \(String(label.unknown))")
      }
      for (number, part) in parts.enumerated() where part.figures.labelHeight == 0 {
        context.warn(
          "part \(number + 1): the label '\(label.text)' is left out: no place is wide and thick enough for letters of \((label.leastHeight * 10).rounded() / 10) mm; choose a shorter text, or set `labelStroke` or `labelDepth` lower"
        )
      }
    }
  }

  /// Warnings of what is lost or stays: pieces of which no part is left, tunnels of cranial parts, undercuts.
  func tellLosses(
    of made: ImplantDesign, asked design: PartDesign, isOfNothing: Bool, in context: StageContext
  ) {
    if made.parts.isEmpty, !isOfNothing {
      context.warn(
        "no part is left of the implant: it is thinner than the gap and the least wall everywhere; set `clearance` or `wall` lower"
      )
    }
    for (number, part) in made.parts.enumerated() where part.figures.rings > 0 {
      context.warn(
        "part \(number + 1) is cranial, and \(part.figures.rings) of its tunnels could be neither filled nor cut open, because too much of it would be lost; look at it before it is made"
      )
    }
    for (number, part) in made.parts.enumerated() {
      let lost = part.figures.undercut / max(1e-9, part.figures.completed - part.figures.gap)
      if lost > Self.muchUndercut {
        let verb = design.undercuts == .remove ? "is cut away" : "stays in the way"
        context.warn(
          "part \(number + 1): \(Int((100 * lost).rounded())) % of it lies behind bone on the best way in and \(verb); check whether the hole can be filled in one piece"
        )
      }
    }
  }

  /// From this share on undercuts are warned of.
  private static let muchUndercut = 0.1
}
