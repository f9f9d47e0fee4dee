import BetaVAE
import NeuralEngine
import Settings
import Skulls
import SyntheticSkulls

extension SettingsReader {
  /// The section `data`.
  mutating func source(for architecture: Architecture, validation: Double)
    -> TrainingFile.Source
  {
    if has("data.folder") {
      return .folder(
        TrainingFile.FolderSource(
          folder: text("data.folder") ?? "", complete: text("data.complete") ?? "complete_skull",
          cranial: list("data.cranial") ?? [], facial: list("data.facial") ?? [],
          framing: choice("data.framing", ["fov", "pose"]) == "pose" ? .pose : .fieldOfView,
          segment: text("data.segment"), copies: integer("data.copies", 1...64) ?? 1))
    }
    let kinds = Defect.Kind.allCases.map(\.rawValue)
    let skulls = integer("data.skulls", 1...100_000, required: true) ?? 1
    let seed = seed("data.seed") ?? 1
    let template = text("data.template", "sample, analytic or a file") ?? "sample"
    let cranial = list("data.cranial", words: kinds) ?? ["prism"]
    let facial = list("data.facial", words: kinds) ?? ["facial"]
    // What each key alone cannot tell, once more.
    let isSound = diagnostics.isEmpty
    if isSound, skulls == 1, validation > 0 {
      report(
        "data.skulls", expected: "at least 2, one of them to judge by", found: "1",
        remedy: "make more, or set data.validation: 0, keep: last in each stage")
    }
    let shape = architecture.inputShape
    if isSound,
      (0..<3).contains(where: { !Population.sizes.contains(shape[$0]) })
        || architecture.voxels > Population.largestCount
    {
      report(
        has("network.shape") ? "network.shape" : "network",
        expected:
          "\(Population.sizes.lowerBound) to \(Population.sizes.upperBound) voxels along each "
          + "axis and at most \(Population.largestCount) in all, for skulls of a population",
        found: architecture.shapeText, remedy: "choose a size such as 64x64x32")
    }
    let redraws = choice("data.redraw", ["each-epoch", "never"]) == "each-epoch"
    return .population(
      TrainingFile.PopulationSource(
        skulls: skulls, seed: seed, template: template,
        cranial: cranial.compactMap(Defect.Kind.init(rawValue:)),
        facial: facial.compactMap(Defect.Kind.init(rawValue:)), redraws: redraws,
        randomization: randomization()))
  }

  /// `data.randomize`: true, or what strays otherwise than by itself.
  private mutating func randomization() -> Randomization? {
    var settings = Randomization()
    guard has(section: "data.randomize") else {
      return choice("data.randomize", ["true", "false"]) == "true" ? settings : nil
    }
    func key(_ name: String) -> String { "data.randomize.\(name)" }
    let shares: [(String, WritableKeyPath<Randomization, Double>, ClosedRange<Double>)] = [
      ("turn", \.turn, 0...60), ("asymmetry", \.asymmetry, 0...0.3),
      ("sutures", \.sutures, 0...1), ("air_cells", \.airCells, 0...1), ("cuts", \.cuts, 0...1),
      ("dust", \.dust, 0...1), ("analytic", \.analytic, 0...1),
      ("misplacement", \.misplacement, 0...20),
    ]
    for (name, path, limits) in shares {
      if let value = number(key(name), limits) { settings[keyPath: path] = value }
    }
    let ranges:
      [(String, WritableKeyPath<Randomization, ClosedRange<Double>>, ClosedRange<Double>)] =
        [
          ("sizes", \.sizes, 0.6...1.3), ("thickness", \.thickness, 1...15),
          ("views", \.views, 120...400), ("slices", \.slices, 0.1...10),
        ]
    for (name, path, limits) in ranges {
      if let value = range(key(name), in: limits) { settings[keyPath: path] = value }
    }
    if let holes = integer(key("holes"), 1...8) { settings.holes = holes }
    return settings
  }
}
