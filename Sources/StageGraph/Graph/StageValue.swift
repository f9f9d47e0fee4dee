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
  /// Bytes that the value keeps alive.
  public var bytes: Int

  /// An extent of voxels and bytes.
  public init(voxels: Int = 0, bytes: Int) { (self.voxels, self.bytes) = (voxels, bytes) }
}
