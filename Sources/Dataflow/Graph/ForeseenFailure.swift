/// Why every case of a run would fail, found before the first one.
public struct ForeseenFailure: Error, CustomStringConvertible {
  /// The name of the node that would fail.
  public let stage: String
  /// What its stage threw.
  public let underlying: any Error

  /// `stage: error`
  public var description: String { "\(stage): \(underlying)" }
}
