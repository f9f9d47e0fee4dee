import Concurrency
public import Errors
import Glibc

/// A regular file opened for reading at any place.
///
/// Devices, pipes and folders are refused, so a read always ends.
public final class InputFile: Sendable {
  /// The path as the user gave it.
  public let path: String
  /// The file as it was when it was opened.
  public let stamp: FileStamp
  /// Whether it was opened to be hashed while it is read.
  public let hashes: Bool
  /// Negative while it is let go.
  private let descriptor: Guarded<Int32>
  private let hash: Guarded<ReadHash?>
  private let kept = Guarded<(bytes: [UInt8], share: ByteRoom.Share)?>(nil)

  /// Bytes in the file when it was opened.
  public var size: Int { stamp.size }

  /// Opens a file.
  ///
  /// - Parameter hashes: whether ``sha256()`` is taken of the bytes that are read, as far as they are read in order.
  /// - Throws: `Diagnostic` where it is missing, unreadable, or not a regular file.
  public init(_ path: String, hashes: Bool = false) throws(Diagnostic) {
    let (descriptor, stamp) = try Self.opened(path)
    (self.path, self.stamp, self.hashes) = (path, stamp, hashes)
    self.descriptor = Guarded(descriptor)
    hash = Guarded(hashes ? ReadHash() : nil)
  }

  deinit { release() }

  private static func opened(_ path: String) throws(Diagnostic) -> (Int32, FileStamp) {
    // O_NONBLOCK: opening a pipe nobody writes to must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let number = errno
      throw Diagnostic(
        .init(number, otherwise: .unreadable), path, field: "file", expected: "a readable file",
        found: String(cString: strerror(number)), remedy: "check the name and the permissions")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, let stamp = FileStamp(status) else {
      close(descriptor)
      let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or pipe"
      throw Diagnostic(
        .unreadable, path, field: "file", expected: "a regular file", found: found,
        remedy: "name a file")
    }
    return (descriptor, stamp)
  }

  /// Reads the whole file and keeps its bytes until it is released, so that it can be hashed now and decoded
  /// later in one reading. Does nothing where `room` has no room for them.
  ///
  /// - Throws: `Diagnostic` where it cannot be read.
  public func keepBytes(within room: ByteRoom) throws(Diagnostic) {
    guard let share = room.share(of: size) else { return }
    let bytes = try bytes(at: 0, count: size)
    kept.withLock { $0 = (bytes, share) }
  }

  /// Closes the file until it is read again, where many are held: a process has few descriptors.
  ///
  /// Not while it is being read.
  public func release() {
    kept.withLock { $0 = nil }
    descriptor.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }

  /// The descriptor; opens a file again that was let go.
  ///
  /// - Throws: `Diagnostic`, with code `transient` where the path has other bytes by now.
  private func held() throws(Diagnostic) -> Int32 {
    try descriptor.withLock { descriptor throws(Diagnostic) in
      if descriptor >= 0 { return descriptor }
      let (again, stamp) = try Self.opened(path)
      guard stamp == self.stamp else {
        close(again)
        throw changed()
      }
      descriptor = again
      return again
    }
  }

  /// Throws where the file's bytes have been changed since it was opened.
  ///
  /// - Throws: `Diagnostic` with code `transient`.
  public func requireUnchanged() throws(Diagnostic) {
    var status = stat()
    guard fstat(try held(), &status) == 0, FileStamp(status) == stamp else { throw changed() }
  }

  private func changed() -> Diagnostic {
    Diagnostic(
      .transient, path, field: "file", expected: "the bytes that it had when it was opened",
      found: "that it has changed since", remedy: "run again when no other program writes to it")
  }

  /// Reads up to `buffer.count` bytes from `offset`; fewer only at the end of the file.
  ///
  /// - Returns: the number of bytes read.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic)
    -> Int
  {
    if let bytes = kept.withLock({ $0?.bytes }) {
      let range = min(offset, bytes.count)..<min(offset + buffer.count, bytes.count)
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
      return range.count
    }
    let descriptor = try held()
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
    let read = UnsafeRawBufferPointer(rebasing: buffer[..<done])
    hash.withLock { $0?.take(read, at: offset) }
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

  /// Whether the bytes that are read next in order are hashed.
  public var isHashing: Bool { hash.withLock { $0 != nil && $0!.count < size } }

  /// What is read from here on is not hashed, as its digest is known.
  public func stopHashing() { hash.withLock { $0 = nil } }

  /// The SHA-256 of the whole file as hexadecimal digits.
  ///
  /// - Complexity: reads what has not been hashed while it was read.
  public func sha256() throws(Diagnostic) -> String {
    let own = hash.withLock { $0 }
    let hash = own ?? ReadHash()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    while true {
      let offset = self.hash.withLock { _ in hash.count }
      let got = try read(into: block, at: offset)
      if got == 0 { break }
      if own == nil { hash.take(UnsafeRawBufferPointer(rebasing: block[..<got]), at: offset) }
    }
    return self.hash.withLock { _ in hash.hexDigest() }
  }
}
