public import Errors
import Glibc

/// Where the bytes of a new file go: small writes are gathered, large ones pass straight through.
public struct FileSink {
  private let descriptor: Int32
  private let path: String
  private var pending: [UInt8] = []
  /// Bytes written so far.
  public private(set) var count = 0

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    pending.reserveCapacity(Self.gathered)
  }

  private static let gathered = 1 << 16

  /// Appends bytes.
  ///
  /// - Throws: `Diagnostic` such as a full disk.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    count += bytes.count
    if pending.count + bytes.count <= Self.gathered {
      pending.append(contentsOf: bytes)
    } else {
      try flush()
      if bytes.count < Self.gathered {
        pending.append(contentsOf: bytes)
      } else {
        try put(bytes)
      }
    }
  }

  /// Appends the UTF-8 bytes of a text.
  public mutating func write(_ text: String) throws(Diagnostic) {
    var text = text
    let bytes = text.withUTF8 { Array($0) }
    try write(bytes)
  }

  public mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    let result: Result<Void, Diagnostic> = bytes.withUnsafeBytes { raw in
      do throws(Diagnostic) { return .success(try write(raw)) } catch { return .failure(error) }
    }
    try result.get()
  }

  mutating func flush() throws(Diagnostic) {
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    let result: Result<Void, Diagnostic> = bytes.withUnsafeBytes { raw in
      do throws(Diagnostic) { return .success(try put(raw)) } catch { return .failure(error) }
    }
    try result.get()
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, rest.base.baseAddress! + rest.startIndex, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        let number = errno
        throw Diagnostic(
          .init(number, otherwise: .inputOutput), path, field: "output",
          expected: "room for \(counted(rest.count, "more byte"))",
          found: String(cString: strerror(number)),
          remedy: "free space or choose another folder")
      }
      rest = rest[(rest.startIndex + written)...]
    }
  }
}
