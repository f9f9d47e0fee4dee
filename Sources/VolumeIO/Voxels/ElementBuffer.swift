import Volumes

/// All elements of a file: any number of axes, first axis fastest, numbers in host byte order.
///
/// A copy shares the memory.
public struct ElementBuffer: Sendable {
  /// What one element is: a number for volumes, or a group of bytes.
  public let type: ElementType
  /// Sizes of all axes, fastest first.
  public let sizes: [Int]
  /// What was odd about the data, one sentence each.
  public let warnings: [String]
  let storage: ElementStorage

  init(type: ElementType, sizes: [Int], storage: ElementStorage, warnings: [String] = []) {
    (self.type, self.sizes, self.storage, self.warnings) = (type, sizes, storage, warnings)
  }

  public var byteCount: Int { storage.byteCount }

  /// The bytes for reading, valid only inside `body`.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// The elements as a volume that shares this memory.
  ///
  /// - Precondition: the type is a number, and the grid has as many voxels as there are elements.
  func volume(on geometry: Geometry) -> AnyVolume {
    let voxelType = type.scalarType!.swiftType
    return volume(of: voxelType, on: geometry)
  }

  private func volume<Voxel: VoxelScalar>(of type: Voxel.Type, on geometry: Geometry) -> AnyVolume {
    let keeper = storage
    return AnyVolume(
      Volume<Voxel>(
        on: geometry, adopting: keeper.bytes.bindMemory(to: Voxel.self),
        release: { _ = keeper }))
  }
}

/// One block of memory, which its reader fills, freed with its last owner.
final class ElementStorage: @unchecked Sendable {
  // Invariant behind @unchecked: the block is written only by the reader that made it, before any
  // other owner sees it.
  let bytes: UnsafeMutableRawBufferPointer
  let byteCount: Int

  /// Nil where the system has not that much memory.
  init?(byteCount: Int) {
    guard let block = VoxelMemory.allocate(byteCount: byteCount, zeroed: false) else { return nil }
    self.byteCount = byteCount
    bytes = UnsafeMutableRawBufferPointer(start: block, count: byteCount)
  }

  deinit { VoxelMemory.free(bytes.baseAddress, byteCount: byteCount) }
}
