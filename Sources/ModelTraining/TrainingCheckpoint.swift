import Completion
import BetaVAE
import Errors
import Files
import NeuralEngine
import TensorFiles

/// Everything that a training needs to go on as if it had not stopped.
package struct TrainingCheckpoint {
  static let version = 1

  /// The training stage, 1 or 2.
  var stage = 1
  /// Epochs of the training stage that are done.
  var epoch = 0
  /// Steps of the present epoch that are done.
  var step = 0
  /// Lines of the log that belong to what is done.
  var logLines = 0
  /// The best score of the training stage; nil: none yet.
  var bestScore: Double?
  /// The epoch that it is of.
  var bestEpoch = 0
  /// Epochs since the best one, which early stopping counts.
  var staleEpochs = 0
  /// Whether the training stage ended before its epochs, because scores no longer got better.
  var endedEarly = false
  /// Steps that the result of stage 1 had.
  var encoderSteps = 0
  /// Steps that the optimiser has done.
  var optimizerSteps = 0
  /// The network in training: the autoencoder in stage 1, the decoder in stage 2.
  var parameters: [Parameter] = []
  /// Adam's moments; empty in a checkpoint of the best weights alone.
  var moments: [Parameter] = []
  /// The result of stage 1; empty while it is trained.
  var autoencoder: [Parameter] = []
  /// The statistics of the latents of stage 2.
  var standardization: LatentStandardization?
  /// The engines that the training ran on, each once, in order.
  var engines: [String] = []
  /// Where `last.ckpt` stands; nil: nothing of this training has been written.
  var saved: TrainingPlace?
  /// What the present epoch has summed so far.
  var sums: EpochSums

  /// The most epochs that a training stage has.
  static let mostEpochs = 1_000_000

  init(classes: Int) { sums = EpochSums(classes: classes) }

  /// What a checkpoint belongs to.
  struct Owner {
    var configuration: TrainingConfiguration
    var data: String
    var classes: Int
    var threads: Int
  }

  func write(to path: String, owner: Owner) throws {
    var texts = [
      "calvaria.format": "\(Self.version)", "calvaria.model": "training-checkpoint",
      "stage": "\(stage)", "epoch": "\(epoch)", "step": "\(step)", "log_lines": "\(logLines)",
      "best_epoch": "\(bestEpoch)", "stale_epochs": "\(staleEpochs)",
      "ended_early": "\(endedEarly)", "encoder_steps": "\(encoderSteps)",
      "optimizer_steps": "\(optimizerSteps)", "data": owner.data, "threads": "\(owner.threads)",
      "engine": engines.joined(separator: ", "),
    ]
    // Its bits: the text of a score must not lose any.
    if let bestScore { texts["best_score"] = "\(bestScore.bitPattern)" }
    for (key, text) in owner.configuration.texts { texts["configuration.\(key)"] = text }
    var archive = TensorArchive(metadata: texts, path: path)
    for (prefix, list) in [
      ("network", parameters), ("optimizer", moments), ("autoencoder", autoencoder),
    ] {
      for parameter in list {
        try archive.append(
          NamedTensor(
            name: "\(prefix).\(parameter.name)", shape: parameter.shape, floats: parameter.values))
      }
    }
    if let standardization {
      for (name, values) in [
        ("mean", standardization.mean), ("deviation", standardization.sigma),
      ] {
        try archive.append(
          NamedTensor(name: "standardization.\(name)", shape: [values.count], floats: values))
      }
    }
    let latentSize = owner.configuration.architecture.latentSize
    for tensor in sums.tensors(latentSize: latentSize) { try archive.append(tensor) }
    archive.metadata["tensors.sha256"] = Self.digest(of: archive)
    try archive.writeSafetensors(to: path)
  }

  /// SHA-256 of all tensors, names and bytes, by name: numbers that a disk changed are still numbers.
  private static func digest(of archive: TensorArchive) -> String {
    var hash = SHA256()
    for tensor in archive.tensors.sorted(by: { $0.name < $1.name }) {
      Array(tensor.name.utf8).withUnsafeBytes { hash.update($0) }
      tensor.bytes.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }

  /// Reads a checkpoint and holds it against what is to be trained.
  ///
  /// - Throws: ``Diagnostic`` with the key that differs, or where the file is damaged.
  init(contentsOf path: String, owner: Owner) throws {
    try self.init(TensorArchive(contentsOf: path), path, owner: owner)
  }

  /// Takes a checkpoint from what its file holds.
  ///
  /// - Throws: as ``init(contentsOf:owner:)``.
  init(_ archive: TensorArchive, _ path: String, owner: Owner) throws {
    let texts = archive.metadata
    func wrong(
      _ field: String, _ expected: String, _ found: String,
      _ code: Diagnostic.Code = .malformed,
      _ remedy: String = "the checkpoint is damaged; start again in another folder"
    ) -> Diagnostic {
      Diagnostic(
        code, path, field: field, expected: expected, found: found, remedy: remedy)
    }
    guard texts["calvaria.model"] == "training-checkpoint",
      let version = texts["calvaria.format"].flatMap({ Int($0) })
    else {
      throw wrong(
        "calvaria.model", "a checkpoint of a training", texts["calvaria.model"] ?? "none",
        .notAModel)
    }
    guard version <= Self.version else {
      throw wrong(
        "calvaria.format", "at most \(Self.version)", "\(version)", .newerVersion,
        "it was written by a newer calvaria; update the program")
    }
    // Checkpoints of before it was written have none.
    if let told = texts["tensors.sha256"], told != Self.digest(of: archive) {
      throw wrong("tensors.sha256", told, "other tensors")
    }
    func number(_ key: String) throws(Diagnostic) -> Int {
      guard let value = texts[key].flatMap({ Int($0) }), (0...1 << 40).contains(value) else {
        throw wrong(key, "a whole number of at least 0", texts[key] ?? "nothing")
      }
      return value
    }
    self.init(classes: owner.classes)
    stage = try number("stage")
    guard (1...2).contains(stage) else { throw wrong("stage", "1 or 2", "\(stage)") }
    var old: [String: String] = [:]
    for (key, text) in texts where key.hasPrefix("configuration.") {
      old[String(key.dropFirst("configuration.".count))] = text
    }
    if let difference = owner.configuration.difference(from: old, stage: stage) {
      throw wrong(
        difference.key, "\(difference.old), with which this training began", difference.new,
        .otherTraining, "put it back, or train in another folder")
    }
    guard texts["data"] == owner.data else {
      throw wrong(
        "data", "the volumes with which this training began (\(texts["data"] ?? "none"))",
        owner.data, .otherTraining, "put them back, or train in another folder")
    }
    epoch = try number("epoch")
    step = try number("step")
    logLines = try number("log_lines")
    guard epoch <= Self.mostEpochs, logLines <= 2 * Self.mostEpochs, epoch <= logLines else {
      throw wrong(
        "log_lines", "those of \(counted(epoch, "epoch")) of the stage, and of the stage before",
        "\(logLines)")
    }
    bestEpoch = try number("best_epoch")
    staleEpochs = try number("stale_epochs")
    encoderSteps = try number("encoder_steps")
    optimizerSteps = try number("optimizer_steps")
    engines = texts["engine"]?.split(separator: ", ").map(String.init) ?? []
    saved = place
    endedEarly = texts["ended_early"] == "true"
    bestScore = texts["best_score"].flatMap { UInt64($0) }.map(Double.init(bitPattern:))
    let architecture = owner.configuration.architecture
    let isDecoderOnly = stage == 2
    func tensors(_ prefix: String, _ shapes: [(name: String, shape: [Int])]) throws -> [Parameter] {
      try shapes.map { name, shape in
        Parameter(
          name: name, shape: shape, values: try archive.floats("\(prefix).\(name)", shape: shape))
      }
    }
    parameters = try tensors(
      "network", architecture.parameterShapes(decoderOnly: isDecoderOnly))
    moments = try archive.below("optimizer.").tensors.map {
      Parameter(name: $0.name, shape: $0.shape, values: try $0.floats())
    }
    if isDecoderOnly {
      autoencoder = try tensors("autoencoder", architecture.parameterShapes())
    }
    if archive["standardization.mean"] != nil {
      let size = architecture.latentSize
      let sigma = try archive.floats("standardization.deviation", shape: [size])
      guard sigma.allSatisfy({ $0 > 0 }) else {
        throw wrong("standardization.deviation", "numbers above 0", "others")
      }
      standardization = LatentStandardization(
        mean: try archive.floats("standardization.mean", shape: [size]), sigma: sigma)
    }
    guard
      let sums = EpochSums(
        archive, classes: owner.classes, latentSize: architecture.latentSize)
    else {
      throw wrong(
        "epoch.sums", "sums of \(counted(owner.classes, "class", plural: "classes"))", "others")
    }
    self.sums = sums
  }
}
