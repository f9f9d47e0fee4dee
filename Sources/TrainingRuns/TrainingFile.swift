public import BetaVAE
import Completion
import Dataflow
public import ModelTraining
public import Settings
public import Skulls
public import Errors
import Files
import NeuralEngine
public import SyntheticSkulls

/// A training file that has been read and checked: what to train on what.
///
/// ```yaml
/// version: 1
/// training: shipped
/// seed: 1
/// network: {preset: 64x64x32}
/// data: {skulls: 1000, cranial: [prism, sphere], facial: [facial], redraw: each-epoch}
/// stage1: {epochs: 100, rate: 0.0003, beta: 0.0001}
/// stage2: {epochs: 60, latent: mean, standardize: perDimension}
/// model: {latent: mean, storage: float16}
/// ```
public struct TrainingFile: Sendable {
  /// The version of this form.
  public static let version = 1

  public var path: String
  /// SHA-256 of the file's bytes, before `--set` changed any of its values.
  public var sha256: String
  public var configuration: TrainingConfiguration
  public var data: Source
  /// How the finished model's file holds its numbers.
  public var storage: TrainedBetaVAE.Storage

  /// Where the volumes come from.
  public enum Source: Hashable, Sendable {
    /// Synthetic skulls, made in memory.
    case population(PopulationSource)
    /// Masks or CTs in folders, one a class.
    case folder(FolderSource)
  }

  /// Skulls that a seed draws, so that no file is needed.
  public struct PopulationSource: Hashable, Sendable {
    public var skulls: Int
    public var seed: UInt64
    /// What is varied: `sample` (the sample CT), `analytic` (formulas, in cells of 4 mm) or a file.
    public var template: String
    /// The kinds of holes of the class `cranial`.
    public var cranial: [Defect.Kind]
    /// The kinds of holes of the class `facial`.
    public var facial: [Defect.Kind]
    /// Whether each epoch gets other holes.
    public var redraws: Bool
    /// How heads and scans stray in every epoch; nil: they do not, and lie as the population has them.
    public var randomization: Randomization?
  }

  /// Folders of NRRD or NIfTI files, those of one skull with the same name.
  public struct FolderSource: Hashable, Sendable {
    /// The folder that the others are in.
    public var folder: String
    public var complete: String
    /// The folders of skulls with cranial holes.
    public var cranial: [String]
    /// The folders of skulls with facial holes.
    public var facial: [String]
    /// How skulls are laid into the network's field of view: ``FramingRule/pose`` or ``FramingRule/fieldOfView``.
    public var framing = FramingRule.fieldOfView
    /// The segment that is bone, of files that name segments; nil: they are masks, or CTs.
    public var segment: String?
    /// How often each skull is laid in, each time a little differently and every other time mirrored.
    public var copies = 1
  }

  /// Reads a training file.
  ///
  /// - Throws: ``Diagnostics`` with every mistake; `Diagnostic` where it cannot be read.
  public init(reading path: String, overrides: [Override] = []) throws {
    try self.init(
      yaml: try SettingsFile.bytes(of: path, noun: "training"), path: path, overrides: overrides)
  }

  /// Reads the bytes of a training file.
  ///
  /// - Throws: ``Diagnostics`` with every mistake.
  public init(yaml bytes: [UInt8], path: String, overrides: [Override] = []) throws(Diagnostics) {
    var reader = try SettingsReader(
      yaml: bytes, path: path, noun: "training", version: Self.version,
      sections: ["network", "data", "stage1", "stage2", "model", "ranks"],
      groups: ["data.randomize"],
      overrides: overrides)
    self.path = path
    sha256 = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    let name = reader.text("training") ?? "training"
    _ = reader.text("summary")
    let seed = reader.seed("seed") ?? 1
    let architecture = reader.architecture()
    let latentMode: LatentMode = reader.word("model.latent") ?? .mean
    storage = reader.word("model.storage") ?? .float32
    let validation = reader.number("data.validation", 0...0.9) ?? 0.1
    data = reader.source(for: architecture, validation: validation)
    let first = reader.trainingStage("stage1", isFirst: true, validation: validation)
    var second: SecondTrainingStage?
    if reader.has(section: "stage2") {
      let stage = reader.trainingStage("stage2", isFirst: false, validation: validation)
      second = SecondTrainingStage(
        stage: stage, latentMode: reader.word("stage2.latent") ?? latentMode,
        standardizes: reader.choice("stage2.standardize", ["none", "perDimension"])
          == "perDimension")
    }
    configuration = TrainingConfiguration(
      name: name, architecture: architecture, seed: seed, latentMode: latentMode,
      validationFraction: validation, first: first, second: second)
    configuration.synchronizesNormalization =
      reader.choice("ranks.normalization", ["synchronized", "own"]) != "own"
    try reader.finish()
  }
}

extension SettingsReader {
  /// The section `network`.
  fileprivate mutating func architecture() -> Architecture {
    let presets = Architecture.presets.sorted { $0.value.voxels < $1.value.voxels }.map(\.key)
    let preset = choice("network.preset", presets).flatMap { Architecture.presets[$0] }
    let shape = sizes("network.shape")
    let channels = integers("network.channels", counts: 1...10, 1...1024)
    if preset == nil, !has("network.preset"), !has("network.shape") || !has("network.channels") {
      report(
        "network", expected: "a preset (\(presets.joined(separator: ", "))), or shape and channels",
        found: "neither", remedy: "add `network: {preset: \(presets[0])}`")
    }
    let before = diagnostics.count
    if preset != nil, shape != nil || channels != nil {
      report(
        "network.preset", expected: "a preset alone, or shape and channels", found: "both",
        remedy: "leave one of them out")
    }
    var architecture = preset ?? Architecture(inputShape: SIMD3(32, 32, 16), channels: [8, 8])
    if let shape { architecture.inputShape = shape }
    if let channels {
      architecture.channels = channels
      architecture.strides = channels.map { _ in 2 }
    }
    if let strides = integers("network.strides", counts: 1...10, 1...2) {
      architecture.strides = strides
    }
    if let latent = integer("network.latent", 1...4096) { architecture.latentSize = latent }
    if let word: Architecture.Normalization = word("network.normalization") {
      architecture.normalization = word
    }
    let slope = number("network.slope", 0...0.99)
    let activation = choice("network.activation", ["prelu", "relu", "leakyrelu"])
    if slope != nil, activation != "leakyrelu" {
      report(
        "network.slope", expected: "a slope with the activation leakyrelu alone",
        found: "one with \(activation ?? "prelu")",
        remedy: "set network.activation: leakyrelu, or leave the slope out")
    }
    switch activation {
    case "relu": architecture.activation = .relu
    case "leakyrelu": architecture.activation = .leakyReLU(slope: Float(slope ?? 0.01))
    default: break
    }
    // What each key alone cannot tell; only where each is right.
    if diagnostics.count == before {
      do { try architecture.validate() } catch {
        report("network", expected: "\(error.field): \(error.expected)", found: error.found)
      }
    }
    return architecture
  }

  /// The section of a training stage, such as `stage1`.
  fileprivate mutating func trainingStage(_ name: String, isFirst: Bool, validation: Double)
    -> TrainingStage
  {
    var stage = TrainingStage(
      epochs: integer("\(name).epochs", 0...1_000_000, required: true) ?? 0)
    if let minibatch = integer("\(name).batch", 1...1024) { stage.minibatch = minibatch }
    if let weight = number("\(name).dice_weight", 0...1e6) { stage.diceWeight = weight }
    if let clip = number("\(name).clip", 0...1e9) { stage.clipNorm = clip }
    if let decay = number("\(name).weight_decay", 0...1) { stage.weightDecay = decay }
    if let patience = integer("\(name).patience", 0...1_000_000) { stage.patience = patience }
    if let score: TrainingStage.Score = word("\(name).score") { stage.score = score }
    if let target: TrainingStage.Target = word("\(name).target") { stage.target = target }
    stage.kept = word("\(name).keep") ?? (validation > 0 ? .best : .last)
    if validation == 0, stage.kept == .best || stage.patience > 0 {
      let key = stage.patience > 0 ? "patience" : "keep"
      report(
        "\(name).\(key)", expected: "a validation fraction above 0 to choose by",
        found: "data.validation 0", remedy: "set data.validation, or keep: last and patience: 0")
    }
    stage.rate = rate(name, standard: stage.rate.rate)
    if isFirst {
      if let bits = number("\(name).free_bits", 0...1000) { stage.freeBits = bits }
      stage.beta = beta(name, standard: stage.beta.beta)
    }
    return stage
  }

  private mutating func rate(_ name: String, standard: Double) -> RateSchedule {
    var rate = RateSchedule(
      rate: number("\(name).rate", 1e-12...10) ?? standard)
    rate.warmUp = number("\(name).warm_up", 0...1e6) ?? 0
    let schedule = choice("\(name).schedule", ["constant", "step", "cosine"])
    if schedule == "step" {
      rate.course = .step(
        every: integer("\(name).every", 1...1_000_000, required: true) ?? 1,
        factor: number("\(name).factor", 0...1) ?? 0.1)
    } else if schedule == "cosine" {
      rate.course = .cosine(floor: number("\(name).floor", 0...1) ?? 0)
    }
    return rate
  }

  private mutating func beta(_ name: String, standard: Double) -> BetaSchedule {
    var beta = BetaSchedule(beta: number("\(name).beta", 0...1e9) ?? standard)
    let schedule = choice("\(name).beta_schedule", ["fixed", "annealed", "cyclic"])
    if schedule == "annealed" {
      beta.course = .annealed(
        epochs: Double(integer("\(name).beta_epochs", 1...1_000_000, required: true) ?? 1))
    } else if schedule == "cyclic" {
      beta.course = .cyclic(
        period: Double(integer("\(name).beta_period", 1...1_000_000, required: true) ?? 1),
        rising: number("\(name).beta_rising", 0.01...1) ?? 0.5)
    }
    return beta
  }
}
