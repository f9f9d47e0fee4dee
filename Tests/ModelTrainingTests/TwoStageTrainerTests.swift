import TestSupport
import BetaVAE
import Completion
import Dataflow
import ModelTraining
import Errors
import Foundation
import Concurrency
import NeuralEngine
import TensorFiles
import Testing

/// A folder that is removed with its last owner.
private final class Folder {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "calvaria-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(path)/\(name)"))
  }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}

/// Skulls of noise, with another hole in each epoch.
private struct NoisySkulls: TrainingVolumes {
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

private let smallest = Architecture(
  inputShape: SIMD3(8, 8, 4), channels: [2, 2], latentSize: 3)

private func configuration(
  second: Bool = true, change: (inout TrainingConfiguration) -> Void = { _ in }
) -> TrainingConfiguration {
  var first = TrainingConfiguration.Stage(epochs: 3)
  first.rate = RateSchedule(rate: 0.001)
  first.rate.warmUp = 1
  first.rate.course = .cosine(floor: 0.1)
  var decoder = TrainingConfiguration.Stage(epochs: 3)
  decoder.batch = 3
  decoder.rate = RateSchedule(rate: 0.001)
  var configuration = TrainingConfiguration(
    name: "test", architecture: smallest, seed: 5, validationShare: 0.3, first: first,
    second: second
      ? .init(stage: decoder, latentMode: .sample, standardizes: true) : nil)
  change(&configuration)
  return configuration
}

@Suite struct TwoStageTrainerTests {
  private func trainer(
    _ folder: Folder, _ configuration: TrainingConfiguration = configuration(),
    engine: ToyEngine = ToyEngine(), skulls: NoisySkulls = NoisySkulls(skulls: 7)
  ) throws -> TwoStageTrainer {
    try TwoStageTrainer(
      configuration, volumes: skulls, engine: engine, threads: 1, folder: folder.path,
      program: "test 1")
  }

  @Test func twoStagesMakeOneModel() throws {
    let folder = try Folder()
    var records: [EpochRecord] = []
    var events = TrainingEvents()
    events.epochEnded = { records.append($0) }
    guard case .finished(let model) = try trainer(folder).run(resume: false, events: events) else {
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
        // Per sample, per batch of four.
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
    let (whole, parts) = (try Folder(), try Folder())
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

  /// A kill at any moment is one of these: before a line, between line and checkpoint, in a stage's end.
  @Test(arguments: 0..<7)
  func aTrainingKilledAtAnyEpochEndsInTheSameBytes(lines: Int) throws {
    struct Killed: Error {}
    let (whole, killed) = (try Folder(), try Folder())
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
    let whole = try Folder()
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
      let killed = try Folder()
      try left[epoch + 1][0].write(to: URL(filePath: "\(killed.path)/best.ckpt"))
      try left[epoch][1].write(to: URL(filePath: "\(killed.path)/last.ckpt"))
      _ = try trainer(killed, onlyOne).run(resume: true)
      #expect(try killed.bytes("model.safetensors") == whole.bytes("model.safetensors"))
      tried += 1
    }
    #expect(tried > 0)
  }

  @Test func aLossThatIsNoNumberStopsAndKeepsTheCheckpoint() throws {
    let folder = try Folder()
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
    let whole = try Folder()
    _ = try trainer(whole).run(resume: false)
    _ = try trainer(folder).run(resume: true)
    #expect(try folder.bytes("model.safetensors") == whole.bytes("model.safetensors"))
  }

  /// What the message says is kept is what is there.
  @Test func aTrainingThatDivergesAtOnceHasNothingSaved() throws {
    let folder = try Folder()
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
    let folder = try Folder()
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
      case .finished(let model) = try trainer(folder, engine: other).run(
        resume: true, events: events)
    else {
      Issue.record("the training did not end")
      return
    }
    // Once: it has run on this engine already.
    #expect(warnings.count == 1)
    #expect(model.provenance["engine"] == "toy, toy wide")
  }

  @Test func aCheckpointWithoutItsMomentsIsDamaged() throws {
    let folder = try Folder()
    var events = TrainingEvents()
    events.shouldStop = { true }
    _ = try trainer(folder).run(resume: false, events: events)
    let whole = try TensorArchive(contentsOf: "\(folder.path)/last.ckpt")
    var bare = TensorArchive(metadata: whole.metadata)
    for tensor in whole.tensors where !tensor.name.hasPrefix("optimizer.") {
      try bare.append(tensor)
    }
    // With the digest of what was there, and from before there were digests.
    for (digest, field) in [(true, "tensors.sha256"), (false, "optimizer.")] {
      if !digest { bare.metadata["tensors.sha256"] = nil }
      try bare.writeSafetensors(to: "\(folder.path)/last.ckpt")
      do {
        _ = try trainer(folder).run(resume: true)
        Issue.record("it went on with new moments")
      } catch let error as Diagnostic {
        #expect(error.code == .malformed && error.subject == "\(folder.path)/last.ckpt")
        #expect(error.field.hasPrefix(field))
      }
    }
  }

  @Test func aStageWithoutEpochsLeavesACheckpoint() throws {
    let folder = try Folder()
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
    let training = engine.trainingBytes(smallest, batch: 4, decoderOnly: false)
    #expect(memory.networks >= training && memory.networks < 4 * training)
    #expect(memory.data > 1000 && memory.data < 2000)
    let huge = TrainingMemory(
      configuration { $0.architecture.inputShape = SIMD3(repeating: .max) }, items: .max,
      volumeBytes: .max, engine: engine)
    #expect(huge.total == .max)
    let many = TrainingMemory(configuration(), items: .max, volumeBytes: .max, engine: engine)
    #expect(many.total == .max)
  }

  @Test func aStageEndsEarlyWhereNothingGetsBetter() throws {
    let folder = try Folder()
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

  @Test func anotherConfigurationOrOtherDataAreRefused() throws {
    let folder = try Folder()
    _ = try trainer(folder).run(resume: false)
    let changes: [(String, (inout TrainingConfiguration) -> Void)] = [
      ("seed", { $0.seed = 6 }), ("stage1.beta", { $0.first.beta.beta = 1 }),
      ("stage1.epochs", { $0.first.epochs = 4 }),
      ("stage2.epochs", { $0.second?.stage.epochs = 2 }),
      ("stage2.latent", { $0.second?.latentMode = .mean }),
      ("stage2.standardize", { $0.second?.standardizes = false }),
    ]
    for (key, change) in changes {
      do {
        _ = try trainer(folder, configuration(change: change)).run(resume: true)
        Issue.record("\(key) was changed and taken")
      } catch let error as Diagnostic {
        #expect(error.code == .otherTraining)
        #expect(error.field == key)
      }
    }
    // The present stage may get more epochs.
    let more = configuration { $0.second?.stage.epochs = 5 }
    var events = TrainingEvents()
    var count = 0
    events.epochEnded = { _ in count += 1 }
    _ = try trainer(folder, more).run(resume: true, events: events)
    #expect(count == 2)
    let fewer = try trainer(folder, more, skulls: NoisySkulls(skulls: 7))
    _ = try fewer.run(resume: true)
  }

  @Test func damagedCheckpointsAreErrors() throws {
    let folder = try Folder()
    _ = try trainer(folder).run(resume: false)
    let good = try folder.bytes("last.ckpt")
    for count in [0, 8, 100, good.count / 2, good.count - 1] {
      try good.prefix(count).write(to: URL(filePath: "\(folder.path)/last.ckpt"))
      #expect(throws: Diagnostic.self) { try trainer(folder).run(resume: true) }
    }
    var archive = try TensorArchive(bytes: [UInt8](good))
    for (key, text) in [("stage", "3"), ("epoch", "-1"), ("step", "x"), ("calvaria.format", "9")] {
      let old = archive.metadata[key]
      archive.metadata[key] = text
      try archive.writeSafetensors(to: "\(folder.path)/last.ckpt")
      #expect(throws: Diagnostic.self) { try trainer(folder).run(resume: true) }
      archive.metadata[key] = old
    }
  }

  @Test func whatCannotBeTrainedIsRefused() throws {
    let folder = try Folder()
    #expect(throws: Diagnostic.self) {
      try trainer(folder, configuration { $0.architecture.inputShape = SIMD3(32, 16, 8) })
    }
    #expect(throws: Diagnostic.self) {
      try trainer(folder, configuration { $0.first.batch = 0 })
    }
    #expect(throws: Diagnostic.self) { try trainer(folder, skulls: NoisySkulls(skulls: 0)) }
    #expect(throws: Diagnostic.self) { try trainer(folder, skulls: NoisySkulls(skulls: 1)) }
  }
}
