public import Errors

extension Diagnostic.Code {
  /// A name stands in the file twice.
  public static let duplicateName = Self("duplicate-name")
  /// An offset points outside of the bytes that there are.
  public static let outOfBounds = Self("out-of-bounds")
  /// Two tensors share bytes, or bytes belong to no tensor.
  public static let overlapOrGap = Self("overlap-or-gap")
  /// The number of bytes is not what shape and type ask for.
  public static let sizeMismatch = Self("size-mismatch")
  /// A pickle asks for a class or function other than those of tensors; nothing was executed.
  public static let forbiddenGlobal = Self("forbidden-global")
  /// A tensor that was asked for is not there.
  public static let missingTensor = Self("missing-tensor")
  /// A tensor has another type or shape than what was asked for.
  public static let unexpectedTensor = Self("unexpected-tensor")
}
