import Errors

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

  /// A block of `count` zeros; nil where the system has not that much memory. Large blocks come as
  /// untouched pages, so zeroing costs nothing yet.
  init?(zerosIfPossible count: Int) {
    guard let memory = Self.allocate(count) else { return nil }
    buffer = memory
    release = nil
  }

  /// A block of `count` zeros, for callers that cannot report a lack of memory; ends the process
  /// then.
  @usableFromInline
  init(zeros count: Int) {
    guard let memory = Self.allocate(count) else { Self.fail(count) }
    buffer = memory
    release = nil
  }

  /// A block of `count` voxels of any value, for an owner that writes them all.
  @usableFromInline
  init(unwritten count: Int) {
    guard let memory = Self.allocate(count, zeroed: false) else { Self.fail(count) }
    buffer = memory
    release = nil
  }

  private static func fail(_ count: Int) -> Never {
    fatalError("out of memory: \(counted(count, "voxel")) of \(Voxel.scalarType.rawValue)")
  }

  private static func allocate(
    _ count: Int, zeroed: Bool = true
  ) -> UnsafeMutableBufferPointer<Voxel>? {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Voxel>.stride)
    guard !overflow,
      let block = VoxelMemory.allocate(byteCount: bytes, zeroed: zeroed)
    else { return nil }
    return UnsafeMutableBufferPointer(
      start: block.bindMemory(to: Voxel.self, capacity: max(count, 1)), count: count)
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
    let twin = VoxelStorage(unwritten: buffer.count)
    if let source = buffer.baseAddress, !buffer.isEmpty {
      twin.buffer.baseAddress!.update(from: source, count: buffer.count)
    }
    return twin
  }

  deinit {
    if let release { return release() }
    VoxelMemory.free(
      buffer.baseAddress, byteCount: max(buffer.count, 1) * MemoryLayout<Voxel>.stride)
  }
}
