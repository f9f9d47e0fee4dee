import Volumes

/// An image whose header is read and checked, in whatever format.
protocol ParsedImage: Sendable {
  var info: ImageInfo { get }
  /// What is odd about the header, one sentence each, each with the file's name.
  var warnings: [String] { get }
  var data: VoxelData { get }
  /// The placement as a three-dimensional volume, with what is odd about it.
  ///
  /// - Throws: `Diagnostic` where the image is no such volume.
  func geometry() throws -> (geometry: Geometry, warnings: [String])
  /// As ``geometry()``, of an image that may hold several volumes on one grid; by default one.
  func layers() throws -> ImageLayers
  /// The linear map from stored to meant values, or nil where they are the same.
  var scaling: ValueScaling? { get }
}

/// `slope · stored + intercept`, as NIfTI headers state it.
struct ValueScaling: Hashable, Sendable {
  var slope: Double
  var intercept: Double
}
