public import Files
import Foundation
public import ModelTraining

/// The page of a training, which lives on while it trains: curves, the divergence of each dimension, and how one skull is
/// reconstructed after each epoch.
public struct TrainingReport: Sendable {
  /// The name of the training.
  public var name: String
  public var state: State
  /// One line an epoch, in the order of the training.
  public var epochs: [EpochRecord]
  /// How one skull was reconstructed, in the order of the epochs.
  public var reconstructions: [Picture] = []
  /// Whether the training does not learn from that skull; nil: not known.
  public var isHeldBack: Bool?
  /// Every setting, by its name.
  public var settings: [String: String] = [:]
  /// Skulls to train on and to judge by.
  public var skulls: (training: Int, validation: Int)?
  public var classes: [String] = []
  public var warnings: [String] = []
  /// When it began, ISO 8601.
  public var started = ""
  /// The version of the program.
  public var program: String
  /// What was written, with size and SHA-256.
  public var outputs: [FileRecord] = []

  public enum State: Hashable, Sendable {
    /// It goes on; the page loads itself again.
    case running
    case finished, stopped
    /// With what went wrong.
    case failed(String)
  }

  /// How a skull was reconstructed after an epoch.
  public struct Picture: Hashable, Sendable {
    /// The training stage, 1 or 2.
    public var stage: Int
    /// The epoch of the stage, from 0.
    public var epoch: Int
    /// The picture as a PNG file, as the page embeds it.
    public var png: [UInt8]

    public init(stage: Int, epoch: Int, png: [UInt8]) {
      (self.stage, self.epoch, self.png) = (stage, epoch, png)
    }
  }

  public init(name: String, state: State, epochs: [EpochRecord], program: String) {
    (self.name, self.state, self.epochs, self.program) = (name, state, epochs, program)
  }

  /// The name of the file that the page is written into.
  public static let fileName = "report.html"
  /// Pictures on the page at most; of more, as many are taken evenly.
  static let mostPictures = 24
  /// How long a page waits until it loads itself again, in seconds: an epoch, within these bounds.
  private static let waiting = 3.0...60.0

  /// The page: UTF-8, some 100 kB and the pictures.
  public func html() throws -> [UInt8] {
    var page = Page(
      kind: "Training", title: name,
      made:
        "\(started.isEmpty ? "" : "Begun on \(String(started.prefix(10))), ")Calvaria \(program). \(stateText)",
      content: "\(warningSection)\(cards)\(curves)\(pictures)\(dimensions)\(provenance)")
    page.scripts = [TrainingScript.source]
    let known = epochs.map(\.seconds).filter { $0.isFinite && $0 >= 0 }.suffix(5)
    let seconds = known.reduce(0, +) / Double(max(1, known.count))
    struct Settings: Encodable {
      var reloads: Bool
      var seconds: Double
    }
    page.data = [
      (
        "training", "application/json",
        try Page.json(
          Settings(
            reloads: state == .running,
            seconds: min(max(seconds, Self.waiting.lowerBound), Self.waiting.upperBound).rounded()))
      )
    ]
    return page.html
  }

  private var stateText: String {
    switch state {
    case .running: "It is running; this page loads itself again after each epoch."
    case .finished: "It is finished."
    case .stopped: "It was stopped and can go on."
    case .failed: "It failed."
    }
  }

  private var warningSection: Markup {
    var items = warnings
    if case .failed(let reason) = state { items.insert(reason, at: 0) }
    guard !items.isEmpty else { return "" }
    let list: [Markup] = items.map { "<li>\(withoutFolders($0))</li>\n" }
    let kind: Markup = if case .failed = state { "warnings failure" } else { "warnings" }
    return """
      <section class="\(kind)" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul>
      \(list)</ul></section>

      """
  }

  private var withoutFolders: PlainPaths {
    PlainPaths(of: settings.values.filter { $0.contains("/") })
  }

  private var cards: Markup {
    var cards = Cards()
    let planned = [1, 2].compactMap { settings["stage\($0).epochs"].flatMap { Int($0) } }
    let all = planned.reduce(0) {
      $0.addingReportingOverflow(max(0, min($1, 1 << 30))).partialValue
    }
    cards.add(
      "Epochs", "\(epochs.count)",
      all > 0 ? "of \(all) in \(planned.count == 1 ? "one stage" : "two stages")" : "")
    guard let last = epochs.last else { return cards.markup }
    let seconds = epochs.map(\.seconds).reduce(0, +)
    let left =
      state == .running && all > epochs.count
      ? "about \(Figures.seconds(last.seconds * Double(all - epochs.count))) left" : ""
    cards.add("Time", Figures.seconds(seconds), left)
    cards.add(
      "Dice loss", Figures.text(last.diceLoss, digits: 1), "a minibatch, stage \(last.stage)")
    if let kld = epochs.last(where: { $0.kld != nil })?.kld {
      cards.add("KLD", LineChart.short(kld), "nats a minibatch, without β")
    }
    cards.add("Dice, training", Figures.text(last.trainingDice, digits: 3))
    if let dice = last.validationDice {
      cards.add("Dice, validation", Figures.text(dice, digits: 3), "skulls that were held back")
    }
    if let best = epochs.last(where: { $0.isBest && $0.stage == last.stage }) {
      cards.add("Best epoch", "\(best.epoch)", "of stage \(best.stage)")
    }
    if let units = epochs.last(where: { $0.activeUnits != nil })?.activeUnits {
      cards.add("Active units", "\(units)", "dimensions that vary")
    }
    return cards.markup
  }

  private var curves: Markup {
    guard !epochs.isEmpty else { return "" }
    let border = epochs.firstIndex { $0.stage == 2 }
    func chart(
      _ title: String, _ unit: String, _ curves: [(String, [Double?])], log: Bool = false
    ) -> Markup {
      LineChart(
        title: title, unit: unit, curves: curves, isLogarithmic: log,
        border: border == 0 ? nil : border
      ).markup
    }
    let charts: [Markup] = [
      chart(
        "Dice loss by epoch", "a minibatch",
        [("training", epochs.map(\.diceLoss)), ("validation", epochs.map(\.validationDiceLoss))]),
      chart(
        "Dice of whole skulls by epoch", "",
        [("training", epochs.map(\.trainingDice)), ("validation", epochs.map(\.validationDice))]),
      chart(
        "Divergence by epoch, logarithmic", "nats a minibatch",
        [("training", epochs.map(\.kld)), ("validation", epochs.map(\.validationKLD))], log: true),
      chart(
        "Active units by epoch", "dimensions",
        [("active", epochs.map { $0.activeUnits.map(Double.init) })]),
      chart(
        "Information in the latents by epoch", "nats",
        [("bound", epochs.map(\.informationBound)), ("estimate", epochs.map(\.information))]),
      chart(
        "Learning rate by epoch, logarithmic", "", [("rate", epochs.map(\.rate))], log: true),
    ]
    return """
      <section aria-labelledby="curves"><h2 id="curves">Curves</h2>
      <p class="quiet">\(border == nil || border == 0 ? "" : "The second training stage begins at the dotted line. ")Epochs are counted from 0.</p>
      <div class="charts">\(charts)</div></section>

      """
  }

  private var dimensions: Markup {
    guard let last = epochs.last(where: { $0.kldByDimension != nil }),
      let divergence = last.kldByDimension, !divergence.isEmpty
    else { return "" }
    let sorted = divergence.enumerated().sorted { $0.element > $1.element }
    let chart = BarChart(
      title: "Divergence of each dimension, sorted, after epoch \(last.epoch) of stage 1",
      unit: "nats",
      bars: sorted.map { ("dimension \($0.offset)", $0.element) })
    let variance = last.aggregateVariance.flatMap { variances -> Markup? in
      guard variances.count == divergence.count else { return nil }
      return BarChart(
        title: "Variance of the aggregate posterior, in the same order; the prior's is 1", unit: "",
        bars: sorted.map { ("dimension \($0.offset)", variances[$0.offset]) }
      ).markup
    }
    return """
      <section aria-labelledby="dimensions"><h2 id="dimensions">Latent dimensions</h2>
      <div class="charts">\(chart.markup)\(variance ?? "")</div></section>

      """
  }

  /// Of many some evenly, the last among them.
  static func shown<Element>(of all: [Element]) -> [Element] {
    guard all.count > mostPictures else { return all }
    return (0..<mostPictures).map { all[$0 * (all.count - 1) / (mostPictures - 1)] }
  }

  private var pictures: Markup {
    let shown = Self.shown(of: reconstructions)
    guard !shown.isEmpty else { return "" }
    let figures: [Markup] = shown.enumerated().map { number, picture in
      let hidden: Markup = number == shown.count - 1 ? "" : " hidden"
      let name = "stage \(picture.stage), epoch \(picture.epoch)"
      return """
        <figure\(hidden) data-name="\(name)"><img alt="Reconstructions of one skull after \(name): each class as it is and as it was decoded, in a sagittal and an axial slice" \
        src="data:image/png;base64,\(Page.base64(picture.png))"><figcaption>After \(name)</figcaption></figure>

        """
    }
    let whose =
      isHeldBack == true
      ? "A skull that was held back: the training has not seen it."
      : isHeldBack == false ? "A skull of the training itself, as none was held back." : ""
    return """
      <section aria-labelledby="shapes"><h2 id="shapes">Reconstructions</h2>
      <p class="quiet">\(whose) Each class as it is and as the network decodes it: a sagittal and an axial slice, the whiter the \
      surer.</p>
      <div class="controls screen"><label for="epoch">After <input type="range" id="epoch" min="0" max="\(shown.count - 1)" \
      value="\(shown.count - 1)" aria-valuetext="the last epoch"></label> <output id="epoch-name" for="epoch"></output>
      <label><input type="checkbox" id="reload" checked> Load again after each epoch</label></div>
      <div id="pictures">
      \(figures)</div></section>

      """
  }

  private var provenance: Markup {
    let rows: [[Markup]] = settings.sorted { $0.key < $1.key }.map {
      ["\($0.key)", "\(withoutFolders($0.value))"]
    }
    let files: [[Markup]] = outputs.map {
      [.name($0.path), "\(Figures.bytes($0.bytes))", .hash($0.sha256)]
    }
    let counts: Markup =
      skulls.map {
        "<p>\($0.training) skulls to train on, \($0.validation) held back; classes: \(classes.joined(separator: ", ")).</p>\n"
      } ?? ""
    let table = Table(
      caption: "Every setting.", columns: [.init("Setting"), .init("Value")], rows: rows)
    let written =
      files.isEmpty
      ? ""
      : Table(
        caption: "What was written.",
        columns: [.init("File"), .init("Size", isNumber: true), .init("SHA-256")], rows: files
      ).markup
    return """
      <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
      \(counts)\(written)<details><summary>Settings</summary>
      \(table.markup)</details></section>

      """
  }
}
