public import Errors

extension Diagnostic.Code {
  /// It cannot be told which voxels are bone.
  public static let unclearValues = Self("unclear-values")
}

extension Diagnostic.Code {
  /// Bone was asked for, and there is none.
  public static let noBone = Self("no-bone")
}
