import BetaVAE
import Completion
import Errors
import Foundation
import MessagePassing
import NeuralEngine
import TestSupport
import Testing

@testable import ModelTraining

/// Trainings over several ranks, as threads here; the network is the real one.
@Suite struct RankTrainingTests {
  /// A training of two stages whose minibatches are so large for one rank.
  private static func configuration(_ minibatch: Int, epochs: Int = 3) -> TrainingConfiguration {
    var first = TrainingStage(epochs: epochs)
    (first.minibatch, first.rate, first.freeBits) = (minibatch, RateSchedule(rate: 0.002), 0.01)
    var decoder = first
    decoder.freeBits = 0
    decoder.epochs = 2
    return TrainingConfiguration(
      name: "ranks",
      architecture: Architecture(inputShape: SIMD3(8, 8, 4), channels: [4, 6], latentSize: 3),
      seed: 3, validationFraction: 0.2, first: first,
      second: .init(stage: decoder, latentMode: .sample, standardizes: true))
  }

  private static let skulls = NoisySkulls(skulls: 12)

  private static func trainer(
    _ folder: String, _ configuration: TrainingConfiguration, _ ranks: ThreadRanks?
  ) throws -> TwoStageTrainer {
    try TwoStageTrainer(
      configuration, volumes: skulls, engine: CPUEngine(), threads: 1, folder: folder,
      program: "test 1", parallelism: ranks.map { DataParallelism(ranks: $0) })
  }

  /// What a training did, as rank 0 saw it.
  struct Course: Sendable {
    var records: [EpochRecord] = []
    var steps: [Double] = []
    var warnings: [String] = []
    var isFinished = false
  }

  /// Trains with so many ranks; 0: alone, without any.
  ///
  /// - Parameter stop: the last rank is told to stop after so many steps.
  @discardableResult private static func train(
    _ folder: TemporaryFolder, ranks: Int, minibatch: Int, resume: Bool = false, stop: Int? = nil
  ) throws -> Course {
    let path = folder.path
    @Sendable func course(_ ranks: ThreadRanks?) throws -> Course {
      var course = Course()
      var events = TrainingEvents()
      events.stepped = { course.steps.append($0.diceLoss) }
      events.epochEnded = { course.records.append($0) }
      events.warned = { course.warnings.append($0) }
      events.shouldStop = {
        course.steps.count == stop && (ranks?.rank ?? 0) == (ranks?.count ?? 1) - 1
      }
      let trainer = try trainer(path, configuration(minibatch), ranks)
      if case .finished = try trainer.run(resume: resume, events: events) {
        course.isFinished = true
      }
      return course
    }
    guard ranks > 0 else { return try course(nil) }
    let courses = try ThreadRanks.run(ranks) { try course($0) }.map { try $0.get() }
    for other in courses {
      #expect(other.steps == courses[0].steps && other.isFinished == courses[0].isFinished)
    }
    return courses[0]
  }

  @Test(arguments: [2, 4]) func theCurveIsThatOfOneWithLargerMinibatches(ranks: Int) throws {
    let (one, several) = (TemporaryFolder(), TemporaryFolder())
    let alone = try Self.train(one, ranks: 0, minibatch: 8)
    let together = try Self.train(several, ranks: ranks, minibatch: 8 / ranks)
    #expect(alone.steps.count == together.steps.count && alone.steps.count >= 12)
    for (a, b) in zip(alone.steps, together.steps) { #expect(abs(a - b) <= 1e-4 * a) }
    for (a, b) in zip(alone.records, together.records) {
      #expect(a.steps == b.steps && a.isBest == b.isBest && a.activeUnits == b.activeUnits)
      #expect(abs(a.diceLoss - b.diceLoss) <= 1e-4 * a.diceLoss)
      #expect(abs(a.gradientNorm - b.gradientNorm) <= 1e-3 * a.gradientNorm)
      #expect(abs(a.validationDiceLoss! - b.validationDiceLoss!) <= 1e-3 * a.validationDiceLoss!)
      #expect(abs((a.kld ?? 0) - (b.kld ?? 0)) <= 1e-3 * max(1, a.kld ?? 0))
      #expect(abs(a.trainingDice - b.trainingDice) < 0.02)
    }
    let model = try TrainedBetaVAE(contentsOf: "\(several.path)/model.safetensors")
    let engine = model.provenance["engine"] ?? ""
    #expect(engine.hasSuffix("on \(ranks) ranks"))
    #expect(model.classes.map(\.count) == [10, 10])
  }

  @Test func theSameRanksGiveTheSameBytes() throws {
    let folders = (0..<2).map { _ in TemporaryFolder() }
    for folder in folders { try Self.train(folder, ranks: 3, minibatch: 2) }
    for name in ["model.safetensors", "stage1.safetensors"] {
      #expect(try folders[0].bytes(name) == folders[1].bytes(name))
    }
  }

  /// Whichever rank is told, all stop at the same step; and go on, with as many ranks as before in the same bytes.
  @Test(arguments: [1, 2, 4, 9]) func aStoppedTrainingGoesOn(after stop: Int) throws {
    let (whole, parts) = (TemporaryFolder(), TemporaryFolder())
    try Self.train(whole, ranks: 2, minibatch: 2)
    let first = try Self.train(parts, ranks: 2, minibatch: 2, stop: stop)
    #expect(!first.isFinished && first.steps.count == stop)
    let rest = try Self.train(parts, ranks: 2, minibatch: 2, resume: true)
    #expect(rest.isFinished && rest.warnings.isEmpty)
    #expect(try parts.bytes("model.safetensors") == whole.bytes("model.safetensors"))
  }

  /// With other ranks every sample still comes once an epoch, and the user is told.
  @Test(arguments: [0, 1, 3, 4]) func aStoppedTrainingGoesOnWithOtherRanks(count: Int) throws {
    let folder = TemporaryFolder()
    try Self.train(folder, ranks: 2, minibatch: 2, stop: 2)
    let rest = try Self.train(folder, ranks: count, minibatch: 2, resume: true)
    #expect(rest.isFinished && rest.records.map(\.stage) == [1, 1, 1, 2, 2])
    let told = try #require(rest.warnings.first)
    #expect(rest.warnings.count == 1 && told.contains("on 2 ranks"))
    // 20 samples an epoch, 8 of them before the stop.
    let size = 2 * max(1, count)
    #expect(rest.steps.count == (12 + size - 1) / size + 4 * ((20 + size - 1) / size))
    let model = try TrainedBetaVAE(contentsOf: "\(folder.path)/model.safetensors")
    #expect(model.provenance["engine"]?.split(separator: ", ").count == 2)
  }

  @Test func onlyTheFirstRankReadsAndWrites() throws {
    let folder = TemporaryFolder()
    let paths = ThreadRanks.run(2) { ranks in
      // A folder that only rank 0 has.
      let path = ranks.rank == 0 ? folder.path : "/nowhere"
      return try Self.trainer(path, Self.configuration(2), ranks).run(resume: true)
    }
    for path in paths { _ = try path.get() }
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/model.safetensors"))
  }

  @Test(arguments: ["no checkpoint", ""]) func aDamagedCheckpointEndsAllOfThem(text: String) throws
  {
    let folder = TemporaryFolder()
    try Self.train(folder, ranks: 2, minibatch: 2, stop: 2)
    let path = "\(folder.path)/last.ckpt"
    try Data(text.utf8).write(to: URL(filePath: path))
    let results = ThreadRanks.run(2) { ranks in
      try Self.trainer(folder.path, Self.configuration(2), ranks).run(resume: true)
    }
    for result in results {
      let failure = try #require(throws: SharedFailure.self) { try result.get() }
      #expect(failure.description.hasPrefix(path))
    }
  }
}
