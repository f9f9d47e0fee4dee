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
}
