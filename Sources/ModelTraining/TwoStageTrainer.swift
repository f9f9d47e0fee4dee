public import BetaVAE
import Completion
import Errors
import Files
import MessagePassing
public import NeuralEngine
import TensorFiles
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
  /// With whom it trains; nil: alone.
  package let parallelism: DataParallelism?
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
  ///   - parallelism: with whom it trains; all have the same configuration and volumes, rank 0 alone reads and writes
  ///     the folder, and every rank has minibatches of the configuration's size.
  /// - Throws: `Diagnostic` where a setting or the data cannot be used; what
  ///   `volumes` throws.
  public init(
    _ configuration: TrainingConfiguration, volumes: any TrainingVolumes, engine: any Engine,
    threads: Int, folder: String, program: String, storage: TrainedBetaVAE.Storage = .float32,
    parallelism: DataParallelism? = nil
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
    (self.storage, self.parallelism) = (storage, parallelism)
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

  var ranks: (any RankGroup)? { parallelism?.ranks }
  /// How many ranks train, 1 alone.
  var rankCount: Int { ranks?.count ?? 1 }
  /// Whether this process writes the files.
  var isWriter: Bool { (ranks?.rank ?? 0) == 0 }
  /// What the numbers of a training depend on beside its configuration and data.
  private var engineName: String {
    engine.name + (ranks.map { " on \(counted($0.count, "rank"))" } ?? "")
  }

  /// An error that every rank meets at the same place.
  func shared(_ diagnostic: Diagnostic) -> any Error {
    ranks == nil ? diagnostic : SharedFailure(Diagnostics([diagnostic]))
  }

  /// Trains to the end, or until it is stopped.
  ///
  /// - Parameter resume: continues from the checkpoint in the folder, if there is one.
  /// - Throws: ``Diagnostic`` with code `diverged` if a loss is not a number (the checkpoints stay
  ///   as they were), with `otherTraining` if the checkpoint belongs to another training, or if a
  ///   file cannot be written or read; what `events` and the volumes throw.
  public func run(resume: Bool, events: TrainingEvents = TrainingEvents()) throws -> TrainingOutcome
  {
    var state: TrainingCheckpoint
    if resume, let last = try checkpoint(Self.lastCheckpoint) {
      state = last
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
      if isWriter { try model.write(to: path(Self.firstStageFile)) }
      state = secondState(after: parameters, steps: steps, of: state)
      // Before the best checkpoint of stage 2 can take the place of stage 1's.
      try writeLast(&state)
    }
    guard let second = configuration.second else {
      throw shared(
        Diagnostic(
          .otherTraining, path(Self.lastCheckpoint), field: "stage2",
          expected: "a second stage, as the checkpoint has", found: "none",
          remedy: "put it back, or train in another folder"))
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
    let name = engineName
    if let last = state.engines.last, last != name {
      events.warned(
        "engine: expected \(last), on which this training ran, found \(name); it goes on, but "
          + "ends with other bytes than on one engine")
    }
    if !state.engines.contains(name) { state.engines.append(name) }
  }

  /// A checkpoint of the folder, which rank 0 reads for all: another machine may see older files. Nil where there is
  /// none.
  private func checkpoint(_ name: String) throws -> TrainingCheckpoint? {
    let path = path(name)
    guard let ranks else {
      return access(path, F_OK) == 0
        ? try TrainingCheckpoint(contentsOf: path, owner: owner) : nil
    }
    let isThere = ranks.rank == 0 && access(path, F_OK) == 0
    let bytes = try ranks.agree {
      guard isThere else { return [UInt8]() }
      let file = try InputFile(path)
      return try file.bytes(at: 0, count: file.size)
    }
    // An empty file is there, and damaged.
    guard ranks.broadcast([isThere ? 1 : 0]) == [1] else { return nil }
    let all = ranks.broadcast(bytes)
    return try ranks.agree {
      try TrainingCheckpoint(TensorArchive(bytes: all, name: path), path, owner: owner)
    }
  }

  /// Writes the checkpoint that the training continues from.
  func writeLast(_ state: inout TrainingCheckpoint) throws {
    if isWriter { try state.write(to: path(Self.lastCheckpoint), owner: owner) }
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
    guard let best = try checkpoint(Self.bestCheckpoint) else {
      throw shared(
        Diagnostic(
          .unreadable, path(Self.bestCheckpoint), field: "checkpoint",
          expected: "the best weights of stage \(state.stage)", found: "no such file",
          remedy: "put it back, or start again in another folder"))
    }
    let isNext = takesNext && best.epoch == state.epoch + 1
    guard best.stage == state.stage, best.epoch == state.bestEpoch + 1 || isNext else {
      throw shared(
        Diagnostic(
          .malformed, path(Self.bestCheckpoint), field: "epoch",
          expected: "stage \(state.stage), epoch \(state.bestEpoch)",
          found: "stage \(best.stage), epoch \(best.epoch - 1)",
          remedy: "a file was replaced; start again in another folder"))
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
}

extension TrainingCheckpoint {
  var place: TrainingPlace { TrainingPlace(stage: stage, epoch: epoch, step: step) }
}
