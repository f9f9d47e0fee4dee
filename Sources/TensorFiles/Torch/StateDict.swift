import Errors

/// Makes tensors with names of what a PyTorch file describes.
///
/// Names of nested dicts, lists and tuples are joined by points: `state_dict.mu.weight`,
/// `layers.0`. Numbers, texts and truth values become texts of the metadata; `None` is left out.
struct StateDict {
  /// Deepest nesting; a file of a trainer has four or five levels.
  static let deepest = 32
  /// Most values; one that many containers share counts for each.
  static let mostValues = 200_000
  /// Bytes that all names together may have.
  static let longestNames = 1 << 26

  private let source: ByteSource
  private let archive: ZipArchive
  private let folder: String
  private let isBigEndian: Bool
  private let pickle: Pickle
  private var storages: [String: (type: TensorType, count: Int, bytes: [UInt8])] = [:]
  private var values = 0
  private var nameBytes = 0
  private var copied = 0
  private(set) var result: TensorArchive

  init(of source: ByteSource) throws(Diagnostic) {
    (self.source, archive) = (source, try ZipArchive(of: source))
    result = TensorArchive(path: source.path)
    let suffix = "/data.pkl"
    let pickles = archive.names.filter { $0.hasSuffix(suffix) }
    guard pickles.count == 1 else {
      throw source.error(
        .unknownFormat, "archive", expected: "one data.pkl, as in files of PyTorch",
        found: "\(pickles.count) of \(counted(archive.names.count, "entry", plural: "entries"))",
        remedy: "name a file that torch.save wrote")
    }
    folder = String(pickles[0].utf8.dropLast(suffix.utf8.count))!
    guard !archive.contains("\(folder)/constants.pkl") else {
      throw source.error(
        .unsupported, "archive", expected: "a state dict", found: "a program of TorchScript",
        remedy: "load it with torch.jit.load and save its state_dict()")
    }
    isBigEndian = try Self.isBigEndian(archive, folder, source)
    pickle = try Unpickler.pickle(
      archive.bytes(of: pickles[0]), entry: "data.pkl", of: source)
    guard case .container(let root) = pickle.root, case .dict = pickle.containers[root] else {
      throw source.error(
        .unsupported, "data.pkl", expected: "a dict of tensors", found: "something else",
        remedy: "save the state dict: torch.save(model.state_dict(), …)")
    }
    try add(pickle.root, name: "", depth: 0)
    storages = [:]
  }

  private static func isBigEndian(
    _ archive: ZipArchive, _ folder: String, _ source: ByteSource
  ) throws(Diagnostic) -> Bool {
    // Before torch 2.0 there was no such entry, and all files were little-endian.
    guard archive.contains("\(folder)/byteorder") else { return false }
    switch try archive.bytes(of: "\(folder)/byteorder") {
    case Array("little".utf8): return false
    case Array("big".utf8): return true
    default:
      throw source.error(
        .malformed, "byteorder", expected: "little or big", found: "something else",
        remedy: "save the model again")
    }
  }

  private mutating func add(
    _ value: PickleValue, name: String, depth: Int
  ) throws(Diagnostic) {
    values += 1
    nameBytes += name.utf8.count
    guard values <= Self.mostValues, nameBytes <= Self.longestNames, depth <= Self.deepest else {
      throw source.error(
        .tooLarge, "data.pkl",
        expected: "at most \(Self.mostValues) values, nested \(Self.deepest) deep, with "
          + "\(Self.longestNames) bytes of names", found: "more",
        remedy: "save the state dict alone")
    }
    switch value {
    case .none: break
    case .bool(let bool): try note(bool ? "true" : "false", name)
    case .int(let int): try note(String(int), name)
    case .float(let float): try note("\(float)", name)
    case .text(let text): try note(text, name)
    case .tensor(let index): try result.append(tensor(pickle.tensors[index], name: name))
    case .container(let index):
      switch pickle.containers[index] {
      case .tuple(let items), .list(let items):
        for (place, item) in items.enumerated() {
          try add(item, name: joined(name, String(place)), depth: depth + 1)
        }
      case .dict(let pairs, _):
        for pair in pairs {
          try add(pair.value, name: joined(name, key(pair.key, in: name)), depth: depth + 1)
        }
      }
    case .global, .storage:
      throw source.error(
        .unsupported, "data.pkl, \(quoted(name))", expected: "a tensor, a number or a text",
        found: "a type or a bare storage", remedy: "save the state dict alone")
    }
  }

  private func key(_ value: PickleValue, in name: String) throws(Diagnostic) -> String {
    switch value {
    case .text(let text): return text
    case .int(let int): return String(int)
    default:
      throw source.error(
        .unsupported, "data.pkl, \(quoted(name))", expected: "keys that are texts or integers",
        found: "another", remedy: "save the state dict alone")
    }
  }

  private func joined(_ name: String, _ part: String) -> String {
    name.isEmpty ? part : "\(name).\(part)"
  }

  private mutating func note(_ text: String, _ name: String) throws(Diagnostic) {
    guard result.metadata[name] == nil else {
      throw source.error(
        .duplicateName, "data.pkl, \(quoted(name))", expected: "every name once",
        found: "it twice", remedy: "save the model again")
    }
    result.metadata[name] = text
  }

  /// The elements of a view, made contiguous.
  private mutating func tensor(
    _ tensor: PickledTensor, name: String
  ) throws(Diagnostic) -> NamedTensor {
    let storage = pickle.storages[tensor.storage]
    let what = "tensor \(quoted(name))"
    guard let byteCount = TensorType.byteCount(of: tensor.shape, storage.type) else {
      throw source.error(
        .tooLarge, what, expected: "a shape below 2^63 bytes", found: "\(tensor.shape)",
        remedy: "save the model again")
    }
    let bytes = try contents(of: storage, what)
    guard byteCount > 0 else {
      return NamedTensor(name: name, type: storage.type, shape: tensor.shape, bytes: [])
    }
    let view = StridedView(offset: tensor.offset, shape: tensor.shape, strides: tensor.strides)
    guard view.isInside(of: storage.count) else {
      throw source.error(
        .outOfBounds, what, expected: "elements inside of its storage of \(storage.count)",
        found: "offset \(tensor.offset), shape \(tensor.shape), strides \(tensor.strides)",
        remedy: "save the model again")
    }
    if byteCount == bytes.count, view.isContiguous {
      return NamedTensor(name: name, type: storage.type, shape: tensor.shape, bytes: bytes)
    }
    // Strides of 0 and shared storages could ask for any amount of memory.
    guard byteCount <= bytes.count, copied + byteCount <= 4 * source.size else {
      throw source.error(
        .tooLarge, what, expected: "no more elements than the file stores, and few shared",
        found: "the shape \(tensor.shape) over a storage of \(storage.count)",
        remedy: "save clones of the tensors: {k: v.clone() for k, v in d.items()}")
    }
    copied += byteCount
    return NamedTensor(
      name: name, type: storage.type, shape: tensor.shape,
      bytes: view.gather(from: bytes, elementSize: storage.type.byteCount, byteCount: byteCount))
  }

  private mutating func contents(
    of storage: PickledStorage, _ what: String
  ) throws(Diagnostic) -> [UInt8] {
    if let known = storages[storage.key] {
      guard known.type == storage.type, known.count == storage.count else {
        throw source.error(
          .malformed, what, expected: "one type and size for the storage \(quoted(storage.key))",
          found: "another than before", remedy: "save the model again")
      }
      return known.bytes
    }
    let bytes = try archive.bytes(of: "\(folder)/data/\(storage.key)")
    let size = storage.type.byteCount
    guard bytes.count % size == 0, bytes.count / size == storage.count else {
      throw source.error(
        .sizeMismatch, what, expected: "a storage of \(storage.count) \(storage.type.rawValue)",
        found: counted(bytes.count, "byte"), remedy: "save the model again")
    }
    let ordered = isBigEndian ? byteSwapped(bytes, elementSize: size) : bytes
    storages[storage.key] = (storage.type, storage.count, ordered)
    return ordered
  }
}

extension TensorArchive {
  /// Reads a zip archive that `torch.save` wrote.
  init(stateDict source: ByteSource) throws(Diagnostic) {
    self = try StateDict(of: source).result
  }
}
