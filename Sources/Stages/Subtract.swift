public import Dataflow
import VoxelOps
public import Volumes

/// Takes from one mask the voxels of another: completed skull minus bone.
public struct Subtract: DeclaredStage {
  public static let kind = "subtract"
  public static let summary = "Takes from one mask the voxels of another on the same grid."
  public static let ports = ["minuend", "subtrahend"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The bytes of the mask.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(peakBytes: mask.bytes, output: mask, cores: Cores(voxels: mask.voxels))
  }

  /// The voxels of the minuend that are not in the subtrahend.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Mask {
    let (minuend, subtrahend) = input.values
    return try minuend.subtracting(subtrahend, threads: context.cores)
  }
}

extension StageGraph {
  /// Adds a subtraction, its ports named.
  public mutating func add(
    _ stage: Subtract, named name: String = Subtract.kind, minuend: Port<Mask>,
    subtrahend: Port<Mask>
  ) -> Port<Mask> {
    add(stage, named: name, to: minuend, subtrahend)
  }
}
