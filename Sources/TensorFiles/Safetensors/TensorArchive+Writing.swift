public import Errors
import Files

extension TensorArchive {
  /// Writes the archive as safetensors, replacing `path` at once or not at all.
  ///
  /// The same archive gives the same bytes. The header names the tensors in their order and its
  /// texts sorted, and is filled with spaces to a multiple of 8; the elements lie by their size,
  /// the longest first, so that each tensor is aligned without a gap, as PyTorch's reader wants.
  ///
  /// - Throws: `Diagnostic` where a name is reserved or the file cannot be written.
  /// - Complexity: O(bytes of the tensors); beside them only the header takes memory.
  public func writeSafetensors(to path: String) throws {
    let (header, order) = try safetensorsLayout(path)
    try AtomicFile.write(to: path) { sink in
      try sink.write(header)
      for index in order {
        try tensors[index].bytes.withUnsafeBytes { try sink.write($0) }
      }
    }
  }

  /// The archive as the bytes of a safetensors file; see ``writeSafetensors(to:)``.
  ///
  /// - Throws: `Diagnostic` where a name is reserved.
  public func safetensorsBytes() throws(Diagnostic) -> [UInt8] {
    let (header, order) = try safetensorsLayout(path)
    return order.reduce(into: header) { $0 += tensors[$1].bytes }
  }

  /// The header with its length, and the order in which the tensors' bytes follow it.
  private func safetensorsLayout(_ path: String) throws(Diagnostic) -> ([UInt8], [Int]) {
    let order = tensors.indices.sorted {
      (tensors[$1].type.byteCount, $0) < (tensors[$0].type.byteCount, $1)
    }
    var begins = [Int](repeating: 0, count: tensors.count)
    var reached = 0
    for index in order {
      begins[index] = reached
      reached += tensors[index].bytes.count
    }
    var json: [UInt8] = [UInt8(ascii: "{")]
    if !metadata.isEmpty {
      json += Array("\"\(SafetensorsHeader.metadataName)\":{".utf8)
      let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, (key, text)) in sorted.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        Self.append(key, to: &json)
        json.append(UInt8(ascii: ":"))
        Self.append(text, to: &json)
      }
      json.append(UInt8(ascii: "}"))
    }
    for (tensor, begin) in zip(tensors, begins) {
      guard tensor.name != SafetensorsHeader.metadataName,
        tensor.shape.count <= NamedTensor.mostAxes
      else {
        throw Diagnostic(
          .notRepresentable, path, field: "tensor \(quoted(tensor.name))",
          expected: "another name than \(SafetensorsHeader.metadataName), at most "
            + "\(NamedTensor.mostAxes) axes", found: "\(tensor.shape.count) axes",
          remedy: "rename or reshape the tensor")
      }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      Self.append(tensor.name, to: &json)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      json += Array(
        ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(begin + tensor.bytes.count)]}"
          .utf8)
    }
    json.append(UInt8(ascii: "}"))
    while json.count % 8 != 0 { json.append(0x20) }
    guard json.count <= SafetensorsHeader.longest else {
      throw Diagnostic(
        .tooLarge, path, field: "header", expected: "at most \(SafetensorsHeader.longest) bytes",
        found: "\(json.count)", remedy: "write fewer tensors or shorter texts")
    }
    let length = UInt64(json.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
    return (prefix + json, order)
  }

  /// Appends a text in quotation marks, escaped where JSON requires it.
  private static func append(_ text: String, to json: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    json.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: json += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }
}
