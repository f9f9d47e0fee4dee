public import Errors

extension Diagnostic.Code {
  /// A surface has open edges, or edges that more than two triangles share.
  public static let notWatertight = Self("not-watertight")
}
