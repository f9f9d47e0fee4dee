public import Errors

extension Diagnostic.Code {
  /// An architecture of which no network can be built.
  public static let badArchitecture = Self("bad-architecture")
  /// Tensors that are not those of the network: one is missing, of another shape, or too many.
  public static let badParameters = Self("bad-parameters")
}
