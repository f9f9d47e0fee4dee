public import Errors

extension Diagnostic.Code {
  /// A checkpoint belongs to another training.
  public static let otherTraining = Self("other-training")
}
