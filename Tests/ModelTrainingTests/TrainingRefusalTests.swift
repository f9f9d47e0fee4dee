import Completion
import Errors
import Foundation
import ModelTraining
import NeuralEngine
import TensorFiles
import TestSupport
import Testing

/// What a training does not go on from.
@Suite struct TrainingRefusalTests {
  @Test func aCheckpointWithoutItsMomentsIsDamaged() throws {
    let folder = TemporaryFolder()
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

  @Test func anotherConfigurationOrOtherDataAreRefused() throws {
    let folder = TemporaryFolder()
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
    let folder = TemporaryFolder()
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
    let folder = TemporaryFolder()
    #expect(throws: Diagnostic.self) {
      try trainer(folder, configuration { $0.architecture.inputShape = SIMD3(32, 16, 8) })
    }
    #expect(throws: Diagnostic.self) {
      try trainer(folder, configuration { $0.first.minibatch = 0 })
    }
    #expect(throws: Diagnostic.self) { try trainer(folder, skulls: NoisySkulls(skulls: 0)) }
    #expect(throws: Diagnostic.self) { try trainer(folder, skulls: NoisySkulls(skulls: 1)) }
  }
}
