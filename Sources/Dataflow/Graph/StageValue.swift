/// A value that stages pass on: a volume, a mask, a latent vector, a mesh.
public protocol StageValue: Sendable {
  /// The name that pipeline files and errors use, such as `mask`.
  static var kind: String { get }
  var extent: Extent { get }
}

/// The size of a value, actual or predicted, for planning memory.
public struct Extent: Hashable, Sendable {
  /// Number of voxels of the value's grid; 0 if it has none.
  public var voxels: Int
  /// Bytes per voxel, of the value itself or of the volume in the file that it names.
  public var bytesPerVoxel: Int
  /// Volume of the grid in mm³; 0 if unknown or if there is no grid.
  public var cubicMillimetres: Double
  /// Bytes of memory that the value occupies.
  public var bytes: Int
  /// Bytes needed to decode the value into a volume, besides that volume; 0 if it is a volume
  /// already.
  public var decodingBytes: Int

  public init(
    voxels: Int = 0, bytesPerVoxel: Int = 1, cubicMillimetres: Double = 0, bytes: Int,
    decodingBytes: Int = 0
  ) {
    self.voxels = voxels
    self.bytesPerVoxel = bytesPerVoxel
    self.cubicMillimetres = cubicMillimetres
    self.bytes = bytes
    self.decodingBytes = decodingBytes
  }

  /// The size of a volume in memory.
  public static func grid(
    voxels: Int, bytesPerVoxel: Int, cubicMillimetres: Double = 0
  ) -> Extent {
    Extent(
      voxels: voxels, bytesPerVoxel: bytesPerVoxel, cubicMillimetres: cubicMillimetres,
      bytes: voxels * bytesPerVoxel)
  }

  /// The size of a volume in memory on the same grid.
  public func grid(bytesPerVoxel: Int) -> Extent {
    .grid(voxels: voxels, bytesPerVoxel: bytesPerVoxel, cubicMillimetres: cubicMillimetres)
  }
}
