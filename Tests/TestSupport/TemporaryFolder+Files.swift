package import Foundation

extension TemporaryFolder {
  /// Writes a text and gives the path.
  package func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// Writes bytes and gives the path.
  package func write(_ data: Data, to name: String) throws -> String {
    try data.write(to: URL(filePath: self(name)))
    return self(name)
  }

  /// An empty file, open for writing.
  package func handle(_ name: String) throws -> FileHandle {
    try Data().write(to: URL(filePath: self(name)))
    return try FileHandle(forWritingTo: URL(filePath: self(name)))
  }

  /// The names below a folder in it, hidden ones too, in order.
  package func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: self(folder))) ?? []).sorted()
  }

  package func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  package func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: self(name)))
  }

  package func lines(_ name: String) throws -> [String] {
    try String(contentsOfFile: self(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// The object in a JSON file.
  package func json(_ name: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: try bytes(name))
    guard let object = object as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
    return object
  }
}
