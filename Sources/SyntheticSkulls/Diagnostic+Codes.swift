public import Errors

extension Diagnostic.Code {
  /// The template has no bone, or its bone cannot be a head.
  public static let notASkull = Self("not-a-skull")
  /// No defect of the kind took the right fraction of the bone.
  public static let noDefectFits = Self("no-defect-fits")
}
