import Concurrency
package import Errors
import Glibc

/// Blocks of memory for voxels. Large ones use huge pages if those are quick to get, and are reused
/// for the next volume instead of being given back.
///
/// A fresh page costs a fault and its zeroing. Measured for 67 MB on Linux 6.18: 55 ms in pages of
/// 4 kB, 10 ms in pages of 2 MB, nothing in a block that was used before; the inflation of a mask
/// takes 10 ms.
package enum VoxelMemory {
  /// Blocks of at least this many bytes are mapped separately.
  static let mappedFrom = 4 << 20

  /// Blocks that earlier volumes have left.
  private static let recycled = Guarded(RecycledBlocks(limit: mostKept, smallest: mappedFrom))

  /// The most bytes that are kept for the next volumes; fewer if the memory limit is small.
  private static let mostKept = 256 << 20

  /// Limits what is kept for the next volumes to an eighth of `memory`, the bytes that a run may
  /// take, because the planning of memory does not see what is kept.
  package static func keepLittle(of memory: Int) {
    let bytes = min(mostKept, max(0, memory) / 8)
    recycled.withLock { $0.keep(atMost: bytes) }.forEach { $0.unmap() }
  }

  /// A block aligned for every voxel type; nil if the system does not have that much memory.
  ///
  /// - Parameter zeroed: whether every byte must be zero; otherwise they are anything, for an owner
  ///   that writes them all.
  /// - Complexity: constant, because pages are only taken when they are touched; but a reused block
  ///   is zeroed here.
  package static func allocate(byteCount: Int, zeroed: Bool = true) -> UnsafeMutableRawPointer? {
    let block = take(byteCount: byteCount, zeroed: zeroed)
    if let block, !zeroed {
      // So that a test sees what the owner has left out.
      assert(memset(block, 0xa5, max(byteCount, 0)) == block)
    }
    return block
  }

  /// Asks the system for as many bytes as some work declares, and gives them back at once.
  ///
  /// ``Volume/init(zerosOn:)`` and similar initializers cannot report that memory is lacking: they
  /// end the process. So ask here before a case or one of its stages begins; a refusal then ends
  /// only that case. Memory that other threads take between the question and the work is not
  /// considered.
  ///
  /// - Parameter subject: the file that the work is about, for the error.
  /// - Throws: a diagnostic with the code ``Errors/Diagnostic/Code/memory``.
  /// - Complexity: two calls of the system; no page is touched.
  package static func require(_ byteCount: Int, of subject: String = "") throws(Diagnostic) {
    guard byteCount >= mappedFrom, !VoxelPages.canMap(byteCount) else { return }
    // What was kept may be what is lacking.
    recycled.withLock { $0.takeAll() }.forEach { $0.unmap() }
    guard !VoxelPages.canMap(byteCount) else { return }
    throw Diagnostic(
      .memory, subject, field: "memory",
      expected: "that the system gives \(byteCount / 1_000_000 + 1) MB more",
      found: "that it refuses",
      remedy:
        "lower --jobs or --memory, raise the limit of memory, or downsample the volume first")
  }

  private static func take(byteCount: Int, zeroed: Bool) -> UnsafeMutableRawPointer? {
    if byteCount >= mappedFrom { return mapped(byteCount, zeroed: zeroed) }
    return calloc(1, max(byteCount, 16))
  }

  /// Takes back what ``allocate(byteCount:zeroed:)`` gave for the same size.
  package static func free(_ block: UnsafeMutableRawPointer?, byteCount: Int) {
    guard let block else { return }
    if byteCount >= mappedFrom {
      let pages = VoxelPages(start: block, byteCount: VoxelPages.whole(byteCount))
      recycled.withLock { $0.give(pages) }.forEach { $0.unmap() }
      return
    }
    libcFree(block)
  }

  private static func mapped(_ byteCount: Int, zeroed: Bool) -> UnsafeMutableRawPointer? {
    let (padded, overflow) = byteCount.addingReportingOverflow(VoxelPages.hugePage)
    guard !overflow, padded < Int.max / 2 else { return nil }
    let wanted = VoxelPages.whole(byteCount)
    let (found, surplus) = recycled.withLock { $0.take(wanted) }
    surplus.forEach { $0.unmap() }
    if let found {
      if zeroed { memset(found.start, 0, byteCount) }
      return found.start
    }
    if let fresh = VoxelPages(mapping: wanted) { return fresh.start }
    // What was kept may be what is lacking.
    recycled.withLock { $0.takeAll() }.forEach { $0.unmap() }
    if let fresh = VoxelPages(mapping: wanted) { return fresh.start }
    recycled.withLock { $0.forget(wanted) }
    return nil
  }
}

/// `free` of the C library, which the enum's own name hides.
private func libcFree(_ block: UnsafeMutableRawPointer) {
  Glibc.free(block)
}
