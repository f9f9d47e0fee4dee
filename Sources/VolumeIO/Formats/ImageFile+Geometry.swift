public import Volumes

extension ImageFile {
  /// Where the grid lies, of an image that is a three-dimensional volume.
  ///
  /// - Throws: `Diagnostic` where it has more or fewer axes, or its directions do not span space.
  public func geometry() throws -> Geometry {
    segment == nil ? try image.geometry().geometry : try image.layers().geometry
  }
}
