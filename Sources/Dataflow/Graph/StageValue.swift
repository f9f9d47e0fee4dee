/// A value that travels between stages: a volume, a mask, a latent vector, a mesh.
public protocol StageValue: Sendable {
  /// The name that pipeline files and errors use, such as `mask`.
  static var kind: String { get }
  /// How large the value is.
  var extent: Extent { get }
}

/// How large a value is, known or predicted: what memory planning reckons with.
public struct Extent: Hashable, Sendable {
  /// Voxels of the grid that the value lives on; 0 where there is none.
  public var voxels: Int
  /// Bytes of one voxel, of the value itself or of the file that it names.
  public var bytesPerVoxel: Int
  /// What the grid covers of the world, in mm³; 0 where that is unknown or there is none.
  public var cubicMillimetres: Double
  /// Bytes that the value keeps alive.
  public var bytes: Int
  /// Bytes that making a volume of the value takes beside that volume; 0 for one that is a volume.
  public var decodingBytes: Int

  /// An extent of voxels and bytes.
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

  /// The extent of a volume in memory.
  public static func grid(
    voxels: Int, bytesPerVoxel: Int, cubicMillimetres: Double = 0
  ) -> Extent {
    Extent(
      voxels: voxels, bytesPerVoxel: bytesPerVoxel, cubicMillimetres: cubicMillimetres,
      bytes: voxels * bytesPerVoxel)
  }

  /// The extent of a volume in memory on the same grid.
  public func grid(bytesPerVoxel: Int) -> Extent {
    .grid(voxels: voxels, bytesPerVoxel: bytesPerVoxel, cubicMillimetres: cubicMillimetres)
  }
}
