import Latents

/// The figures that there are, in the order in which they are drawn; the names of their files.
enum FigureKind: String, CaseIterable {
  case classes = "fig-1-classes"
  case gaussians = "fig-2-gaussians"
  case curves = "fig-3-curves"
  case longRun = "fig-4-long-run"
  case latents = "fig-5-latents"
  case sweep = "fig-6-gamma-sweep"
  case cranial = "fig-7-cranial"
  case facial = "fig-8-facial"
  case divergence = "kld-by-dimension"
  case pareto
  case traversals
  case training
  case scoresByKind = "scores-by-kind"
  case scoresByGamma = "scores-by-gamma"
  case scoresByModel = "scores-by-model"

  /// The keys of the figures file that it needs.
  var needs: [String] {
    switch self {
    case .classes: ["data.population"]
    case .gaussians: []
    case .curves, .divergence: ["trainings.small", "trainings.large"]
    case .longRun: ["trainings.long"]
    case .latents: ["data.population", "trainings.small", "trainings.large"]
    case .sweep: ["data.population", "data.unseen", "trainings.small"]
    case .cranial, .facial:
      ["data.population", "data.unseen", "trainings.small", "trainings.decoupled"]
    case .pareto:
      ["trainings.small", "trainings.large", "trainings.decoupled", "trainings.between"]
    case .traversals: ["data.population", "data.unseen", "trainings.small"]
    case .training: ["trainings.shown"]
    case .scoresByKind: ["scores.kinds"]
    case .scoresByGamma: ["scores.gamma"]
    case .scoresByModel: ["scores.models"]
    }
  }
}

extension FiguresFile {
  /// Whether a key of those that figures need is set.
  func has(_ key: String) -> Bool {
    switch key {
    case "data.population": data.population != nil
    case "data.unseen": data.unseen != nil
    case "trainings.small": trainings.small != nil
    case "trainings.large": trainings.large != nil
    case "trainings.decoupled": trainings.decoupled != nil
    case "trainings.long": trainings.long != nil
    case "trainings.between": !trainings.between.isEmpty
    case "trainings.shown": trainings.shown != nil
    case "scores.kinds": scores.kinds != nil
    case "scores.gamma": !scores.gamma.isEmpty
    case "scores.models": !scores.models.isEmpty
    default: false
    }
  }
}
