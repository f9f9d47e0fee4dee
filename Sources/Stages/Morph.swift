public import Dataflow
import VoxelOps
public import Volumes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

  /// What the ball takes on a cube of as many voxels and mm, and half as much again for grids of other
  /// shapes: a ball of many voxels takes some bytes a voxel, closing a grid that is larger on all
  /// sides.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    // More voxels than 2⁵¹ fit nowhere.
    let side = max(1, Int(min(cbrt(Double(mask.voxels)), 0x1p17).rounded(.up)))
    // Unknown is worst: a ball as large as the grid.
    let step = cbrt(mask.cubicMillimetres) / Double(side)
    let bytes = Mask.ballBytes(
      GridSize(side, side, side), radius: step > 0 ? radius : 1e9,
      spacing: SIMD3(repeating: step > 0 ? step : 1), closing: operation == .close, threads: 2)
    let both = operation == .open ? mask.bytes : 0
    return Demand(peakBytes: bytes + bytes / 2 + both + 16 << 20, output: mask, cores: 2)
  }

  /// The mask after the operation.
  ///
  /// - Throws: ``StageError`` where the grid's shape makes it take more memory than was declared.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let mask = input.values
    let declared = demand(for: [mask.extent]).peakBytes
    let bytes = Mask.ballBytes(
      mask.sizes, radius: radius, spacing: mask.geometry.spacing, closing: operation == .close,
      threads: context.cores)
    guard bytes <= declared else {
      throw StageError(
        "radius",
        expected: "a ball that takes at most \(declared) bytes on a grid of \(mask.sizes)",
        found: "\(radius) mm, which takes \(bytes)",
        remedy: "choose a smaller radius, or crop the grid to a shape nearer to a cube")
    }
    switch operation {
    case .dilate: return mask.dilated(byBall: radius, threads: context.cores)
    case .erode: return mask.eroded(byBall: radius, threads: context.cores)
    case .open: return mask.opened(byBall: radius, threads: context.cores)
    case .close: return mask.closed(byBall: radius, threads: context.cores)
    }
  }
}
