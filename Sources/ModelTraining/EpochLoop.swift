import BetaVAE
import Completion
import Concurrency
import Errors
import NeuralEngine

/// The loop over the epochs of one training stage.
struct EpochLoop {
  let trainer: TwoStageTrainer
  let stage: Int
  let settings: TrainingStage
  let architecture: Architecture
  private let latentMode: LatentMode

  init(_ trainer: TwoStageTrainer, _ stage: Int) {
    (self.trainer, self.stage) = (trainer, stage)
    let configuration = trainer.configuration
    settings = configuration.trainingStage(stage)
    architecture = configuration.architecture
    latentMode = stage == 1 ? configuration.latentMode : configuration.second?.latentMode ?? .mean
  }

  /// Trains from where `state` stands.
  ///
  /// - Returns: whether the training stage is over; where it is not, it was stopped and its
  ///   checkpoint written.
  func train(_ state: inout TrainingCheckpoint, _ events: TrainingEvents) throws -> Bool {
    guard state.epoch < settings.epochs, !state.endedEarly else {
      // A training stage without epochs, too, leaves something to go on from.
      if state.saved == nil { try trainer.writeLast(&state) }
      return true
    }
    let network = try trainer.engine.trainableNetwork(
      architecture, minibatch: settings.minibatch, decoderOnly: stage == 2,
      threads: trainer.threads, parallelism: trainer.parallelism)
    try network.setParameters(state.parameters)
    try setOptimizer(of: network, to: state)
    let encoder = stage == 2 ? try frozenEncoder(&state) : nil
    while state.epoch < settings.epochs, !state.endedEarly {
      guard try epoch(&state, network, encoder, events) else {
        save(network, in: &state)
        try trainer.writeLast(&state)
        return false
      }
    }
    return true
  }

  /// Restores Adam's state from the checkpoint; without one, Adam starts at 0.
  private func setOptimizer(of network: any TrainableNetwork, to state: TrainingCheckpoint) throws {
    guard state.optimizerSteps > 0 || !state.moments.isEmpty else { return }
    do throws(Diagnostic) {
      try network.setOptimizerState(state.moments, steps: state.optimizerSteps)
    } catch {
      throw Diagnostic(
        .malformed, trainer.path(TwoStageTrainer.lastCheckpoint),
        field: "optimizer.\(error.field)", expected: error.expected, found: error.found,
        remedy: "the checkpoint is damaged; start again in another folder")
    }
  }

  private func frozenEncoder(_ state: inout TrainingCheckpoint) throws -> FrozenEncoder {
    let encoder = try FrozenEncoder(
      trainer.engine.inferenceNetwork(
        architecture, parameters: state.autoencoder, minibatch: settings.minibatch,
        threads: trainer.threads),
      volumes: trainer.volumes, items: trainer.split.training,
      latentSize: architecture.latentSize, minibatch: settings.minibatch, ranks: trainer.ranks)
    if trainer.configuration.second?.standardizes == true, state.standardization == nil {
      state.standardization = LatentStandardization(
        means: encoder.means, logVariances: encoder.logVariances,
        latentSize: architecture.latentSize, mode: latentMode)
    }
    return encoder
  }

  private func save(_ network: any TrainableNetwork, in state: inout TrainingCheckpoint) {
    state.parameters = network.parameters()
    state.moments = network.optimizerState()
    state.optimizerSteps = network.steps
  }

  // MARK: An epoch

  /// - Returns: whether the epoch was ended, with its record and checkpoints.
  private func epoch(
    _ state: inout TrainingCheckpoint, _ network: any TrainableNetwork, _ encoder: FrozenEncoder?,
    _ events: TrainingEvents
  ) throws -> Bool {
    let clock = ContinuousClock()
    var began = clock.now
    let before = state.sums.seconds
    let plan = MinibatchPlan(
      trainer.volumes, trainer.split, trainer.configuration, stage: stage, epoch: state.epoch,
      done: state.sums.samples, ranks: trainer.ranks)
    // Of another size where other ranks had begun the epoch.
    state.step = plan.steps(of: state.sums.samples)
    if state.sums.steps == 0 { state.sums.steps = state.step }
    let ahead = Lookahead(min(state.step, plan.steps)..<plan.steps) { try plan.prepare($0) }
    defer { ahead.close() }
    var step = stepSettings(state, steps: plan.steps)
    // Its arrays are used again in every step.
    var losses = StepLosses()
    while let minibatch = try ahead.next() {
      step = stepSettings(state, steps: plan.steps)
      self.step(minibatch, step, network, encoder, state.standardization, into: &losses)
      guard losses.isFinite else { throw trainer.shared(diverged(losses, state)) }
      share(&losses, of: minibatch)
      add(losses, of: minibatch, to: &state.sums)
      state.step += 1
      state.sums.seconds = before + (clock.now - began) / .seconds(1)
      events.stepped(
        TrainingStep(
          place: state.place, stepsAnEpoch: plan.steps, epochs: settings.epochs,
          diceLoss: losses.dice, kld: stage == 1 ? losses.divergence : nil))
      if isToStop(events) { return false }
    }
    save(network, in: &state)
    try requireEqualParameters(state)
    let (verdict, reconstructions) = try judge(state, reconstructs: events.reconstructed != nil)
    state.sums.seconds = before + (clock.now - began) / .seconds(1)
    began = clock.now
    try events.reconstructed?(reconstructions)
    try end(&state, step, verdict, events)
    return true
  }

  /// The settings of the next step, or of the last one where the epoch has no more.
  private func stepSettings(_ state: TrainingCheckpoint, steps: Int) -> StepSettings {
    let place = min(state.step, steps - 1)
    var step = StepSettings()
    step.rate = Float(
      settings.rate.rate(
        at: Double(state.epoch) + Double(place + 1) / Double(steps), epochs: settings.epochs))
    step.beta =
      stage == 1
      ? Float(settings.beta.beta(at: Double(state.epoch) + Double(place) / Double(steps))) : 0
    step.diceWeight = Float(settings.diceWeight)
    step.freeBits = Float(settings.freeBits)
    step.clipNorm = Float(settings.clipNorm)
    step.weightDecay = Float(settings.weightDecay)
    return step
  }

  private func step(
    _ minibatch: MinibatchPlan.Prepared, _ step: StepSettings, _ network: any TrainableNetwork,
    _ encoder: FrozenEncoder?, _ standardization: LatentStandardization?,
    into losses: inout StepLosses
  ) {
    var (input, latents) = (minibatch.bits, minibatch.noise)
    if let encoder {
      latents = encoder.latents(minibatch, mode: latentMode)
      standardization?.apply(to: &latents)
      input = []
    }
    network.step(
      Minibatch(
        count: minibatch.own.count, input: input,
        target: minibatch.targets.isEmpty ? minibatch.bits : minibatch.targets, noise: latents),
      step,
      into: &losses)
  }

  private func diverged(_ losses: StepLosses, _ state: TrainingCheckpoint) -> Diagnostic {
    let found = "Dice loss \(losses.dice), KLD \(losses.divergence), norm \(losses.gradientNorm)"
    return Diagnostic(
      .diverged, field: "\(state.place)", expected: "losses and gradients that are numbers",
      found: found,
      // What is saved goes on with its own settings only, and would come to the same end.
      remedy: state.saved.map {
        "set a lower rate or a clip and train in another folder; "
          + "\(TwoStageTrainer.lastCheckpoint) of this one keeps \($0)"
      } ?? "set a lower rate or a clip and begin anew; nothing had been saved yet")
  }

  private func add(
    _ losses: StepLosses, of minibatch: MinibatchPlan.Prepared, to sums: inout EpochSums
  ) {
    sums.samples += minibatch.places.count
    sums.steps += 1
    sums.dice += losses.dice
    sums.divergence += losses.divergence
    sums.gradientNorm += losses.gradientNorm
    for (place, dice) in zip(minibatch.places, losses.foregroundDice) {
      let number = trainer.split.training[place].class
      sums.foreground[number] += dice
      sums.counts[number] += 1
    }
    if stage == 1 {
      sums.means += losses.mean
      sums.logVariances += losses.logVariance
    }
  }

  // MARK: Its end

  /// The scores of the weights on the validation set, nil without one; and what they make of the skull that is shown.
  private func judge(_ state: TrainingCheckpoint, reconstructs: Bool) throws -> (
    ValidationSet.Verdict?, [Reconstruction]
  ) {
    guard reconstructs || !trainer.validation.isEmpty else { return (nil, []) }
    var parameters = state.parameters
    if stage == 2 {
      parameters =
        state.autoencoder.filter { Architecture.isEncoder($0.name) }
        + (state.standardization?.folded(into: parameters) ?? parameters)
    }
    let network = try trainer.engine.inferenceNetwork(
      architecture, parameters: parameters, minibatch: settings.minibatch, threads: trainer.threads)
    let verdict =
      trainer.validation.isEmpty
      ? nil
      : trainer.validation.verdict(
        on: network, architecture, mode: latentMode, target: settings.target,
        diceWeight: settings.diceWeight, minibatch: settings.minibatch, ranks: trainer.ranks)
    return (
      verdict,
      reconstructs
        ? trainer.shown.reconstructions(
          by: network, architecture, mode: latentMode, target: settings.target) : []
    )
  }

  private func end(
    _ state: inout TrainingCheckpoint, _ step: StepSettings, _ verdict: ValidationSet.Verdict?,
    _ events: TrainingEvents
  ) throws {
    var record = EpochRecord(
      state, settings, step, verdict, classes: trainer.volumes.classes,
      latentSize: architecture.latentSize, seed: trainer.configuration.seed,
      ranks: trainer.rankCount)
    if let verdict {
      let beta = stage == 1 ? settings.beta.beta : 0
      let score =
        settings.score == .dice
        ? verdict.meanDice : -(verdict.diceLoss + beta * verdict.divergence)
      // A score that is no number is never the best.
      record.isBest = score > state.bestScore ?? -.infinity
      if record.isBest { (state.bestScore, state.bestEpoch) = (score, state.epoch) }
    }
    state.staleEpochs = record.isBest ? 0 : state.staleEpochs + 1
    state.endedEarly = settings.patience > 0 && state.staleEpochs >= settings.patience
    state.epoch += 1
    state.step = 0
    state.logLines += 1
    state.sums = EpochSums(classes: trainer.volumes.classes.count)
    // The line first: one too many is cut off when the training goes on, one too few never comes.
    try events.epochEnded(record)
    if record.isBest, trainer.isWriter {
      var best = state
      best.moments = []
      try best.write(to: trainer.path(TwoStageTrainer.bestCheckpoint), owner: trainer.owner)
    }
    try trainer.writeLast(&state)
  }
}
