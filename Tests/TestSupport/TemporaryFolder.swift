import Glibc

/// A folder that is gone with its owner.
package final class TemporaryFolder: Sendable {
  package let path: String

  /// A new folder.
  ///
  /// - Parameter inMemory: where the system has such a place: no file waits for a disk when it is synced.
  package init(inMemory: Bool = false) {
    let memory = "/dev/shm"
    let parent = inMemory && access(memory, W_OK) == 0 ? memory : "/tmp"
    var template = Array("\(parent)/calvaria-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { Self.remove(path) }

  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes bytes without any ceremony and gives the path.
  @discardableResult
  package func write(_ bytes: some Collection<UInt8>, _ name: String) -> String {
    let stream = fopen(self(name), "wb")!
    defer { fclose(stream) }
    _ = Array(bytes).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    return self(name)
  }

  package func read(_ name: String) -> [UInt8] { Self.read(self(name)) }

  package static func read(_ path: String) -> [UInt8] {
    guard let stream = fopen(path, "rb") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let got = fread(&block, 1, block.count, stream), got > 0 { bytes += block[..<got] }
    return bytes
  }

  package func makeFolder(_ name: String) { mkdir(self(name), 0o777) }

  private static func remove(_ folder: String) {
    if let stream = opendir(folder) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        let path = "\(folder)/\(name)"
        if unlink(path) != 0 { remove(path) }
      }
      closedir(stream)
    }
    rmdir(folder)
  }
}

/// A link with a path to a target.
package func symbolicLink(_ target: String, _ path: String) { symlink(target, path) }
