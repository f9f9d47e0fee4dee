public import Errors

extension Diagnostic.Code {
  /// Two volumes that must share a grid have other sizes or lie elsewhere.
  public static let gridMismatch = Self("grid-mismatch")
  /// A geometry whose directions do not span space, or are not numbers.
  public static let singularGeometry = Self("singular-geometry")
  /// A size or spacing that is not positive, or a grid that would be too large.
  public static let badSize = Self("bad-size")
  /// A code of an orientation that is none.
  public static let badOrientation = Self("bad-orientation")
}
