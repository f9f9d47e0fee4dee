import Completion
import Errors
import NeuralEngine
import TensorFiles

/// The tensors of a state dict by their names in the reference network.
struct StateDictTensors {
  let path: String
  /// Whether the encoder's tensors are there and wanted.
  let hasEncoder: Bool
  /// Whether the decoder's tensors are there and wanted.
  let hasDecoder: Bool
  private var tensors: [String: NamedTensor] = [:]

  /// - Throws: ``Diagnostic`` where this is no network that is known, or the part is missing.
  init(_ archive: TensorArchive, part: StateDictImport.Part) throws(Diagnostic) {
    path = archive.path
    try ModelFile.refuseOwnKinds(archive)
    let entries = Self.entries(archive)
    if entries.count > 1 {
      throw Diagnostic(
        .notAModel, path, field: "entry", expected: "one network",
        found: entries.map { $0.isEmpty ? "one at the top" : $0 }.joined(separator: ", "),
        remedy:
          "choose one with --entry, such as --entry \(entries.first { $0.contains("ema") } ?? entries[0])"
      )
    }
    guard
      let prefix = Self.prefix(before: "decodeL.weight", archive)
        ?? Self.prefix(before: "mu.weight", archive)
    else {
      throw Diagnostic(
        .notAModel, path, field: "tensors",
        expected: "mu.weight or decodeL.weight, as in a state dict of MONAI's VarAutoEncoder or of "
          + "the published decoder",
        found: archive.tensors.first?.name ?? "no tensors", remedy: "name such a file")
    }
    let below = archive.below(prefix)
    hasEncoder = part != .decoder && below["mu.weight"] != nil
    hasDecoder = part != .encoder && below["decodeL.weight"] != nil
    let missing =
      part == .encoder && !hasEncoder
      ? "mu.weight" : part == .decoder && !hasDecoder ? "decodeL.weight" : nil
    if let missing {
      throw Diagnostic(
        .malformed, path, field: "tensor \(missing)", expected: "the \(part.rawValue)",
        found: hasEncoder || below["mu.weight"] != nil ? "an encoder alone" : "a decoder alone",
        remedy: "name a file that holds it")
    }
    for tensor in below.tensors {
      let name = Self.reference(tensor.name)
      if part == .encoder, Self.isDecoder(name) { continue }
      if part == .decoder, Architecture.isEncoder(name) { continue }
      guard tensors.updateValue(tensor.renamed(name), forKey: name) == nil else {
        throw wrong(name, "one tensor", "two under names that mean the same")
      }
    }
  }

  /// The entries of a checkpoint that hold a network each, such as `state_dict` and `ema_state_dict`, in the order of
  /// the alphabet.
  private static func entries(_ archive: TensorArchive) -> [String] {
    for end in ["mu.weight", "decodeL.weight"] {
      let found = archive.tensors.map(\.name).filter { $0 == end || $0.hasSuffix("." + end) }
      if found.count > 1 { return found.map { String($0.dropLast(end.count + 1)) }.sorted() }
    }
    return []
  }

  /// What stands before all names, where one name ends like this; nil where none does, or several do.
  private static func prefix(before end: String, _ archive: TensorArchive) -> String? {
    let found = archive.tensors.map(\.name).filter { $0.hasSuffix(end) }
    guard found.count == 1 else { return nil }
    let prefix = String(found[0].dropLast(end.count))
    return prefix.isEmpty || prefix.hasSuffix(".") ? prefix : nil
  }

  /// `conv3.adn.A.weight` of the published decoder is `decode.decode_2.conv.adn.A.weight`.
  private static func reference(_ name: String) -> String {
    guard name.hasPrefix("conv"), let point = name.firstIndex(of: "."),
      let number = Int(name[name.index(name.startIndex, offsetBy: 4)..<point]),
      (1...10).contains(number)
    else { return name }
    return "decode.decode_\(number - 1).conv\(name[point...])"
  }

  private static func isDecoder(_ name: String) -> Bool {
    name.hasPrefix("decode.") || name.hasPrefix("decodeL.")
  }

  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The first name, by alphabet, that ends like this.
  func first(endingIn end: String) -> String? {
    tensors.keys.filter { $0.hasSuffix(end) }.min()
  }

  /// The shape of a tensor.
  ///
  /// - Throws: ``Diagnostic`` where it is not there, or not of so many axes of at least 1.
  func shape(_ name: String, axes: Int) throws(Diagnostic) -> [Int] {
    guard let tensor = tensors[name] else { throw wrong(name, "a tensor of this name", "none") }
    guard tensor.shape.count == axes, tensor.shape.allSatisfy({ $0 > 0 }) else {
      throw wrong(name, counted(axes, "axis", plural: "axes"), "\(tensor.shape)")
    }
    return tensor.shape
  }

  /// A tensor as the engine takes it.
  ///
  /// - Throws: ``Diagnostic`` where it is missing, of another shape or not finite;
  ///   `Diagnostic` where it holds no floats.
  func parameter(_ name: String, shape: [Int]) throws -> Parameter {
    guard let tensor = tensors[name] else { throw wrong(name, "a tensor of this name", "none") }
    guard tensor.shape == shape else { throw wrong(name, "the shape \(shape)", "\(tensor.shape)") }
    let values: [Float]
    do { values = try tensor.floats() } catch {
      throw wrong(name, "floating-point numbers", tensor.type.rawValue)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw wrong(name, "finite numbers", "infinity or NaN")
    }
    return Parameter(name: name, shape: shape, values: values)
  }

  /// Throws where a tensor has no place in the network.
  func requireNoOthers(than known: Set<String>) throws(Diagnostic) {
    let end = "num_batches_tracked"
    let foreign = tensors.keys.filter {
      !known.contains($0)
        && !($0.hasSuffix(end) && known.contains($0.dropLast(end.count) + "running_var"))
    }.min()
    if let foreign { throw wrong(foreign, "only tensors of the network", "one more") }
  }

  /// Steps that the normalizations whose names begin like this have seen; 0 where none says.
  func trackedBatches(_ prefix: String) -> Int64 {
    let names = tensors.keys.filter {
      $0.hasPrefix(prefix) && $0.hasSuffix(".num_batches_tracked")
    }
    return max(0, names.min().flatMap { try? tensors[$0]?.int64() } ?? 0)
  }

  /// An error about a tensor of the file.
  func wrong(_ tensor: String, _ expected: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .malformed, path, field: "tensor \(tensor)", expected: expected, found: found,
      remedy: "choose a state dict of this architecture")
  }
}
