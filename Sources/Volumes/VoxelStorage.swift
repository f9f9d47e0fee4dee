#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory of a volume: one uninitialised or zeroed block, freed with its last owner.
///
/// A class so that a volume copies in constant time and a reader can inflate, or map, straight into
/// the block that the volume then owns.
@usableFromInline
final class VoxelStorage<Voxel: VoxelScalar>: @unchecked Sendable {
  // Invariant behind @unchecked: the block is written only through a uniquely referenced storage
  // (`Volume` copies first), so no two threads see a write.
  @usableFromInline let buffer: UnsafeMutableBufferPointer<Voxel>
  private let release: (@Sendable () -> Void)?

  /// A block of `count` zeros. Large blocks come as untouched pages, so zeroing costs nothing.
  @usableFromInline
  init(zeros count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Voxel>.stride
    guard let block = calloc(1, bytes) else {
      fatalError("out of memory: \(bytes) bytes for a volume")
    }
    buffer = UnsafeMutableBufferPointer(
      start: block.bindMemory(to: Voxel.self, capacity: max(count, 1)), count: count)
    release = nil
  }

  /// Adopts memory that somebody else made, such as a mapped file; `release` gives it back.
  init(
    adopting memory: UnsafeMutableBufferPointer<Voxel>, release: @escaping @Sendable () -> Void
  ) {
    buffer = memory
    self.release = release
  }

  @usableFromInline
  func copy() -> VoxelStorage<Voxel> {
    let twin = VoxelStorage(zeros: buffer.count)
    if let source = buffer.baseAddress, !buffer.isEmpty {
      twin.buffer.baseAddress!.update(from: source, count: buffer.count)
    }
    return twin
  }

  deinit {
    if let release { release() } else { free(buffer.baseAddress) }
  }
}
