import BetaVAE
import Completion

extension TrainingConfiguration {
  /// Every setting as a text by its key, as checkpoints and model files record it; two
  /// configurations with the same texts train the same.
  public var texts: [String: String] {
    var texts = [
      "training": name, "seed": "\(seed)", "model.latent": latentMode.rawValue,
      "data.validation": "\(validationFraction)",
    ]
    for (key, text) in architecture.texts { texts["network.\(key)"] = text }
    for (key, text) in first.texts(isFirst: true) { texts["stage1.\(key)"] = text }
    if let second {
      for (key, text) in second.stage.texts(isFirst: false) { texts["stage2.\(key)"] = text }
      texts["stage2.latent"] = second.latentMode.rawValue
      texts["stage2.standardize"] = second.standardizes ? "perDimension" : "none"
    }
    // Only where it is not the default, so that checkpoints from before go on.
    if !synchronizesNormalization { texts["ranks.normalization"] = "own" }
    return texts
  }

  /// The first key, by the alphabet, in which a checkpoint's settings differ so that it cannot be
  /// continued, with both texts; nil where it can.
  ///
  /// Only the epochs of a training stage may grow: of one that is to come, and of the present one
  /// unless its rate depends on their number.
  func difference(from old: [String: String], stage present: Int) -> (
    key: String, old: String, new: String
  )? {
    let new = texts
    for key in Set(old.keys).union(new.keys).sorted() where old[key] != new[key] {
      if let number = [1, 2].first(where: { key == "stage\($0).epochs" }), number >= present,
        let before = old[key].flatMap({ Int($0) }), let after = new[key].flatMap({ Int($0) }),
        after > before
      {
        if case .cosine = trainingStage(number).rate.course, number == present {
        } else {
          continue
        }
      }
      return (key, old[key] ?? "nothing", new[key] ?? "nothing")
    }
    return nil
  }
}

extension TrainingStage {
  fileprivate func texts(isFirst: Bool) -> [String: String] {
    var texts = [
      "epochs": "\(epochs)", "batch": "\(minibatch)", "rate": "\(rate.rate)",
      "warm_up": "\(rate.warmUp)", "dice_weight": "\(diceWeight)", "clip": "\(clipNorm)",
      "weight_decay": "\(weightDecay)", "patience": "\(patience)", "score": score.rawValue,
      "keep": kept.rawValue,
    ]
    texts["schedule"] =
      switch rate.course {
      case .constant: "constant"
      case .step(let every, let factor): "step \(every) \(factor)"
      case .cosine(let floor): "cosine \(floor)"
      }
    // Only where it is not the paper's, so that checkpoints from before go on.
    if target != .scan { texts["target"] = target.rawValue }
    if isFirst {
      texts["beta"] = "\(beta.beta)"
      texts["free_bits"] = "\(freeBits)"
      texts["beta_schedule"] =
        switch beta.course {
        case .fixed: "fixed"
        case .annealed(let epochs): "annealed \(epochs)"
        case .cyclic(let period, let rising): "cyclic \(period) \(rising)"
        }
    }
    return texts
  }
}
