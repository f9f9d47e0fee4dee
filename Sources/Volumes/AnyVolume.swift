/// A volume whose voxel type is known at run time only: what a file holds.
public struct AnyVolume: Sendable {
  /// The volume, its type erased; open it by handing it to a generic function.
  public private(set) var base: any TypedVolume

  /// Erases the voxel type; shares the memory of `volume`.
  public init<Voxel: VoxelScalar>(_ volume: Volume<Voxel>) { base = volume }

  /// The voxel type at run time.
  public var scalarType: ScalarType { base.scalarType }
  /// Sizes in voxels, and placement in mm.
  public var geometry: Geometry { base.geometry }
  /// Sizes along x, y, z in voxels.
  public var sizes: GridSize { base.geometry.sizes }
  public var byteCount: Int { sizes.count * scalarType.byteCount }

  /// The same voxels with another placement.
  public func reoriented(_ geometry: Geometry) -> AnyVolume { base.placed(geometry) }

  /// Gives the memory of all voxels to be written, x fastest; it is copied first where another volume shares it.
  public mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    base.withMutableBytes(body)
  }
}

/// What is common to `Volume<Voxel>` of every voxel type; only ``Volume`` conforms.
public protocol TypedVolume: Sendable {
  /// The type of one voxel, such as `Int16` for most CTs.
  associatedtype Voxel: VoxelScalar
  /// Sizes in voxels, and placement in mm.
  var geometry: Geometry { get }
  /// The volume itself, to get from the erased to the typed side.
  var typed: Volume<Voxel> { get }
  /// As ``AnyVolume/withMutableBytes(_:)``.
  mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void)
}

extension TypedVolume {
  /// The voxel type at run time.
  public var scalarType: ScalarType { Voxel.scalarType }
  func placed(_ geometry: Geometry) -> AnyVolume { AnyVolume(typed.reoriented(geometry)) }
}

extension Volume: TypedVolume {
  public var typed: Volume<Voxel> { self }

  public mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    withMutableVoxels { body(UnsafeMutableRawBufferPointer($0)) }
  }
}
