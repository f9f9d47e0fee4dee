import BetaVAE
import Completion
import ModelTraining
import Settings
import TrainingRuns
import Errors
import NeuralEngine
import SyntheticSkulls
import Testing

@Suite struct TrainingFileTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

  private func errors(_ text: String, _ changes: [String] = []) -> [String] {
    do {
      _ = try TrainingFile(
        yaml: Array(text.utf8), path: "t.yaml",
        overrides: try changes.map { try Override(parsing: $0) })
      return []
    } catch let errors as Diagnostics {
      return errors.all.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  private let good = """
    version: 1
    network: {shape: 16x16x16, channels: [4, 8], latent: 4}
    data: {skulls: 12, template: analytic}
    stage1: {epochs: 4}
    """

  @Test(arguments: [
    "smoke", "shipped", "skullbreak", "reproduce", "paper-small-beta", "paper-large-beta",
    "paper-large-beta-standardized", "paper-long",
  ])
  func theShippedFilesAreRight(name: String) throws {
    let file = try TrainingFile(reading: "\(Self.root)/training/\(name).yaml")
    #expect(file.configuration.name == name)
    try file.configuration.validate()
    #expect(file.sha256.count == 64)
  }

  @Test func randomizingIsOffOrOnOrSaidInDetail() throws {
    func randomization(_ data: String) throws -> Randomization? {
      let text = good.replacing("template: analytic", with: "template: analytic, \(data)")
      guard
        case .population(let source) = try TrainingFile(yaml: Array(text.utf8), path: "t.yaml").data
      else { return nil }
      return source.randomization
    }
    #expect(try randomization("validation: 0.2") == nil)
    #expect(try randomization("randomize: false") == nil)
    #expect(try randomization("randomize: true") == Randomization())
    var expected = Randomization()
    (expected.turn, expected.holes, expected.slices) = (10, 2, 1...3)
    #expect(try randomization("randomize: {turn: 10, holes: 2, slices: [1, 3]}") == expected)
    let wrong = good.replacing(
      "template: analytic", with: "template: analytic, randomize: {turns: 10, slices: [3, 1]}")
    let found = errors(wrong)
    #expect(
      found.contains { $0.contains("data.randomize.turns") && $0.contains("data.randomize.turn?") })
    #expect(found.contains { $0.contains("data.randomize.slices: expected two numbers") })
    #expect(errors(good, ["data.randomize.turn=5"]).isEmpty)
    #expect(errors(good, ["data.randomize.turn=500"]).count == 1)
  }

  @Test func whatAFileSaysIsTrained() throws {
    let file = try TrainingFile(
      yaml: Array(
        """
        version: 1
        training: all
        seed: 18446744073709551615
        network: {preset: 64x64x32, latent: 8, activation: leakyrelu, slope: 0.2, normalization: instance}
        data: {folder: set, cranial: [defective_skull/prism], facial: none, validation: 0.25}
        stage1: {epochs: 9, batch: 8, rate: 0.001, schedule: step, every: 3, factor: 0.5, warm_up: 1,
          beta: 2, beta_schedule: cyclic, beta_period: 4, free_bits: 0.1, clip: 5, patience: 3,
          score: loss, keep: last, weight_decay: 0.01, dice_weight: 40}
        stage2: {epochs: 2, latent: meanPlusSigma, standardize: perDimension, schedule: cosine, floor: 0.1}
        model: {latent: sample, storage: float16}
        """.utf8), path: "t.yaml")
    let configuration = file.configuration
    #expect(configuration.seed == .max && configuration.latentMode == .sample)
    #expect(configuration.architecture.latentSize == 8)
    #expect(configuration.architecture.activation == .leakyReLU(slope: 0.2))
    #expect(configuration.architecture.channels == [32, 64, 64, 128, 128])
    #expect(configuration.first.rate.course == .step(every: 3, factor: 0.5))
    #expect(configuration.first.beta.course == .cyclic(period: 4, rising: 0.5))
    #expect(configuration.first.kept == .last && configuration.first.score == .loss)
    #expect(configuration.second?.latentMode == .meanPlusSigma)
    #expect(configuration.second?.standardizes == true)
    #expect(configuration.second?.stage.kept == .best)
    #expect(file.storage == .float16)
    guard case .folder(let source) = file.data else {
      Issue.record("no folder")
      return
    }
    #expect(source.complete == "complete_skull" && source.facial.isEmpty)
    #expect(source.cranial == ["defective_skull/prism"])
  }

  @Test func everyMistakeIsToldWithItsPlace() {
    let found = errors(
      """
      version: 1
      network: {shape: 16x16, chanels: [4, 8]}
      data:
        skulls: many
        cranial: [prism, squere]
        redraw: often
      stage1:
        epochs: 4
        rate: -1
        btach: 4
      stage3: {epochs: 2}
      stage2: {latent: median}
      seed: -1
      """)
    let expected = [
      "t.yaml:2:18: network.shape", "t.yaml:2:34: network.chanels", "t.yaml:4:11: data.skulls",
      "t.yaml:5:12: data.cranial", "t.yaml:6:11: data.redraw", "t.yaml:9:9: stage1.rate",
      "t.yaml:10:10: stage1.btach", "t.yaml:11:1: stage3", "t.yaml:12:18: stage2.latent",
      "t.yaml:13:7: seed", "t.yaml:12:1: stage2.epochs",
    ]
    for line in expected {
      #expect(found.contains { $0.hasPrefix(line + ":") }, "\(line): \(found)")
    }
    #expect(found.contains { $0.contains("did you mean stage1.batch?") })
    #expect(found.contains { $0.contains("did you mean sphere?") })
    #expect(
      found.contains { $0.contains("did you mean stage2?") || $0.contains("did you mean stage1?") })
    // Channels are missing since their name is misspelt; that is one more.
    #expect(found.count == expected.count + 1, "\(found)")
  }

  @Test(arguments: ["prelu", "relu", nil])
  func aSlopeIsForLeakyReLUAlone(activation: String?) {
    let word = activation.map { "activation: \($0), " } ?? ""
    let found = errors(
      """
      version: 1
      network: {preset: 64x64x32, \(word)slope: 0.2}
      data: {skulls: 4}
      stage1: {epochs: 1}
      """)
    #expect(found.count == 1)
    let message = found.first ?? ""
    #expect(message.contains("network.slope: expected a slope with the activation leakyrelu alone"))
    #expect(message.contains("found one with \(activation ?? "prelu"); set network.activation"))
  }

  @Test func aPresetAndAShapeExcludeEachOther() {
    let found = errors(
      "version: 1\nnetwork: {preset: 64x64x32, shape: 32x32x32}\ndata: {skulls: 2}\nstage1: {epochs: 1}\n"
    )
    #expect(
      found == [
        "t.yaml:2:19: network.preset: expected a preset alone, or shape and channels, found both; "
          + "leave one of them out"
      ], "\(found)")
  }

  @Test func changesOfTheCommandLineAreChecked() throws {
    #expect(errors(good, ["stage1.epochs=7", "seed=3", "stage2.epochs=1"]).isEmpty)
    let file = try TrainingFile(
      yaml: Array(good.utf8), path: "t.yaml",
      overrides: [
        Override(parsing: "stage1.beta=100"), Override(parsing: "network.channels=[2, 2]"),
      ])
    #expect(file.configuration.first.beta.beta == 100)
    #expect(file.configuration.architecture.channels == [2, 2])
    #expect(
      errors(good, ["stage1.epoch=7"])[0].hasPrefix("--set: stage1.epoch: expected one of"))
    #expect(errors(good, ["stage1.rate=x"])[0].hasPrefix("--set: stage1.rate: expected a number"))
  }

  @Test func aNewerVersionIsToldAlone() {
    let found = errors("version: 2\nfuture: {a: b}\n")
    #expect(found.count == 1 && found[0].contains("newer calvaria"))
    #expect(errors("{}").contains { $0.contains("version") })
    #expect(errors("a: b: c").count == 1)
    #expect(errors("").count == 1)
  }

  @Test func whatDoesNotFitTogetherIsToldToo() {
    #expect(errors(good.replacing("16x16x16", with: "18x16x16"))[0].contains("multiple of 4"))
    #expect(errors(good, ["network.strides=[2]"])[0].contains("strides"))
    #expect(errors(good, ["data.validation=0", "stage1.keep=best"])[0].contains("validation"))
    #expect(errors(good, ["data.folder=x"])[0].contains("data.skulls"))
    #expect(errors(good, ["stage1.every=2"])[0].contains("stage1.every"))
    #expect(errors(good, ["data.skulls=1"])[0].contains("data.skulls: expected at least 2"))
    #expect(errors(good, ["data.skulls=1", "data.validation=0"]).isEmpty)
    #expect(
      errors(good, ["network.shape=8x16x16"])[0].contains("network.shape: expected 16 to 1024"))
    #expect(
      errors(good, ["network.shape=1024x1024x1024"])[0].contains("at most 268435456 in all"))
    for change in [
      "network.shape=4096x4096x2048", "stage1.batch=100000", "network.channels=[100000, 100000]",
    ] { #expect(errors(good, [change]).count == 1) }
  }
}
