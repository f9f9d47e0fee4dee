public import Errors

extension Diagnostic.Code {
  /// The bone cannot be a head: by its size, or because there is none.
  public static let notAHead = Self("not-a-head")
}
