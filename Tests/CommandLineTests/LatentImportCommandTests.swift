import BetaVAE
import Foundation
import NeuralEngine
import TensorFiles
import TestSupport
import Testing
import VolumeIO
import Volumes

/// `calvaria latent import` as a process, with networks that PyTorch saved (`BetaVAETests/Fixtures`).
@Suite struct LatentImportCommandTests {
  static let fixtures = Calvaria.root + "/Tests/BetaVAETests/Fixtures"

  static func fixture(_ name: String) -> String { "\(fixtures)/\(name)" }

  /// From PyTorch's files to an implant: import, encode a synthetic population, store its classes,
  /// DEV, the pipeline.
  @Test func fromPyTorchToAnImplant() throws {
    let folder = TemporaryFolder()
    let (imported, known) = (
      "\(folder.path)/imported.safetensors", "\(folder.path)/known.safetensors"
    )
    let made = try Calvaria.run(
      "latent", "import", Self.fixture("batch-prelu-vae.pth"), "--decoder",
      Self.fixture("batch-prelu-decoder.pth"), "-o", imported)
    #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
    #expect(
      made.output == """
        shape: 16x16x8
        channels: 4 6 8
        strides: 2 2 2
        latent: 4
        normalization: batch
        activation: prelu
        head: normalizedReluLogits
        latent mode: meanPlusSigma
        \(imported)

        """)
    let model = try TrainedBetaVAE(contentsOf: imported)
    #expect(model.provenance["imported"] == "batch-prelu-vae.pth")
    #expect(model.provenance["imported-decoder.sha256"]?.count == 64)
    #expect(model.trackedBatches == TrainedBetaVAE.TrackedBatches(encoder: 7, decoder: 7))

    let synth = try Calvaria.run(
      "synth", "-o", "\(folder.path)/set", "--count", "2", "--seed", "3", "--size", "32x32x16",
      "--kinds", "sphere,facial", "--template", try SynthCommandTests.template(in: folder))
    #expect(synth.status == 0, "\(synth.errors)")
    let encoded = try Calvaria.run(
      "latent", "encode", imported, "\(folder.path)/set", "-o", "\(folder.path)/latents")
    #expect(encoded.status == 0, "\(encoded.errors)")
    let stored = try Calvaria.run(
      "latent", "classes", imported, "\(folder.path)/latents", "-o", known)
    #expect(stored.status == 0, "\(stored.errors)")
    #expect(stored.output == "complete: 2\nfacial: 2\ncranial: 2\n\(known)\n")
    // The classes of a state dict itself can be stored too: it is taken as published.
    let direct = try Calvaria.run(
      "latent", "classes", Self.fixture("batch-prelu-vae.pth"), "\(folder.path)/latents", "-o",
      "\(folder.path)/direct.safetensors")
    #expect(direct.status == 0, "\(direct.errors)")
    #expect(
      try TrainedBetaVAE(contentsOf: "\(folder.path)/direct.safetensors").classes
        == TrainedBetaVAE(contentsOf: known).classes)

    let deviation = try Calvaria.run("latent", "deviation", known, "cranial", "--json")
    #expect(deviation.status == 0, "\(deviation.errors)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(deviation.output.utf8)) as? [String: Any])
    #expect(((json["length"] as? Double) ?? 0) > 0)

    let scan = try Phantom.write(in: folder)
    // Without a part: what so small a network adds fills no hole, and its design would take a minute.
    let pipeline = folder.write(
      Array(
        """
        version: 1
        parameters: {model: none.safetensors}
        stages:
          skull:     {stage: load, of: $case}
          bone:      {stage: bone, of: skull}
          latent:    {stage: encode, of: bone, model: $model}
          shifted:   {stage: shift, of: latent, from: cranial, gamma: 3}
          completed: {stage: decode, of: shifted}
          rough:     {stage: subtract, minuend: completed, subtrahend: bone}
        outputs: {implant.nrrd: rough}
        """.utf8), "complete.yaml")
    let run = try Calvaria.run(
      "implant", scan, "-o", "\(folder.path)/implant", "--pipeline", pipeline, "--set",
      "model=\(known)")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try ImageFile(opening: "\(folder.path)/implant/implant.nrrd").info.sizes == [72, 88, 64])
    #expect(!run.errors.contains("taken for granted"), "\(run.errors)")
    // A state dict does not say its head; who uses it as it is hears what was taken for granted.
    let assumed = try Calvaria.run(
      "implant", scan, "-o", "\(folder.path)/assumed", "--pipeline", pipeline, "--set",
      "model=\(folder.path)/direct.safetensors")
    #expect(assumed.status == 0, "\(assumed.errors)")
    let sentence = "taken for granted: the head published and the latent mode meanPlusSigma"
    #expect(assumed.errors.contains(sentence), "\(assumed.errors)")
    let sampled = try Calvaria.run(
      "latent", "sample", Self.fixture("batch-prelu-vae.pth"), "--count", "1", "-o",
      "\(folder.path)/samples")
    #expect(sampled.status == 0 && sampled.errors.contains(sentence), "\(sampled.errors)")
    // Whether an encoder alone is enough, and the same bytes come again.
    var encoder = TensorArchive()
    for tensor in try TensorArchive(contentsOf: Self.fixture("batch-prelu-vae.pth"))
      .below("state_dict.").tensors where !tensor.name.hasPrefix("decode")
    {
      try encoder.append(tensor)
    }
    try encoder.writeSafetensors(to: "\(folder.path)/encoder.safetensors")
    let again = try Calvaria.run(
      "latent", "import", "\(folder.path)/encoder.safetensors", "--decoder",
      Self.fixture("batch-prelu-decoder.pth"), "-o", "\(folder.path)/again.safetensors")
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      try TrainedBetaVAE(contentsOf: "\(folder.path)/again.safetensors").parameters
        == model.parameters)
  }

  /// A checkpoint with the trained network and its running mean: neither is taken unless it is named.
  @Test(arguments: ["state_dict", "ema_state_dict", "model_ema"])
  func oneOfSeveralNetworksIsChosenByItsEntry(entry: String) throws {
    let folder = TemporaryFolder()
    let own = try TensorArchive(contentsOf: Self.fixture("batch-prelu-vae.pth")).below(
      "state_dict.")
    let entries = ["state_dict", entry == "state_dict" ? "ema_state_dict" : entry]
    // The other network has no bias of its means.
    var (checkpoint, single) = (TensorArchive(), TensorArchive())
    for tensor in own.tensors {
      try single.append(tensor)
      for name in entries {
        let isOther = name != entry && tensor.name == "mu.bias"
        try checkpoint.append(
          NamedTensor(
            name: "\(name).\(tensor.name)", type: tensor.type, shape: tensor.shape,
            bytes: isOther ? tensor.bytes.map { _ in 0 } : tensor.bytes))
      }
    }
    let (both, alone) = (folder.path + "/both.safetensors", folder.path + "/alone.safetensors")
    try checkpoint.writeSafetensors(to: both)
    try single.writeSafetensors(to: alone)
    func imported(_ path: String, _ more: [String]) throws -> Calvaria.Outcome {
      try Calvaria.run(
        ["latent", "import", path, "-o", folder.path + "/model.safetensors"] + more)
    }
    let unnamed = try imported(both, [])
    #expect(unnamed.status != 0)
    for name in entries { #expect(unnamed.errors.contains(name), "\(unnamed.errors)") }
    #expect(unnamed.errors.contains("--entry"))
    let named = try imported(both, ["--entry", entry])
    #expect(named.status == 0, "\(named.errors)")
    let model = try TrainedBetaVAE(contentsOf: folder.path + "/model.safetensors")
    #expect(try imported(alone, []).status == 0)
    #expect(
      try TrainedBetaVAE(contentsOf: folder.path + "/model.safetensors").parameters
        == model.parameters)
    let wrong = try imported(both, ["--entry", "nosuch"])
    #expect(wrong.status != 0 && wrong.errors.contains("ema"), "\(wrong.errors)")
  }

  @Test func wrongUseIsExplained() throws {
    let folder = TemporaryFolder()
    let out = ["-o", "\(folder.path)/model.safetensors"]
    let text = try folder.write("nothing", to: "text.pth")
    let own = try LatentCommandTests.model(in: folder, named: "own.safetensors")
    let (vae, decoder) = (
      Self.fixture("batch-prelu-vae.pth"), Self.fixture("batch-prelu-decoder.pth")
    )
    let relu = Self.fixture("instance-relu-vae.safetensors")
    for (arguments, status, part) in [
      (["\(folder.path)/none.pth"], Int32(1), "none.pth: file: expected a readable file"),
      ([text], 1, "text.pth"), ([own], 1, "a model of this program already"),
      ([decoder], 1, "batch-prelu-decoder.pth: tensor mu.weight: expected an encoder, found"),
      ([vae, "--decoder", text], 1, "text.pth"),
      ([vae, "--decoder", relu], 1, "instance-relu-vae.safetensors: tensor"),
      ([Calvaria.root + "/Tests/TensorFilesTests/Fixtures/evil.pth"], 1, "evil.pth"),
      ([vae, "--shape", "64x64x32"], 2, "batch-prelu-vae.pth: shape: expected one with 4 places"),
      ([vae, "--shape", "64x64"], 2, "--shape"), ([vae, "--shape", "0x4x4"], 2, "--shape"),
      ([vae, "--strides", "2,2"], 2, "strides: expected 1 or 2 for each of the 3 levels"),
      ([vae, "--strides", "2,3,2"], 2, "--strides"),
      ([vae, "--head", "plain", "--decoder", decoder], 2, "head: expected published, as"),
      ([vae, "--head", "sigmoid"], 2, "--head"),
      ([vae, "--latent-mode", "median"], 2, "--latent-mode"),
      ([vae, "--activation", "leakyrelu=2"], 2, "--activation"),
      ([relu, "--normalization", "batch"], 2, "normalization: expected instance or none"),
      ([vae, "--memory", "1KB"], 2, "memory: expected at most 1000 bytes, found that it takes"),
    ] {
      let outcome = try Calvaria.run(["latent", "import"] + arguments + out)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(!folder.names().contains("model.safetensors"))
    }
    let name = try Calvaria.run("latent", "import", vae, "-o", "\(folder.path)/model.pth")
    #expect(name.status == 2)
  }

  /// What was taken by default is said where a file is used without import.
  @Test func aStateDictThatLeavesQuestionsOpenIsSentToImport() throws {
    let outcome = try Calvaria.run(
      "latent", "deviation", Self.fixture("strides-vae.safetensors"), "cranial")
    #expect(outcome.status == 1 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("`calvaria latent import`"), "\(outcome.errors)")
  }

  @Test func aCheckpointIsNoModel() throws {
    let folder = TemporaryFolder()
    var archive = TensorArchive(metadata: [
      "calvaria.format": "1", "calvaria.model": "training-checkpoint",
    ])
    try archive.append(NamedTensor(name: "network.mu.weight", shape: [1], floats: [1]))
    let checkpoint = "\(folder.path)/last.ckpt"
    try archive.writeSafetensors(to: checkpoint)
    let scan = try Phantom.write(in: folder)
    let table = try folder.write("case,class,mu_0,sigma_0\na,complete,1,1\n", to: "t.csv")
    func run(_ arguments: [String], _ status: Int32, _ part: String) throws {
      let outcome = try Calvaria.run(arguments)
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.status == status)
      #expect(outcome.errors.contains("a checkpoint of a training"), "\(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
    let out = "\(folder.path)/o.safetensors"
    try run(["latent", "deviation", checkpoint, "cranial"], 1, "--resume`, then name")
    _ = try LatentCommandTests.model(in: folder)
    let beside = "name \(folder.path)/model.safetensors, which this training made"
    try run(["latent", "deviation", checkpoint, "cranial"], 1, beside)
    try run(["latent", "classes", checkpoint, table, "-o", out], 1, beside)
    try run(["latent", "import", checkpoint, "-o", out], 1, beside)
    try run(["latent", "encode", checkpoint, folder.path, "-o", "\(folder.path)/out"], 1, beside)
    try run(
      [
        "run", Calvaria.root + "/pipelines/implant-vae.yaml", scan, "-o", "\(folder.path)/out",
        "--set",
        "model=\(checkpoint)",
      ], 2, beside)
  }
}
