import Completion
import Concurrency
import Errors
import Foundation
import ModelTraining
import NeuralEngine
import TestSupport

/// Skulls of noise, with another hole in each epoch.
struct NoisySkulls: TrainingVolumes {
  let shape = SIMD3(8, 8, 4)
  let skulls: Int
  let classes = ["complete", "cranial"]
  var variesByEpoch = true
  let identity = "noise"
  func contains(skull: Int, class number: Int) -> Bool { skull != 2 || number == 0 }
  func bits(skull: Int, class number: Int, epoch: Int) -> [UInt8] {
    (0..<32).map { byte in
      let bone = UInt8(truncatingIfNeeded: byte &* (skull + 3) &* 37 >> 2)
      return number == 1 && (byte + (variesByEpoch ? epoch : 0)) % 5 == skull % 5 ? 0 : bone
    }
  }
}

let smallest = Architecture(
  inputShape: SIMD3(8, 8, 4), channels: [2, 2], latentSize: 3)

func configuration(
  second: Bool = true, change: (inout TrainingConfiguration) -> Void = { _ in }
) -> TrainingConfiguration {
  var first = TrainingStage(epochs: 3)
  first.rate = RateSchedule(rate: 0.001)
  first.rate.warmUp = 1
  first.rate.course = .cosine(floor: 0.1)
  var decoder = TrainingStage(epochs: 3)
  decoder.minibatch = 3
  decoder.rate = RateSchedule(rate: 0.001)
  var configuration = TrainingConfiguration(
    name: "test", architecture: smallest, seed: 5, validationFraction: 0.3, first: first,
    second: second
      ? .init(stage: decoder, latentMode: .sample, standardizes: true) : nil)
  change(&configuration)
  return configuration
}

/// A training of noise in a folder.
func trainer(
  _ folder: TemporaryFolder, _ configuration: TrainingConfiguration = configuration(),
  engine: ToyEngine = ToyEngine(), skulls: NoisySkulls = NoisySkulls(skulls: 7)
) throws -> TwoStageTrainer {
  try TwoStageTrainer(
    configuration, volumes: skulls, engine: engine, threads: 1, folder: folder.path,
    program: "test 1")
}
