import BetaVAE
import Completion
import NeuralEngine

/// The finished model, and what its file tells of it.
extension TwoStageTrainer {
  func finish(
    _ model: inout TrainedBetaVAE, _ stage: TrainingStage, _ state: TrainingCheckpoint
  ) throws -> TrainingOutcome {
    let scores = try describe(&model, mode: model.latentMode, stage, state)
    if isWriter { try model.write(to: path(ModelFile.name), as: storage) }
    return .finished(model, scores)
  }

  /// Adds to a model what is known of its latents, its scores and where it comes from. No times: the
  /// same training gives the same bytes.
  ///
  /// - Returns: the scores; nil without validation skulls.
  func describe(
    _ model: inout TrainedBetaVAE, mode: LatentMode, _ stage: TrainingStage,
    _ state: TrainingCheckpoint
  ) throws -> ValidationScores? {
    let minibatch = configuration.first.minibatch
    let network = try engine.inferenceNetwork(
      model.architecture, parameters: model.parameters, minibatch: minibatch, threads: threads)
    for (number, name) in volumes.classes.enumerated() {
      let items = split.training.filter { $0.class == number }
      guard !items.isEmpty else { continue }
      let (means, logVariances) = try FrozenEncoder.posteriors(
        network, volumes, items, latentSize: model.architecture.latentSize, minibatch: minibatch,
        ranks: ranks)
      model.classes.append(
        LatentClass(
          name: name, means: means, logVariances: logVariances,
          latentSize: model.architecture.latentSize, mode: mode))
    }
    for (key, text) in configuration.texts { model.provenance["configuration.\(key)"] = text }
    model.provenance["program"] = program
    model.provenance["engine"] = state.engines.joined(separator: ", ")
    model.provenance["data"] = volumes.identity
    for (key, text) in volumes.provenance { model.provenance["data.\(key)"] = text }
    model.provenance["skulls.training"] = "\(Set(split.training.map(\.skull)).count)"
    model.provenance["skulls.validation"] = "\(Set(split.validation.map(\.skull)).count)"
    guard !validation.isEmpty else { return nil }
    let verdict = validation.verdict(
      on: network, model.architecture, mode: mode, target: stage.target,
      diceWeight: configuration.first.diceWeight, minibatch: minibatch, ranks: ranks)
    let dice = zip(volumes.classes, verdict.dice).compactMap { name, dice in dice.map { (name, $0) }
    }
    let scores = ValidationScores(
      meanDice: verdict.meanDice, dice: Dictionary(uniqueKeysWithValues: dice))
    for (key, text) in scores.texts { model.provenance[key] = text }
    return scores
  }
}
