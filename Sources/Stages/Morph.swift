public import StageGraph
import VoxelOps
public import Volumes

/// Dilates, erodes, opens or closes a mask by a ball in mm.
public struct Morph: DeclaredStage {
  /// The stage's name in pipeline files.
  public static let kind = "morph"
  /// One line for help.
  public static let summary = "Dilates, erodes, opens or closes a mask by a ball."
  /// What pipeline files may set.
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "operation", .choice(Operation.allCases.map(\.rawValue)),
      standard: .text(Operation.close.rawValue), "what is done"),
    .init("radius", .number(0...100), standard: .number(1), "the ball's radius in mm"),
  ]

  /// What is done.
  public enum Operation: String, CaseIterable, Hashable, Sendable {
    /// Adds what is within the radius.
    case dilate
    /// Takes away what is within the radius of the outside.
    case erode
    /// Erodes, then dilates.
    case open
    /// Dilates, then erodes.
    case close
  }

  /// What is done.
  public var operation: Operation
  /// The ball's radius in mm.
  public var radius: Double

  /// A stage for an operation by a ball.
  public init(_ operation: Operation, radius: Double) {
    (self.operation, self.radius) = (operation, radius)
  }

  /// The stage with checked parameters.
  public init(_ parameters: Parameters) {
    self.init(
      Operation(rawValue: parameters.text("operation"))!, radius: parameters.number("radius"))
  }

  /// Three masks; a large ball takes a grid that is larger by its radius on every side.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(peakBytes: 3 * mask.bytes + 16 << 20, output: mask, cores: 2)
  }

  /// The mask after the operation.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let mask = input.values
    switch operation {
    case .dilate: return mask.dilated(byBall: radius, threads: context.cores)
    case .erode: return mask.eroded(byBall: radius, threads: context.cores)
    case .open: return mask.opened(byBall: radius, threads: context.cores)
    case .close: return mask.closed(byBall: radius, threads: context.cores)
    }
  }
}
