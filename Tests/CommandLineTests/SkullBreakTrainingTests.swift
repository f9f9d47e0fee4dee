import BetaVAE
import Completion
import Foundation
import TestSupport
import Testing

/// `training/skullbreak.yaml` on a folder laid out as SkullBreak is, very small.
@Suite(.enabled(if: ShippedModel.isPossible)) struct SkullBreakTrainingTests {
  @Test func aFolderAsUnpackedIsTrainedAndItsModelCompletesSkulls() throws {
    let folder = TemporaryFolder()
    let set = "\(folder.path)/SkullBreak"
    let made = try Calvaria.run(
      "synth", "-o", set, "--count", "3", "--seed", "5", "--size", "96x96x72", "--kinds",
      "bilateral,frontoorbital,parietotemporal,random", "-q")
    #expect(made.status == 0, "\(made.errors)")
    let files = FileManager.default
    let holes = "\(set)/defective_skull"
    try files.copyItem(atPath: "\(holes)/random", toPath: "\(holes)/random_2")
    try files.moveItem(atPath: "\(holes)/random", toPath: "\(holes)/random_1")

    let out = "\(folder.path)/out"
    let outcome = try Calvaria.run(
      "train", Calvaria.root + "/training/skullbreak.yaml", "-o", out, "--set",
      "data.folder=\(set)", "--set", "data.copies=2", "--set", "data.validation=0.3", "--set",
      "stage1.epochs=1", "--set", "stage2.epochs=1", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let model = try TrainedBetaVAE(contentsOf: "\(out)/model.safetensors")
    #expect(model.classes.map(\.name) == ["complete", "cranial"])
    #expect(model.provenance["configuration.stage2.target"] == "complete")
    let account = try folder.json("out/run.json")
    let data = try #require(account["data"] as? [String: Any])
    #expect(data["trainingSkulls"] as? Int == 2 && data["validationSkulls"] as? Int == 1)

    // However little it has learned: it runs, and the implant lies on the grid of the scan.
    let run = try Calvaria.run(
      "run", Calvaria.root + "/pipelines/implant-fit.yaml", "\(holes)/bilateral/000.nrrd", "-o",
      "\(folder.path)/implant", "--set", "model=\(out)/model.safetensors", "--set", "steps=3", "-q")
    #expect(run.status == 0, "\(run.errors)")
  }

  /// A folder that lacks a kind says which.
  @Test func aMissingKindIsAnError() throws {
    let folder = TemporaryFolder()
    let set = "\(folder.path)/SkullBreak"
    _ = try Calvaria.run(
      "synth", "-o", set, "--count", "2", "--seed", "5", "--size", "32x32x16", "--kinds", "random",
      "-q")
    let outcome = try Calvaria.run(
      "train", Calvaria.root + "/training/skullbreak.yaml", "-o", "\(folder.path)/out", "--set",
      "data.folder=\(set)")
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("defective_skull/bilateral"), "\(outcome.errors)")
  }

  /// Heads and scans that stray are the same at any number of threads, and so is what is learned of them.
  @Test func strayingSkullsAreTheSameAtAnyNumberOfThreads() throws {
    let folder = TemporaryFolder()
    let file = try folder.write(
      """
      version: 1
      training: straying
      seed: 3
      network: {shape: 32x32x16, channels: [4, 8], latent: 4}
      data: {skulls: 8, template: analytic, cranial: [sphere, bilateral], facial: none,
        randomize: {holes: 2}, validation: 0.25}
      stage1: {epochs: 2, rate: 0.003}
      stage2: {epochs: 2, rate: 0.003, latent: mean, standardize: perDimension, target: complete}
      """, to: "straying.yaml")
    for threads in ["1", "2"] {
      let outcome = try Calvaria.run(
        "train", file, "-o", "\(folder.path)/\(threads)", "--threads", threads, "-q")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let models = try ["1", "2"].map {
      try Data(contentsOf: URL(filePath: "\(folder.path)/\($0)/model.safetensors"))
    }
    #expect(models[0] == models[1])
    let model = try TrainedBetaVAE(contentsOf: "\(folder.path)/1/model.safetensors")
    #expect(model.provenance["data.randomize.holes"] == "2")
    // Another setting is another training: what was begun is not gone on with.
    let other = try Calvaria.run(
      "train", file, "-o", "\(folder.path)/1", "--set", "data.randomize.holes=3", "--resume")
    #expect(other.status != 0, "\(other.errors)")
  }
}
