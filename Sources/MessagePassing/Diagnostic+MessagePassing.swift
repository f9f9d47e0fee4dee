public import Errors

extension Diagnostic.Code {
  /// Processes that should do one thing together have other programs, data or machines.
  public static let unequalRanks = Self("unequal-ranks")
  /// A launcher started several processes that cannot speak to each other.
  public static let noMessagePassing = Self("no-message-passing")
}
