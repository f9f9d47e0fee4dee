public import Errors

/// What a file of tensors holds: tensors by name, in the file's order, and texts about them.
public struct TensorArchive: Hashable, Sendable {
  /// The file, for error messages.
  public let path: String
  /// Texts by name: `__metadata__` of safetensors, the scalars beside the tensors in PyTorch files.
  public var metadata: [String: String]
  /// The tensors in the order of the file, or as they were appended.
  public private(set) var tensors: [NamedTensor] = []
  private var positions: [String: Int] = [:]

  /// An archive without tensors.
  ///
  /// - Parameter path: what error messages call it.
  public init(metadata: [String: String] = [:], path: String = "model") {
    (self.metadata, self.path) = (metadata, path)
  }

  /// Appends a tensor.
  ///
  /// - Throws: `Diagnostic` where the archive has one of this name.
  public mutating func append(_ tensor: NamedTensor) throws(Diagnostic) {
    guard positions.updateValue(tensors.count, forKey: tensor.name) == nil else {
      positions[tensor.name] = tensors.firstIndex { $0.name == tensor.name }
      throw Diagnostic(
        .duplicateName, path, field: "tensor \(quoted(tensor.name))", expected: "every name once",
        found: "it twice", remedy: "save the model again")
    }
    tensors.append(tensor)
  }

  /// The tensor of a name, nil where there is none.
  public subscript(name: String) -> NamedTensor? { positions[name].map { tensors[$0] } }

  /// The tensor of a name and, where stated, of a shape.
  ///
  /// - Throws: `Diagnostic` that names the tensor, and what there is instead.
  public func tensor(_ name: String, shape: [Int]? = nil) throws(Diagnostic) -> NamedTensor {
    guard let tensor = self[name] else {
      throw Diagnostic(
        .missingTensor, path, field: "tensor \(quoted(name))", expected: "it in the file",
        found: summary, remedy: "choose a file of this architecture")
    }
    if let shape, tensor.shape != shape {
      throw Diagnostic(
        .unexpectedTensor, path, field: "tensor \(quoted(name))", expected: "the shape \(shape)",
        found: "\(tensor.shape)", remedy: "choose a file of this architecture")
    }
    return tensor
  }

  /// The numbers of a tensor of this shape; see ``NamedTensor/floats()``.
  ///
  /// - Throws: `Diagnostic` where it is missing or of another shape, or holds integers.
  public func floats(_ name: String, shape: [Int]) throws(Diagnostic) -> [Float] {
    let tensor = try tensor(name, shape: shape)
    do throws(Diagnostic) { return try tensor.floats() } catch { throw error.about(path) }
  }

  /// The tensors and texts whose names begin with `prefix`, without it.
  ///
  /// A checkpoint `{"state_dict": {…}}` holds `state_dict.mu.weight`; below `state_dict.` it is
  /// `mu.weight`.
  public func below(_ prefix: String) -> TensorArchive {
    func rest(_ name: String) -> String? {
      name.utf8.starts(with: prefix.utf8) ? String(name.utf8.dropFirst(prefix.utf8.count)) : nil
    }
    var result = TensorArchive(path: path)
    for (name, text) in metadata {
      if let name = rest(name) { result.metadata[name] = text }
    }
    for tensor in tensors {
      guard let name = rest(tensor.name) else { continue }
      result.positions[name] = result.tensors.count
      result.tensors.append(tensor.renamed(name))
    }
    return result
  }

  private var summary: String {
    guard let first = tensors.first else { return "no tensors" }
    return "\(counted(tensors.count, "tensor")), \(quoted(first.name)) the first"
  }
}
