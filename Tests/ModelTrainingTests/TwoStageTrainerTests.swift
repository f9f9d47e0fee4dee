import TestSupport
import BetaVAE
import Completion
import Dataflow
import Errors
import Foundation
import Concurrency
import NeuralEngine
import TensorFiles
import Testing

@testable import ModelTraining

@Suite struct TwoStageTrainerTests {
  @Test func twoStagesMakeOneModel() throws {
    let folder = TemporaryFolder()
    var records: [EpochRecord] = []
    var events = TrainingEvents()
    events.epochEnded = { records.append($0) }
    guard case .finished(let model, _) = try trainer(folder).run(resume: false, events: events)
    else {
      Issue.record("the training did not end")
      return
    }
    #expect(records.map(\.stage) == [1, 1, 1, 2, 2, 2])
    #expect(records.map(\.epoch) == [0, 1, 2, 0, 1, 2])
    #expect(try TrainedBetaVAE(contentsOf: "\(folder.path)/model.safetensors") == model)
    let first = try TrainedBetaVAE(contentsOf: "\(folder.path)/stage1.safetensors")
    #expect(first.encoder == model.encoder && first.decoder != model.decoder)
    #expect(model.latentMode == .sample && first.latentMode == .mean)
    #expect(model.standardization != nil && first.standardization == nil)
    #expect(model.classes.map(\.name) == ["complete", "cranial"])
    #expect(model.provenance["configuration.seed"] == "5")
    #expect(model.trackedBatches.encoder > 0 && model.trackedBatches.decoder > 0)
    for record in records {
      #expect(record.validationDice != nil && record.diceLoss > 0)
      #expect((record.kld == nil) == (record.stage == 2))
      #expect(record.kldByDimension?.count == (record.stage == 1 ? 3 : nil))
      if let bound = record.informationBound, let kld = record.kld {
        // Per sample, per minibatch of four.
        #expect(abs(record.kldByDimension!.reduce(0, +) - bound) < 1e-9)
        #expect(kld >= 0)
      }
    }
    #expect(records[5].diceLoss < records[3].diceLoss)
    // The classes' counts are those of the training skulls: 5 of 7, one of them perhaps without a hole.
    #expect(model.classes[0].count == 5)
  }

  @Test(arguments: [true, false])
  func aTrainingStoppedAfterEveryStepEndsInTheSameBytes(varies: Bool) throws {
    let skulls = NoisySkulls(skulls: 7, variesByEpoch: varies)
    let (whole, parts) = (TemporaryFolder(), TemporaryFolder())
    var lines: [[EpochRecord]] = [[], []]
    var events = TrainingEvents()
    events.epochEnded = { lines[0].append($0) }
    _ = try trainer(whole, skulls: skulls).run(resume: false, events: events)
    events.shouldStop = { true }
    events.began = { count, _ in lines[1] = Array(lines[1].prefix(count)) }
    events.epochEnded = { lines[1].append($0) }
    var runs = 0
    while case .interrupted = try trainer(parts, skulls: skulls).run(resume: true, events: events) {
      runs += 1
      try #require(runs < 200)
    }
    #expect(runs > 12)
    #expect(try parts.bytes("model.safetensors") == whole.bytes("model.safetensors"))
    #expect(try parts.bytes("stage1.safetensors") == whole.bytes("stage1.safetensors"))
    for (a, b) in zip(lines[0], lines[1]) {
      var b = b
      b.seconds = a.seconds
      #expect(a == b)
    }
    #expect(lines[0].count == lines[1].count)
  }

  /// The decoder learns the complete skulls, from latents of skulls with holes; and goes on after a stop as it was.
  @Test func theDecoderCanBeTrainedToCompleteSkulls() throws {
    let configuration = configuration {
      $0.second?.stage.target = .complete
      $0.second?.stage.epochs = 4
    }
    let (whole, parts, plain) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
    _ = try trainer(whole, configuration).run(resume: false)
    var events = TrainingEvents()
    events.shouldStop = { true }
    while case .interrupted = try trainer(parts, configuration).run(resume: true, events: events) {}
    #expect(try parts.bytes("model.safetensors") == whole.bytes("model.safetensors"))
    var other = configuration
    other.second?.stage.target = .scan
    _ = try trainer(plain, other).run(resume: false)
    let models = try [whole, plain].map {
      try TrainedBetaVAE(contentsOf: "\($0.path)/model.safetensors")
    }
    #expect(models[0].encoder == models[1].encoder && models[0].decoder != models[1].decoder)
    #expect(models[0].provenance["configuration.stage2.target"] == "complete")
    #expect(models[1].provenance["configuration.stage2.target"] == nil)
  }

  /// What decoding should give is the complete skull of the same epoch.
  @Test func minibatchesHoldTheCompleteSkulls() throws {
    var configuration = configuration()
    configuration.first.target = .complete
    let skulls = NoisySkulls(skulls: 7)
    let split = TrainingSplit(skulls, fraction: 0.3, seed: 5)
    let plan = MinibatchPlan(skulls, split, configuration, stage: 1, epoch: 2)
    let prepared = try plan.prepare(0)
    let bytes = 32
    for (n, place) in prepared.places.enumerated() {
      let item = split.training[place]
      #expect(
        Array(prepared.targets[n * bytes..<(n + 1) * bytes])
          == skulls.bits(skull: item.skull, class: 0, epoch: 2))
      #expect(
        Array(prepared.bits[n * bytes..<(n + 1) * bytes])
          == skulls.bits(skull: item.skull, class: item.class, epoch: 2))
    }
    #expect(
      try MinibatchPlan(skulls, split, configuration, stage: 2, epoch: 2).prepare(0).targets.isEmpty
    )
  }

  /// A kill at any moment is one of these: before a line, between line and checkpoint, in a stage's end.
  @Test(arguments: 0..<7)
  func aTrainingKilledAtAnyEpochEndsInTheSameBytes(lines: Int) throws {
    struct Killed: Error {}
    let (whole, killed) = (TemporaryFolder(), TemporaryFolder())
    _ = try trainer(whole).run(resume: false)
    var events = TrainingEvents()
    var seen = 0
    events.epochEnded = { _ in
      seen += 1
      if seen > lines { throw Killed() }
    }
    if lines < 6 {
      #expect(throws: Killed.self) { try trainer(killed).run(resume: true, events: events) }
    }
    _ = try trainer(killed).run(resume: true)
    #expect(try killed.bytes("model.safetensors") == whole.bytes("model.safetensors"))
    // Once more, of a training that is over.
    _ = try trainer(killed).run(resume: true)
    #expect(try killed.bytes("model.safetensors") == whole.bytes("model.safetensors"))
  }

  /// The best checkpoint is written before the last; a kill between the two leaves it an epoch ahead.
  @Test func aTrainingKilledBetweenItsCheckpointsEndsInTheSameBytes() throws {
    let whole = TemporaryFolder()
    let names = ["best.ckpt", "last.ckpt"]
    // Both as they were at the end of every epoch.
    var left: [[Data]] = []
    var bests: [Bool] = []
    var events = TrainingEvents()
    func keep() throws { left.append(try names.filter(whole.has).map(whole.bytes)) }
    events.epochEnded = { record in
      if !bests.isEmpty { try keep() }
      bests.append(record.isBest)
    }
    let onlyOne = configuration(second: false) { $0.first.epochs = 6 }
    _ = try trainer(whole, onlyOne).run(resume: false, events: events)
    try keep()
    var tried = 0
    for epoch in 0..<5 where bests[epoch + 1] {
      let killed = TemporaryFolder()
      try left[epoch + 1][0].write(to: URL(filePath: "\(killed.path)/best.ckpt"))
      try left[epoch][1].write(to: URL(filePath: "\(killed.path)/last.ckpt"))
      _ = try trainer(killed, onlyOne).run(resume: true)
      #expect(try killed.bytes("model.safetensors") == whole.bytes("model.safetensors"))
      tried += 1
    }
    #expect(tried > 0)
  }

  @Test func aLossThatIsNoNumberStopsAndKeepsTheCheckpoint() throws {
    let folder = TemporaryFolder()
    // Three steps an epoch: the second of the second epoch.
    let engine = ToyEngine(badStep: 5)
    do {
      _ = try trainer(folder, engine: engine).run(resume: false)
      Issue.record("nothing was thrown")
    } catch let error as Diagnostic {
      #expect(error.code == .diverged)
      #expect(error.field == "stage 1, epoch 1, step 1")
      #expect(error.remedy.contains("last.ckpt of this one keeps stage 1, epoch 1, step 0"))
    }
    #expect(!folder.has("model.safetensors"))
    // It goes on from the end of the first epoch.
    let whole = TemporaryFolder()
    _ = try trainer(whole).run(resume: false)
    _ = try trainer(folder).run(resume: true)
    #expect(try folder.bytes("model.safetensors") == whole.bytes("model.safetensors"))
  }

  /// What the message says is kept is what is there.
  @Test func aTrainingThatDivergesAtOnceHasNothingSaved() throws {
    let folder = TemporaryFolder()
    do {
      _ = try trainer(folder, engine: ToyEngine(badStep: 2)).run(resume: false)
      Issue.record("nothing was thrown")
    } catch let error as Diagnostic {
      #expect(error.code == .diverged && error.field == "stage 1, epoch 0, step 1")
      #expect(error.remedy.contains("nothing had been saved") && !error.remedy.contains("ckpt"))
    }
    #expect(!folder.has("last.ckpt"))
    // Stopped after a step, and diverging when it goes on; in stage 2 before its first epoch is over.
    var events = TrainingEvents()
    events.shouldStop = { true }
    _ = try trainer(folder).run(resume: true, events: events)
    for (badStep, kept) in [(1, "stage 1, epoch 0, step 1"), (10, "stage 2, epoch 0, step 0")] {
      do {
        _ = try trainer(folder, engine: ToyEngine(badStep: badStep)).run(resume: true)
        Issue.record("nothing was thrown")
      } catch let error as Diagnostic {
        #expect(error.remedy.contains("keeps \(kept)"), "\(error)")
      }
    }
  }

  @Test func anotherEngineIsToldAndKept() throws {
    let folder = TemporaryFolder()
    var warnings: [String] = []
    var events = TrainingEvents()
    events.warned = { warnings.append($0) }
    events.shouldStop = { true }
    _ = try trainer(folder).run(resume: false, events: events)
    _ = try trainer(folder).run(resume: true, events: events)
    #expect(warnings.isEmpty)
    let other = ToyEngine(name: "toy wide")
    _ = try trainer(folder, engine: other).run(resume: true, events: events)
    #expect(warnings.count == 1 && warnings[0].contains("expected toy,"))
    #expect(warnings[0].contains("found toy wide"))
    events.shouldStop = { false }
    guard
      case .finished(let model, _) = try trainer(folder, engine: other).run(
        resume: true, events: events)
    else {
      Issue.record("the training did not end")
      return
    }
    // Once: it has run on this engine already.
    #expect(warnings.count == 1)
    #expect(model.provenance["engine"] == "toy, toy wide")
  }

  @Test func aTrainingStageWithoutEpochsLeavesACheckpoint() throws {
    let folder = TemporaryFolder()
    let none = configuration(second: false) { $0.first.epochs = 0 }
    _ = try trainer(folder, none).run(resume: false)
    #expect(folder.has("last.ckpt") && folder.has("model.safetensors"))
    let model = try folder.bytes("model.safetensors")
    _ = try trainer(folder, none).run(resume: true)
    #expect(try folder.bytes("model.safetensors") == model)
  }

  @Test func memoryIsCountedWithoutOverflow() {
    let engine = CPUEngine()
    let memory = TrainingMemory(
      configuration(), items: 10, volumeBytes: 1000, engine: engine)
    let training = engine.trainingBytes(smallest, minibatch: 4, decoderOnly: false)
    #expect(memory.networks >= training && memory.networks < 4 * training)
    #expect(memory.data > 1000 && memory.data < 2000)
    let huge = TrainingMemory(
      configuration { $0.architecture.inputShape = SIMD3(repeating: .max) }, items: .max,
      volumeBytes: .max, engine: engine)
    #expect(huge.total == .max)
    let many = TrainingMemory(configuration(), items: .max, volumeBytes: .max, engine: engine)
    #expect(many.total == .max)
  }

  @Test func aTrainingStageEndsEarlyWhereNothingGetsBetter() throws {
    let folder = TemporaryFolder()
    var records: [EpochRecord] = []
    var events = TrainingEvents()
    events.epochEnded = { records.append($0) }
    let patient = configuration(second: false) {
      $0.first.epochs = 50
      $0.first.rate = RateSchedule(rate: 1e-12)
      $0.first.patience = 2
    }
    _ = try trainer(folder, patient).run(resume: false, events: events)
    // The first epoch is the best, since nothing changes.
    #expect(records.map(\.isBest) == [true, false, false])
    let again = try trainer(folder, patient).run(resume: true, events: events)
    #expect(records.count == 3)
    guard case .finished = again else {
      Issue.record("it did not end")
      return
    }
  }

}
