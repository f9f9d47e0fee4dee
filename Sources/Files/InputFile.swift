public import Errors
import Glibc

/// A regular file opened for reading at any place.
///
/// Devices, pipes and folders are refused, so a read always ends.
public final class InputFile: Sendable {
  /// The path as the user gave it.
  public let path: String
  /// Bytes in the file when it was opened.
  public let size: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Throws: `Diagnostic` where it is missing, unreadable, or not a regular file.
  public init(_ path: String) throws(Diagnostic) {
    // O_NONBLOCK: opening a pipe nobody writes to must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let number = errno
      throw Diagnostic(
        .init(number, otherwise: .unreadable), path, field: "file", expected: "a readable file",
        found: String(cString: strerror(number)), remedy: "check the name and the permissions")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or pipe"
      throw Diagnostic(
        .unreadable, path, field: "file", expected: "a regular file", found: found,
        remedy: "name a file")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads up to `buffer.count` bytes from `offset`; fewer only at the end of the file.
  ///
  /// - Returns: the number of bytes read.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic)
    -> Int
  {
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        let number = errno
        throw Diagnostic(
          .init(number, otherwise: .inputOutput), path, field: "file",
          expected: "to read \(counted(buffer.count, "byte")) at \(offset)",
          found: String(cString: strerror(number)), remedy: "check the disk")
      }
      done += got
    }
    return done
  }

  /// Up to `count` bytes from `offset`.
  public func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
    let wanted = max(0, min(count, size - offset))
    // An array of no capacity is shared by all threads, and its count must not be written.
    guard wanted > 0 else { return [] }
    var failure: Diagnostic?
    let result = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      do throws(Diagnostic) {
        initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  /// The SHA-256 of the whole file as hexadecimal digits.
  public func sha256() throws(Diagnostic) -> String {
    var hash = SHA256()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var offset = 0
    while true {
      let got = try read(into: block, at: offset)
      if got == 0 { break }
      hash.update(UnsafeRawBufferPointer(rebasing: block[..<got]))
      offset += got
    }
    return hash.hexDigest()
  }
}
