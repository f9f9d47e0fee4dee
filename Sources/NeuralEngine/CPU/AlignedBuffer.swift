import Glibc

/// Floats that live as long as this object, 64-byte aligned, at first zero.
final class AlignedBuffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  /// - Precondition: the system gives the memory; engines state their bytes so that it is asked first.
  init(_ count: Int) {
    self.count = count
    var raw: UnsafeMutableRawPointer?
    let bytes = max(count, 16) * 4
    precondition(posix_memalign(&raw, 64, bytes) == 0, "no memory for \(bytes) bytes")
    memset(raw!, 0, bytes)
    pointer = raw!.bindMemory(to: Float.self, capacity: max(count, 16))
  }

  deinit { free(pointer) }

  func clear() { memset(pointer, 0, count * 4) }
}
