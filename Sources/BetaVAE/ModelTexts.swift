import Completion
import Errors
import NeuralEngine
import TensorFiles

/// Reads the texts of a model file.
struct ModelTexts {
  private let texts: [String: String]
  private let path: String

  init(_ archive: TensorArchive) { (texts, path) = (archive.metadata, archive.path) }

  func wrong(
    _ field: String, expected: String, found: String, _ code: Diagnostic.Code = .malformed,
    remedy: String = "the file is damaged or not this program's; get it again"
  ) -> Diagnostic {
    Diagnostic(
      code, path, field: field, expected: expected, found: found, remedy: remedy)
  }

  /// Whether this is a model that this program can read.
  func checkKind() throws(Diagnostic) {
    guard let kind = texts[ModelFile.kindKey] else {
      throw wrong(
        ModelFile.kindKey, expected: "a model file of calvaria", found: "tensors without it",
        .notAModel, remedy: "train a model, or import the tensors first")
    }
    // A newer version may mean anything by what follows, its kind included.
    let version = texts[ModelFile.versionKey] ?? "nothing"
    guard let number = Int(version), number >= 1 else {
      throw wrong(ModelFile.versionKey, expected: "\(ModelFile.version)", found: version)
    }
    guard number <= ModelFile.version else {
      throw wrong(
        ModelFile.versionKey, expected: "at most \(ModelFile.version)", found: version,
        .newerVersion, remedy: "the model was written by a newer calvaria; update the program")
    }
    guard kind != ModelFile.checkpointKind else { throw ModelFile.checkpointError(path) }
    guard kind == ModelFile.kind else {
      throw wrong(
        ModelFile.kindKey, expected: ModelFile.kind, found: kind, .notAModel,
        remedy: "name a model of this kind")
    }
  }

  func architecture() throws(Diagnostic) -> Architecture {
    let shape = try integers("architecture.shape", counts: 3...3)
    let channels = try integers("architecture.channels", counts: 1...10)
    let strides = try integers("architecture.strides", counts: 1...10)
    let latent = try integers("architecture.latent", counts: 1...1)[0]
    let activation = try text("architecture.activation")
    guard let known = Architecture.Activation(text: activation) else {
      throw wrong(
        "architecture.activation", expected: "prelu, relu or leakyrelu with a slope",
        found: activation)
    }
    return Architecture(
      inputShape: SIMD3(shape[0], shape[1], shape[2]), channels: channels, strides: strides,
      latentSize: latent, normalization: try word("architecture.normalization"),
      activation: known, head: try word("architecture.head"))
  }

  func latentMode() throws(Diagnostic) -> LatentMode { try word("latent_mode") }

  func classes(latentSize: Int) throws(Diagnostic) -> [LatentClass] {
    let names = (texts["classes"] ?? "").split(separator: " ").map(String.init)
    guard names.count <= ModelFile.mostClasses, Set(names).count == names.count,
      names.allSatisfy(LatentClass.isName)
    else {
      throw wrong(
        "classes",
        expected: "at most \(ModelFile.mostClasses) names of small letters, each once",
        found: texts["classes"] ?? "")
    }
    return try names.map { name throws(Diagnostic) in
      let key = "class.\(name)"
      let count = try integers("\(key).count", counts: 1...1)[0]
      let centroid = try numbers("\(key).centroid", count: latentSize)
      let variance = try numbers("\(key).variance", count: latentSize, atLeast: 0)
      let posterior = try numbers("\(key).posterior_variance", count: latentSize, atLeast: 0)
      guard count > 0 else {
        throw wrong("\(key).count", expected: "at least 1", found: "\(count)")
      }
      return LatentClass(
        name: name, count: count, centroid: centroid, variance: variance,
        posteriorVariance: posterior)
    }
  }

  func standardization(latentSize: Int) throws(Diagnostic) -> LatentStandardization? {
    guard texts["standardization.mean"] != nil || texts["standardization.deviation"] != nil else {
      return nil
    }
    return LatentStandardization(
      mean: try numbers("standardization.mean", count: latentSize),
      sigma: try numbers(
        "standardization.deviation", count: latentSize, atLeast: .leastNonzeroMagnitude))
  }

  func provenance() -> [String: String] {
    var provenance: [String: String] = [:]
    for (key, text) in texts where key.hasPrefix("training.") {
      provenance[String(key.dropFirst("training.".count))] = text
    }
    return provenance
  }

  // MARK: Forms

  private func text(_ key: String) throws(Diagnostic) -> String {
    guard let text = texts[key] else {
      throw wrong(key, expected: "this key in the file's metadata", found: "no such key")
    }
    return text
  }

  private func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(Diagnostic)
    -> Word where Word.RawValue == String
  {
    let text = try text(key)
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong(key, expected: "one of \(words)", found: text)
    }
    return word
  }

  private func integers(_ key: String, counts: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    let text = try text(key)
    let parts = text.split(separator: " ", maxSplits: 100)
    let values = parts.compactMap { Int($0) }
    // The bound keeps sums and products of what follows from overflowing before they are checked.
    guard values.count == parts.count, counts.contains(values.count),
      values.allSatisfy({ (0...1 << 40).contains($0) })
    else {
      throw wrong(
        key,
        expected: counts == 1...1
          ? "a whole number"
          : (counts.count == 1 ? "" : "\(counts.lowerBound) to ")
            + "\(counts.upperBound) whole numbers",
        found: text)
    }
    return values
  }

  private func numbers(
    _ key: String, count: Int, atLeast least: Float = -.greatestFiniteMagnitude
  ) throws(Diagnostic) -> [Float] {
    let text = try text(key)
    let parts = text.split(separator: " ", maxSplits: count)
    let values = parts.compactMap { Float($0) }
    guard parts.count == count, values.count == count,
      values.allSatisfy({ $0.isFinite && $0 >= least })
    else {
      throw wrong(
        key,
        expected: counted(count, "finite number")
          + (least > 0 ? " above 0" : least == 0 ? " of at least 0" : ""), found: text)
    }
    return values
  }
}

extension Architecture.Activation {
  /// The activation as files have it.
  package init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 2)
    switch (parts.first, parts.count) {
    case ("prelu", 1): self = .prelu
    case ("relu", 1): self = .relu
    case ("leakyrelu", 2):
      guard let slope = Float(parts[1]), slope.isFinite else { return nil }
      self = .leakyReLU(slope: slope)
    default: return nil
    }
  }

  /// The activation as files have it.
  package var text: String {
    switch self {
    case .prelu: "prelu"
    case .relu: "relu"
    case .leakyReLU(let slope): "leakyrelu \(slope)"
    }
  }
}

extension TrainedBetaVAE {
  /// All but the tensors, as a model file holds it.
  package var metadata: [String: String] {
    var texts = [ModelFile.versionKey: "\(ModelFile.version)", ModelFile.kindKey: ModelFile.kind]
    for (key, text) in architecture.texts { texts["architecture.\(key)"] = text }
    texts["latent_mode"] = latentMode.rawValue
    texts["classes"] = classes.map(\.name).joined(separator: " ")
    for item in classes {
      let key = "class.\(item.name)"
      texts["\(key).count"] = "\(item.count)"
      texts["\(key).centroid"] = Self.text(item.centroid)
      texts["\(key).variance"] = Self.text(item.variance)
      texts["\(key).posterior_variance"] = Self.text(item.posteriorVariance)
    }
    if let standardization {
      texts["standardization.mean"] = Self.text(standardization.mean)
      texts["standardization.deviation"] = Self.text(standardization.sigma)
    }
    for (key, text) in provenance { texts["training.\(key)"] = text }
    return texts
  }

  /// Numbers in the shortest spelling that reads back as the same bits.
  private static func text(_ numbers: [Float]) -> String {
    numbers.map { "\($0)" }.joined(separator: " ")
  }
}

extension Architecture {
  /// The architecture as texts by key.
  package var texts: [String: String] {
    func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: " ") }
    return [
      "shape": list([inputShape.x, inputShape.y, inputShape.z]), "channels": list(channels),
      "strides": list(strides), "latent": "\(latentSize)",
      "normalization": normalization.rawValue, "activation": activation.text,
      "head": head.rawValue,
    ]
  }
}
