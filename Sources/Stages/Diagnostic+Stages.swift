public import Errors

extension Diagnostic.Code {
  /// A surface has open edges, or edges that more than two triangles share.
  public static let notWatertight = Self("not-watertight")
  /// A latent would be decoded by another model than the one that encoded it.
  public static let otherModel = Self("other-model")
}
