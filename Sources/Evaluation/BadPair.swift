/// Neither of the two files of a case can be scored.
public struct BadPair: Error, CustomStringConvertible {
  /// What is wrong with the prediction.
  public let prediction: any Error
  /// What is wrong with the truth.
  public let truth: any Error

  /// Both errors, a line each; each names its file.
  public var description: String { "\(prediction)\n\(truth)" }
}
