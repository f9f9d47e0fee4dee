/// An error found before the first case that would make every case fail.
public struct ForeseenFailure: Error, CustomStringConvertible {
  /// The name of the node that would fail.
  public let stage: String
  /// What its stage threw from ``Stage/foresee(behind:)``.
  public let underlying: any Error

  /// `stage: error`
  public var description: String { "\(stage): \(underlying)" }
}
