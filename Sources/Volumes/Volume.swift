/// A three-dimensional grid of voxels with its place in the patient.
///
/// *Memory order*: fastest axis first, voxel (i, j, k) at `i + j·nx + k·nx·ny`, no padding.
/// *Value semantics*: a copy shares memory until one of the two is written.
public struct Volume<Voxel: VoxelScalar>: Sendable {
  /// Sizes and placement. The sizes never change; use ``reoriented(_:)`` for another placement.
  public private(set) var geometry: Geometry
  @usableFromInline var storage: VoxelStorage<Voxel>

  /// A volume in which every voxel is 0.
  @inlinable
  public init(zerosOn geometry: Geometry) {
    self.init(geometry: geometry, storage: VoxelStorage(zeros: geometry.sizes.count))
  }

  /// A volume whose voxels `fill` writes; the memory it gets is zeroed.
  ///
  /// - Throws: what `fill` throws.
  @inlinable
  public init<Failure: Error>(
    on geometry: Geometry,
    filling fill: (UnsafeMutableBufferPointer<Voxel>) throws(Failure) -> Void
  ) throws(Failure) {
    self.init(zerosOn: geometry)
    try fill(storage.buffer)
  }

  /// A volume whose voxels `fill` writes, every one of them; the memory it gets holds anything.
  ///
  /// Faster than ``init(on:filling:)`` by the zeroing.
  /// - Throws: what `fill` throws.
  @inlinable
  public init<Failure: Error>(
    unwrittenOn geometry: Geometry,
    filling fill: (UnsafeMutableBufferPointer<Voxel>) throws(Failure) -> Void
  ) throws(Failure) {
    self.init(geometry: geometry, storage: VoxelStorage(unwritten: geometry.sizes.count))
    try fill(storage.buffer)
  }

  /// A volume over memory that exists already, such as a mapped file.
  ///
  /// - Parameters:
  ///   - memory: `geometry.sizes.count` initialised voxels that nobody else writes from now on.
  ///   - release: gives the memory back after the last use.
  public init(
    on geometry: Geometry, adopting memory: UnsafeMutableBufferPointer<Voxel>,
    release: @escaping @Sendable () -> Void
  ) {
    precondition(memory.count == geometry.sizes.count, "memory and sizes differ")
    self.init(geometry: geometry, storage: VoxelStorage(adopting: memory, release: release))
  }

  @usableFromInline
  init(geometry: Geometry, storage: VoxelStorage<Voxel>) {
    self.geometry = geometry
    self.storage = storage
  }

  /// Sizes along x, y, z in voxels.
  @inlinable public var sizes: GridSize { geometry.sizes }

  @inlinable public var byteCount: Int { sizes.count * MemoryLayout<Voxel>.stride }

  /// The voxels for reading, in memory order, valid only inside `body`.
  @inlinable
  public func withVoxels<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Voxel>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(storage.buffer))
  }

  /// The voxels, writable; copies them first when another volume shares them.
  @inlinable
  public mutating func withMutableVoxels<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Voxel>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    return try body(storage.buffer)
  }

  /// One voxel; for tests and single probes, not for loops over a volume.
  @inlinable
  public subscript(x: Int, y: Int, z: Int) -> Voxel {
    get { storage.buffer[sizes.offset(x, y, z)] }
    set {
      let offset = sizes.offset(x, y, z)
      withMutableVoxels { $0[offset] = newValue }
    }
  }

  /// The same voxels with another placement.
  ///
  /// - Precondition: the sizes are the same.
  public func reoriented(_ geometry: Geometry) -> Volume {
    precondition(geometry.sizes == sizes, "a placement with other sizes")
    var copy = self
    copy.geometry = geometry
    return copy
  }
}

extension Volume: Equatable {
  /// Same geometry and same voxels.
  public static func == (a: Volume, b: Volume) -> Bool {
    a.geometry == b.geometry
      && a.withVoxels { x in b.withVoxels { y in x.elementsEqual(y) } }
  }
}
