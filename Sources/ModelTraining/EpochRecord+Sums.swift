import Completion
package import NeuralEngine

extension EpochRecord {
  /// The record of an epoch whose steps are done; whether it is the best is not known yet.
  package init(
    _ state: TrainingCheckpoint, _ settings: TrainingStage, _ step: StepSettings,
    _ verdict: ValidationSet.Verdict?, classes: [String], latentSize: Int, seed: UInt64,
    ranks: Int = 1
  ) {
    // 0.003 of single precision is 0.003 in the log, not 0.003000000026.
    func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
    let sums = state.sums
    let minibatch = Double(settings.minibatch * ranks)
    let minibatches = Double(max(1, sums.samples)) / minibatch
    let isFirst = state.stage == 1
    func byClass(_ values: [Double?]) -> [String: Double] {
      Dictionary(
        zip(classes, values).compactMap { name, value in value.map { (name, $0) } },
        uniquingKeysWith: { a, _ in a })
    }
    let posterior =
      isFirst && !sums.means.isEmpty
      ? PosteriorStatistics(
        means: sums.means, logVariances: sums.logVariances, latentSize: latentSize,
        random: RandomNumbers(seed: seed, .information, UInt64(state.epoch))) : nil
    let count = sums.counts.reduce(0, +)
    let dice = sums.dice / minibatches
    let kld = sums.divergence / minibatches
    self.init(
      stage: state.stage, epoch: state.epoch, steps: state.optimizerSteps, diceLoss: dice,
      diceLossSum: sums.dice, kld: isFirst ? kld : nil, kldSum: isFirst ? sums.divergence : nil,
      loss: dice + (isFirst ? Double(step.beta) * kld : 0),
      gradientNorm: sums.gradientNorm / Double(max(1, sums.steps)),
      trainingDice: sums.foreground.reduce(0, +) / max(1, count),
      trainingDiceByClass: byClass(
        zip(sums.foreground, sums.counts).map { $1 > 0 ? $0 / $1 : nil }),
      validationDice: verdict?.meanDice, validationDiceByClass: verdict.map { byClass($0.dice) },
      validationDiceLoss: verdict.map { $0.diceLoss * minibatch },
      validationKLD: isFirst ? verdict.map { $0.divergence * minibatch } : nil,
      kldByDimension: posterior?.divergence, activeUnits: posterior?.activeUnits,
      informationBound: posterior?.divergence.reduce(0, +), information: posterior?.information,
      informationSamples: posterior?.informationSamples, aggregateMean: posterior?.mean,
      aggregateVariance: posterior?.variance, rate: shortest(step.rate),
      beta: isFirst ? shortest(step.beta) : nil, isBest: false, seconds: sums.seconds)
  }
}
