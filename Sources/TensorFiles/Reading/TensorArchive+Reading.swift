import Files
public import Errors

extension TensorArchive {
  /// Reads a file of tensors; its first bytes say which format it has, its name does not count.
  ///
  /// Safetensors, and state dicts as PyTorch 1.6 and later saves them (a zip archive with a
  /// pickle). Nothing in the file is executed, and memory is taken only for bytes that the file
  /// has.
  ///
  /// - Throws: `Diagnostic` with the field at fault.
  /// - Complexity: O(bytes of the file) in time and memory.
  public init(contentsOf path: String) throws(Diagnostic) {
    try self.init(ByteSource(path: path))
  }

  /// Reads a file of tensors that is in memory.
  ///
  /// - Parameter name: what error messages call it.
  /// - Throws: `Diagnostic` with the field at fault.
  public init(bytes: [UInt8], name: String = "bytes") throws(Diagnostic) {
    try self.init(ByteSource(bytes: bytes, name: name))
  }

  init(_ source: ByteSource) throws(Diagnostic) {
    let head = try source.bytes(at: 0, count: min(512, source.size), for: "file")
    if head.starts(with: [0x50, 0x4b, 0x03, 0x04]) {
      try self.init(stateDict: source)
    } else if head.count >= 9, head[8] == UInt8(ascii: "{") {
      try self.init(safetensors: source)
    } else {
      throw Self.unknown(head, source)
    }
  }

  private init(safetensors source: ByteSource) throws(Diagnostic) {
    let header = try SafetensorsHeader(of: source)
    self.init(metadata: header.metadata, path: source.path)
    for entry in header.entries {
      let bytes = try source.bytes(
        at: header.dataStart + entry.begin, count: entry.end - entry.begin,
        for: "tensor \(quoted(entry.name))")
      try append(
        NamedTensor(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes))
    }
  }

  private static func unknown(_ head: [UInt8], _ source: ByteSource) -> Diagnostic {
    let expected = "a safetensors file or a state dict of PyTorch"
    let found: String
    var remedy = "name a file of tensors"
    if head.isEmpty {
      found = "an empty file"
    } else if head.starts(with: [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]) {
      found = "the format of PyTorch before 1.6"
      remedy = "load it with PyTorch and save its state dict again"
    } else if head.first == 0x80, head.count > 1, head[1] <= 5 {
      found = "a bare pickle"
      remedy = "load it with PyTorch and save its state dict again"
    } else if head.starts(with: [0x93] + Array("NUMPY".utf8)) {
      found = "one array of NumPy"
    } else if head.starts(with: [0x89] + Array("HDF".utf8)) {
      found = "HDF5"
      remedy = "convert it to safetensors"
    } else if head.starts(with: [0x50, 0x4b]) {
      found = "an empty or divided zip archive"
    } else if let foreign = ForeignFile.recognised(by: head) {
      (found, remedy) = foreign
    } else {
      found = "neither's first bytes"
    }
    return source.error(.unknownFormat, "file", expected: expected, found: found, remedy: remedy)
  }
}
