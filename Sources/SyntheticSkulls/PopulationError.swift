/// What can go wrong in making a population.
public struct PopulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of mistake.
  public enum Code: String, Hashable, Sendable {
    /// The template has no bone, or its bone cannot be a head.
    case notASkull
    /// The grid of the skulls is too coarse or too large.
    case badSize
    /// No defect of the kind took the right share of the bone.
    case noDefectFits
  }

  /// The kind of mistake.
  public let code: Code
  /// What was expected, what was found and what to do, in one line.
  public let message: String

  /// An error of a kind with its message.
  public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

  /// The message.
  public var description: String { message }
}
