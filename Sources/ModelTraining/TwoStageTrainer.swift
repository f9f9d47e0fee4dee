public import BetaVAE
import Completion
import Errors
public import NeuralEngine
import Glibc

/// Trains a β-VAE and then, if configured, a separate decoder on the latents of the frozen encoder;
/// the result is one autoencoder.
///
/// Writes `last.ckpt` and `best.ckpt`, `stage1.safetensors` if there is a stage 2, and at the end
/// `model.safetensors`. A training killed at any moment continues from `last.ckpt` and ends
/// with the same bytes as an uninterrupted one, on the same engine. On another engine it continues
/// with a warning, and the model's provenance names both.
///
/// *Source*: Li et al., "Training β-VAE by aggregating a learned Gaussian posterior with a decoupled
/// decoder", 2022.
public final class TwoStageTrainer {
  package let configuration: TrainingConfiguration
  package let volumes: any TrainingVolumes
  package let engine: any Engine
  package let threads: Int
  package let folder: String
  package let program: String
  package let storage: TrainedBetaVAE.Storage
  /// Which skulls are trained on, and which judge.
  public let split: TrainingSplit
  package let validation: ValidationSet
  package let shown: ShownSkull

  /// A training that is ready to begin.
  ///
  /// - Parameters:
  ///   - folder: an existing folder that no other training writes into.
  ///   - program: the program and its version, for the model file.
  ///   - storage: how the finished model holds its numbers; stage 1's is always in binary32.
  /// - Throws: `Diagnostic` where a setting or the data cannot be used; what
  ///   `volumes` throws.
  public init(
    _ configuration: TrainingConfiguration, volumes: any TrainingVolumes, engine: any Engine,
    threads: Int, folder: String, program: String, storage: TrainedBetaVAE.Storage = .float32
  ) throws {
    try configuration.validate()
    func wrong(_ field: String, _ expected: String, _ found: String) -> Diagnostic {
      Diagnostic(
        .badData, field: field, expected: expected, found: found, remedy: "change the data")
    }
    guard volumes.shape == configuration.architecture.inputShape else {
      let shape = volumes.shape
      throw wrong(
        "data", "volumes of \(configuration.architecture.shapeText) voxels",
        "\(shape.x)x\(shape.y)x\(shape.z)")
    }
    for name in volumes.classes where !LatentClass.isName(name) {
      throw wrong("data.classes", "names of small letters, digits, - and _", name)
    }
    split = TrainingSplit(
      volumes, fraction: configuration.validationFraction, seed: configuration.seed)
    guard !split.training.isEmpty,
      configuration.validationFraction == 0 || !split.validation.isEmpty
    else {
      throw wrong(
        "data", "skulls to train on and, with a validation fraction, to judge by",
        counted(volumes.skulls, "skull"))
    }
    (self.configuration, self.volumes, self.engine) = (configuration, volumes, engine)
    (self.threads, self.folder, self.program) = (threads, folder, program)
    self.storage = storage
    validation = try ValidationSet(
      volumes, split.validation,
      withComplete: [configuration.first, configuration.second?.stage].contains {
        $0?.target == .complete
      })
    shown = try ShownSkull(volumes, split)
  }

  /// The checkpoint that a training continues from.
  public static let lastCheckpoint = "last.ckpt"
  /// The checkpoint of the training stage's best weights.
  public static let bestCheckpoint = "best.ckpt"
  /// The model of stage 1, if there is a stage 2.
  public static let firstStageFile = "stage1.safetensors"

  /// Trains to the end, or until it is stopped.
  ///
  /// - Parameter resume: continues from the checkpoint in the folder, if there is one.
  /// - Throws: ``Diagnostic`` with code `diverged` if a loss is not a number (the checkpoints stay
  ///   as they were), with `otherTraining` if the checkpoint belongs to another training, or if a
  ///   file cannot be written or read; what `events` and the volumes throw.
  public func run(resume: Bool, events: TrainingEvents = TrainingEvents()) throws -> TrainingOutcome
  {
    var state: TrainingCheckpoint
    if resume, access(path(Self.lastCheckpoint), F_OK) == 0 {
      state = try TrainingCheckpoint(contentsOf: path(Self.lastCheckpoint), owner: owner)
      // A best checkpoint that is gone is told now, not when the training stage has ended.
      // One that is an epoch ahead was written before a kill kept the last one back: that epoch is done
      // again, and ends in the same best.
      _ = try result(of: state, orOfTheNextEpoch: true)
    } else {
      state = TrainingCheckpoint(classes: volumes.classes.count)
      state.parameters = configuration.architecture.initialParameters(seed: configuration.seed)
    }
    noteEngine(in: &state, events)
    try events.began(state.logLines, state.place)
    if state.stage == 1 {
      guard try EpochLoop(self, state.stage).train(&state, events) else {
        return .interrupted(state.place)
      }
      let (parameters, steps) = try result(of: state)
      var model = try TrainedBetaVAE(
        architecture: configuration.architecture, parameters: parameters,
        latentMode: configuration.latentMode)
      model.trackedBatches = .init(encoder: Int64(steps), decoder: Int64(steps))
      model.provenance["stage1.steps"] = "\(steps)"
      guard configuration.second != nil else {
        return try finish(&model, configuration.first, state)
      }
      _ = try describe(&model, mode: configuration.latentMode, configuration.first, state)
      try model.write(to: path(Self.firstStageFile))
      state = secondState(after: parameters, steps: steps, of: state)
      // Before the best checkpoint of stage 2 can take the place of stage 1's.
      try writeLast(&state)
    }
    guard let second = configuration.second else {
      throw Diagnostic(
        .otherTraining, path(Self.lastCheckpoint), field: "stage2",
        expected: "a second stage, as the checkpoint has", found: "none",
        remedy: "put it back, or train in another folder")
    }
    guard try EpochLoop(self, 2).train(&state, events) else { return .interrupted(state.place) }
    let (decoder, steps) = try result(of: state)
    var model = try TrainedBetaVAE(
      architecture: configuration.architecture, parameters: state.autoencoder,
      latentMode: second.latentMode
    ).replacingDecoder(decoder, standardization: state.standardization)
    model.trackedBatches = .init(encoder: Int64(state.encoderSteps), decoder: Int64(steps))
    model.provenance["stage1.steps"] = "\(state.encoderSteps)"
    model.provenance["stage2.steps"] = "\(steps)"
    return try finish(&model, second.stage, state)
  }

  /// Adds this run's engine to those of the training; another one than before rounds otherwise.
  private func noteEngine(in state: inout TrainingCheckpoint, _ events: TrainingEvents) {
    if let last = state.engines.last, last != engine.name {
      events.warned(
        "engine: expected \(last), on which this training ran, found \(engine.name); it goes on, but "
          + "ends with other bytes than on one engine")
    }
    if !state.engines.contains(engine.name) { state.engines.append(engine.name) }
  }

  /// Writes the checkpoint that the training continues from.
  func writeLast(_ state: inout TrainingCheckpoint) throws {
    try state.write(to: path(Self.lastCheckpoint), owner: owner)
    state.saved = state.place
  }

  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  var owner: TrainingCheckpoint.Owner {
    TrainingCheckpoint.Owner(
      configuration: configuration, data: volumes.identity, classes: volumes.classes.count,
      threads: threads)
  }

  /// The weights that a training stage is left with, and the steps that made them.
  private func result(
    of state: TrainingCheckpoint, orOfTheNextEpoch takesNext: Bool = false
  ) throws -> ([Parameter], Int) {
    guard configuration.trainingStage(state.stage).kept == .best, state.bestScore != nil else {
      return (state.parameters, state.optimizerSteps)
    }
    let best = try TrainingCheckpoint(contentsOf: path(Self.bestCheckpoint), owner: owner)
    let isNext = takesNext && best.epoch == state.epoch + 1
    guard best.stage == state.stage, best.epoch == state.bestEpoch + 1 || isNext else {
      throw Diagnostic(
        .malformed, path(Self.bestCheckpoint), field: "epoch",
        expected: "stage \(state.stage), epoch \(state.bestEpoch)",
        found: "stage \(best.stage), epoch \(best.epoch - 1)",
        remedy: "a file was replaced; start again in another folder")
    }
    return (best.parameters, best.optimizerSteps)
  }

  private func secondState(
    after parameters: [Parameter], steps: Int, of first: TrainingCheckpoint
  ) -> TrainingCheckpoint {
    var state = TrainingCheckpoint(classes: volumes.classes.count)
    state.stage = 2
    state.logLines = first.logLines
    state.engines = first.engines
    state.saved = first.saved
    state.encoderSteps = steps
    state.autoencoder = parameters
    state.parameters = configuration.architecture.initialParameters(
      seed: configuration.seed, stage: 2, decoderOnly: true)
    return state
  }

  private func finish(
    _ model: inout TrainedBetaVAE, _ stage: TrainingStage, _ state: TrainingCheckpoint
  ) throws -> TrainingOutcome {
    let scores = try describe(&model, mode: model.latentMode, stage, state)
    try model.write(to: path(ModelFile.name), as: storage)
    return .finished(model, scores)
  }

  /// Adds to a model what is known of its latents, its scores and where it comes from. No times: the
  /// same training gives the same bytes.
  ///
  /// - Returns: the scores; nil without validation skulls.
  private func describe(
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
        network, volumes, items, minibatch: minibatch)
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
      diceWeight: configuration.first.diceWeight, minibatch: minibatch)
    let dice = zip(volumes.classes, verdict.dice).compactMap { name, dice in dice.map { (name, $0) }
    }
    let scores = ValidationScores(
      meanDice: verdict.meanDice, dice: Dictionary(uniqueKeysWithValues: dice))
    for (key, text) in scores.texts { model.provenance[key] = text }
    return scores
  }
}

extension TrainingCheckpoint {
  var place: TrainingPlace { TrainingPlace(stage: stage, epoch: epoch, step: step) }
}
