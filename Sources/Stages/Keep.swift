public import Dataflow
public import VoxelOps
public import Volumes

/// Keeps the largest connected components of a mask that are not below a size.
public struct Keep: DeclaredStage {
  public static let kind = "keep"
  public static let summary = "Keeps the largest connected pieces of a mask."
  public static let parameters: [ParameterDeclaration] = [
    .init("count", .integer(1...1_000_000), standard: .integer(1), "how many pieces at most"),
    .init(
      "minVolume", formerly: "least", .number(.notNegative), standard: .number(0),
      "smallest volume of a piece in mm³, to a part in a million"),
    .init(
      "neighbours", .choice(Connectivity.allCases.map { "\($0.rawValue)" }),
      standard: .text("26"),
      "voxels that touch share a face (6), a face or edge (18), or a corner too (26)"),
  ]

  /// How many pieces at most.
  public var count: Int
  /// The smallest volume of a piece in mm³.
  public var minVolume: Double
  /// Which voxels touch.
  public var connectivity: Connectivity

  /// A stage for a number of pieces.
  public init(_ count: Int = 1, minVolume: Double = 0, connectivity: Connectivity = .corners26) {
    (self.count, self.minVolume, self.connectivity) = (count, minVolume, connectivity)
  }

  public init(_ parameters: Parameters) {
    self.init(
      parameters.integer("count"), minVolume: parameters.number("minVolume"),
      connectivity: Connectivity.allCases.first {
        "\($0.rawValue)" == parameters.text("neighbours")
      }!)
  }

  /// The mask, and the search in the worst case, a mask where every other voxel is a piece: 7 bytes
  /// per voxel, measured.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: 8 * mask.bytes + 32 << 20, output: mask, cores: Cores(voxels: mask.voxels))
  }

  /// The pieces; a warning where none is large enough.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let mask = input.values
    let found = mask.components(connectivity: connectivity, threads: context.cores)
    let voxel = mask.geometry.voxelVolume
    // A part in a million less, because the voxel volume of an oblique grid is rounded and NIfTI stores
    // directions with seven digits.
    let enough = minVolume * (1 - 1e-6)
    let kept = found.largest(count).filter { Double(found.size(of: $0)) * voxel >= enough }
    context.note("pieces", .integer(found.count))
    context.note("kept", .integer(kept.count))
    if kept.isEmpty { context.warn("no piece of at least \(minVolume) mm³, so nothing is kept") }
    return found.mask(of: kept, threads: context.cores)
  }
}
