import Errors
import Files

/// The bytes of one file, on disk or in memory, none of which is read outside of its bounds.
struct ByteSource {
  private enum Storage {
    case file(InputFile)
    case memory([UInt8])
  }

  /// What error messages call it.
  let path: String
  let size: Int
  private let storage: Storage

  init(path: String) throws(Diagnostic) {
    let file = try InputFile(path)
    (self.path, size, storage) = (path, file.size, .file(file))
  }

  init(bytes: [UInt8], name: String) {
    (path, size, storage) = (name, bytes.count, .memory(bytes))
  }

  /// Exactly `count` bytes from `offset`; memory is taken only once the file is known to have them.
  func bytes(at offset: Int, count: Int, for field: String) throws(Diagnostic) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw error(
        .truncated, field, expected: "\(counted(count, "byte")) at byte \(offset)",
        found: "a file of \(counted(size, "byte"))", remedy: "copy or download the file again")
    }
    switch storage {
    case .memory(let bytes):
      return Array(bytes[offset..<offset + count])
    case .file(let file):
      let bytes = try file.bytes(at: offset, count: count)
      guard bytes.count == count else {
        throw error(
          .truncated, field, expected: "\(counted(count, "byte")) at byte \(offset)",
          found: "\(bytes.count) (the file became shorter)", remedy: "copy the file again")
      }
      return bytes
    }
  }

  func error(
    _ code: Diagnostic.Code, _ field: String, expected: String, found: String, remedy: String
  ) -> Diagnostic {
    Diagnostic(
      code, path, field: field, expected: expected, found: found, remedy: remedy)
  }
}

/// Elements with their bytes in the other order.
func byteSwapped(_ bytes: [UInt8], elementSize: Int) -> [UInt8] {
  var bytes = bytes
  if elementSize > 1 {
    for start in stride(from: 0, to: bytes.count, by: elementSize) {
      bytes[start..<start + elementSize].reverse()
    }
  }
  return bytes
}
