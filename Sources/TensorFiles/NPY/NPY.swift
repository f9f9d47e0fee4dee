public import Errors
import Files

/// Files of NumPy with one array.
///
/// *Source*: NumPy 2.4, `numpy.lib.format`, versions 1.0 to 3.0.
public enum NPY {
  /// Writes a table of numbers, version 1.0, C order, little-endian; the same bytes as NumPy's.
  ///
  /// - Parameters:
  ///   - values: row-major, `rows` × `columns`.
  /// - Throws: `Diagnostic` where the file cannot be written.
  public static func write(
    _ values: [Float], rows: Int, columns: Int, to path: String
  ) throws {
    precondition(values.count == rows * columns, "\(values.count) values are no table")
    try write(NamedTensor(name: "", shape: [rows, columns], floats: values), to: path)
  }

  /// Writes a tensor, version 1.0, C order, little-endian; NumPy has no bfloat16.
  ///
  /// - Throws: `Diagnostic` where the type is bfloat16 or the file cannot be written.
  public static func write(_ tensor: NamedTensor, to path: String) throws {
    guard let descr = descrs.first(where: { $0.value == tensor.type })?.key else {
      throw Diagnostic(
        .notRepresentable, path, field: "tensor \(quoted(tensor.name))",
        expected: "a type of NumPy", found: tensor.type.rawValue, remedy: "write it as F32")
    }
    let order = tensor.type.byteCount == 1 ? "|" : "<"
    let sizes = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.shape.count == 1 ? "(\(sizes),)" : "(\(sizes))"
    let text = "{'descr': '\(order)\(descr)', 'fortran_order': False, 'shape': \(shape), }"
    // The elements begin at a multiple of 64; a line feed ends the header.
    let unpadded = 10 + text.utf8.count + 1
    let length = (unpadded + 63) / 64 * 64 - 10
    guard length <= 0xffff else {
      throw Diagnostic(
        .notRepresentable, path, field: "shape", expected: "a header below 64 KiB",
        found: counted(tensor.shape.count, "axis", plural: "axes"), remedy: "reshape the tensor")
    }
    let padding = String(repeating: " ", count: length - text.utf8.count - 1)
    let prefix = magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    try AtomicFile.write(to: path) { sink in
      try sink.write(prefix + Array("\(text)\(padding)\n".utf8))
      try tensor.bytes.withUnsafeBytes { try sink.write($0) }
    }
  }

  /// Reads an array of numbers or truth values; Fortran order and big-endian become row-major and
  /// little-endian.
  ///
  /// - Returns: a tensor with an empty name.
  /// - Throws: `Diagnostic` with the field at fault.
  /// - Complexity: O(bytes of the file).
  public static func read(_ path: String) throws(Diagnostic) -> NamedTensor {
    try read(ByteSource(path: path))
  }

  /// Reads an array that is in memory; see ``read(_:)``.
  ///
  /// - Throws: `Diagnostic` with the field at fault.
  public static func read(
    bytes: [UInt8], name: String = "bytes"
  ) throws(Diagnostic) -> NamedTensor {
    try read(ByteSource(bytes: bytes, name: name))
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private static let descrs: [String: TensorType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
    "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  private static func read(_ source: ByteSource) throws(Diagnostic) -> NamedTensor {
    let head = LittleEndianBytes(
      try source.bytes(at: 0, count: min(12, source.size), for: "file"))
    guard head.count == 12, head.bytes.starts(with: magic), (1...3).contains(head.bytes[6]) else {
      throw source.error(
        .unknownFormat, "file", expected: "an array of NumPy, version 1 to 3",
        found: "other first bytes", remedy: "name a file that numpy.save wrote")
    }
    let lengthBytes = head.bytes[6] == 1 ? 2 : 4
    let length = Int(head.number(at: 8, lengthBytes))
    let header = try NPYHeader(
      source.bytes(at: 8 + lengthBytes, count: length, for: "header"), of: source)
    let code = String(header.descr.dropFirst())
    guard let order = header.descr.first, "<>|=".contains(order), let type = descrs[code],
      order != "|" || type.byteCount == 1, order != "="
    else {
      throw source.error(
        .unsupported, "descr", expected: "numbers or truth values, such as '<f4'",
        found: quoted(header.descr), remedy: "convert the array: a.astype('float32')")
    }
    let start = 8 + lengthBytes + length
    guard let byteCount = TensorType.byteCount(of: header.shape, type) else {
      throw source.error(
        .tooLarge, "shape", expected: "a product below 2^63 bytes", found: "\(header.shape)",
        remedy: "save the array again")
    }
    guard byteCount == source.size - start else {
      throw source.error(
        .sizeMismatch, "data",
        expected: "\(counted(byteCount, "byte")) for \(header.shape) of \(code)",
        found: "\(source.size - start)", remedy: "save the array again")
    }
    var bytes = try source.bytes(at: start, count: byteCount, for: "data")
    if order == ">" { bytes = byteSwapped(bytes, elementSize: type.byteCount) }
    if header.isFortranOrder, byteCount > 0 {
      var strides: [Int] = []
      var next = 1
      for size in header.shape {
        strides.append(next)
        next *= size
      }
      bytes = StridedView(offset: 0, shape: header.shape, strides: strides)
        .gather(from: bytes, elementSize: type.byteCount, byteCount: byteCount)
    }
    return NamedTensor(name: "", type: type, shape: header.shape, bytes: bytes)
  }
}
