import Errors
public import Dataflow
import VoxelOps
public import Volumes

/// Dilates, erodes, opens or closes a mask by a ball in mm.
public struct Morph: DeclaredStage {
  public static let kind = "morph"
  public static let summary = "Dilates, erodes, opens or closes a mask by a ball."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "operation", .choice(Operation.allCases.map(\.rawValue)),
      standard: .text(Operation.close.rawValue), "what is done"),
    .init("radius", .number(0...100), standard: .number(1), "the ball's radius in mm"),
  ]

  public enum Operation: String, CaseIterable, Hashable, Sendable {
    /// Adds everything within the radius of the mask.
    case dilate
    /// Removes everything within the radius of the outside.
    case erode
    /// Erodes, then dilates.
    case open
    /// Dilates, then erodes.
    case close
  }

  public var operation: Operation
  /// The ball's radius in mm.
  public var radius: Double

  /// A stage for an operation by a ball.
  public init(_ operation: Operation, radius: Double) {
    (self.operation, self.radius) = (operation, radius)
  }

  public init(_ parameters: Parameters) {
    self.init(
      Operation(rawValue: parameters.text("operation"))!, radius: parameters.number("radius"))
  }

  /// A large ball takes some bytes per voxel, and as many again for each core. Closing works on a grid
  /// that is larger on all sides.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let ball = BallDemand(radius: radius, on: mask, closing: operation == .close)
    let both = operation == .open ? mask.bytes : 0
    return Demand(
      peakBytes: ball.bytes + both + 16 << 20, output: mask,
      cores: Cores(voxels: mask.voxels, bytesEach: ball.bytesEach))
  }

  /// The mask after the operation.
  ///
  /// - Throws: ``Diagnostic`` if the shape of the grid makes it take more memory than was declared.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let mask = input.values
    let demand = demand(for: [mask.extent])
    let declared = demand.peakBytes
    func bytes(threads: Int) -> Int {
      Mask.ballBytes(
        mask.sizes, radius: radius, spacing: mask.geometry.spacing, closing: operation == .close,
        threads: threads)
    }
    // Whether it can be done must not depend on how many cores are free. If the shape of the grid makes
    // each core take more than was declared, fewer are used.
    var threads = context.cores
    while threads > 1, bytes(threads: threads) > demand.peakBytes(on: context.cores) {
      threads -= 1
    }
    let bytes = bytes(threads: 1)
    guard bytes <= declared else {
      throw Diagnostic(
        .memory, field: "radius",
        expected: "a ball that takes at most \(declared) bytes on a grid of \(mask.sizes)",
        found: "\(radius) mm, which takes \(bytes)",
        remedy: "choose a smaller radius, or crop the grid to a shape nearer to a cube")
    }
    switch operation {
    case .dilate: return mask.dilated(byBall: radius, threads: threads)
    case .erode: return mask.eroded(byBall: radius, threads: threads)
    case .open: return mask.opened(byBall: radius, threads: threads)
    case .close: return mask.closed(byBall: radius, threads: threads)
    }
  }
}
