import Concurrency
package import Errors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Blocks of memory for voxels: large ones on huge pages where those are quick to come by, and used
/// again by the next volume instead of being given back.
///
/// A fresh page costs a fault and its zeroing. Measured for 67 MB on Linux 6.18: 55 ms in pages of
/// 4 kB, 10 ms in pages of 2 MB, nothing in a block that was used before; the inflation of a mask
/// takes 10 ms.
package enum VoxelMemory {
  /// From this size on a block is mapped by itself.
  static let mappedFrom = 4 << 20

  #if os(Linux)
    /// What the volumes before have left.
    private static let recycled = Guarded(RecycledBlocks(limit: mostKept, smallest: mappedFrom))
  #endif

  /// Bytes that are kept for the next volumes at most, unless there is less memory to plan with.
  private static let mostKept = 256 << 20

  /// Bounds what is kept for the next volumes to an eighth of `memory`, the bytes that a run may take:
  /// whoever plans with those does not see what is kept.
  package static func keepLittle(of memory: Int) {
    #if os(Linux)
      let bytes = min(mostKept, max(0, memory) / 8)
      recycled.withLock { $0.keep(atMost: bytes) }.forEach { $0.unmap() }
    #endif
  }

  /// A block aligned for every voxel type; nil where the system has not that much memory.
  ///
  /// - Parameter zeroed: whether every byte must be zero; otherwise they are anything, for an owner
  ///   that writes them all.
  /// - Complexity: constant, pages being taken when they are touched; but zeroing a block that was
  ///   used before takes its time here.
  package static func allocate(byteCount: Int, zeroed: Bool = true) -> UnsafeMutableRawPointer? {
    let block = take(byteCount: byteCount, zeroed: zeroed)
    if let block, !zeroed {
      // So that a test sees what the owner has left out.
      assert(memset(block, 0xa5, max(byteCount, 0)) == block)
    }
    return block
  }

  /// Asks the system for as many bytes as some work declares to take, and gives them back at once.
  ///
  /// ``Volume/init(zerosOn:)`` and its like have nobody to tell that there is no memory: they end the
  /// process. So whoever begins a case, or a stage of one, asks here first, and a refusal ends the
  /// case alone. What other threads take between the question and the work is not foreseen.
  ///
  /// - Throws: a diagnostic with the code ``Errors/Diagnostic/Code/memory``.
  /// - Complexity: two calls of the system; no page is touched.
  package static func require(_ byteCount: Int) throws(Diagnostic) {
    #if os(Linux)
      guard byteCount >= mappedFrom, !VoxelPages.canMap(byteCount) else { return }
      // What was kept may be what is lacking.
      recycled.withLock { $0.takeAll() }.forEach { $0.unmap() }
      guard !VoxelPages.canMap(byteCount) else { return }
      throw Diagnostic(
        .memory, field: "memory",
        expected: "that the system gives \(byteCount / 1_000_000 + 1) MB more",
        found: "that it refuses",
        remedy:
          "lower --jobs or --memory, raise the limit of memory, or downsample the volume first")
    #endif
  }

  private static func take(byteCount: Int, zeroed: Bool) -> UnsafeMutableRawPointer? {
    #if os(Linux)
      if byteCount >= mappedFrom { return mapped(byteCount, zeroed: zeroed) }
    #endif
    return calloc(1, max(byteCount, 16))
  }

  /// Takes back what ``allocate(byteCount:zeroed:)`` gave for the same size.
  package static func free(_ block: UnsafeMutableRawPointer?, byteCount: Int) {
    guard let block else { return }
    #if os(Linux)
      if byteCount >= mappedFrom {
        let pages = VoxelPages(start: block, byteCount: VoxelPages.whole(byteCount))
        recycled.withLock { $0.give(pages) }.forEach { $0.unmap() }
        return
      }
    #endif
    libcFree(block)
  }

  #if os(Linux)
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
  #endif
}

/// `free` of the C library, which the enum's own name hides.
private func libcFree(_ block: UnsafeMutableRawPointer) {
  #if canImport(Glibc)
    Glibc.free(block)
  #else
    Darwin.free(block)
  #endif
}
