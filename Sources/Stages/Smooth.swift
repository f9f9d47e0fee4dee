public import Dataflow
import VoxelOps
import Skulls
import Volumes
import Glibc

/// Smooths a scan by a Gaussian.
public struct Smooth: DeclaredStage {
  public static let kind = "smooth"
  public static let summary = "Smooths a scan by a Gaussian."
  public static let parameters: [ParameterDeclaration] = [
    .init("sigma", .number(0...100), standard: .number(0.5), "standard deviation in mm")
  ]

  /// The standard deviation in mm.
  public var sigma: Double

  /// A stage for a standard deviation in mm.
  public init(sigma: Double = 0.5) { self.sigma = sigma }

  public init(_ parameters: Parameters) { self.init(sigma: parameters.number("sigma")) }

  /// The volume of floats, and the voxels of a mask.
  public func demand(for inputs: [Extent]) -> Demand {
    let floats = inputs[0].grid(bytesPerVoxel: 4)
    // Each core copies a slice: 4 bytes per voxel of the slice, 8 if the grid is longer than a cube.
    let slice = cbrt(Double(floats.voxels)) * cbrt(Double(floats.voxels))
    return Demand(
      peakBytes: floats.bytes + inputs[0].voxels + 16 << 20, output: floats,
      cores: Cores(voxels: floats.voxels, bytesEach: 8 * Int(slice)))
  }

  /// The smoothed scan, as floats. A mask is first set to 0 outside and 1 inside, so the result is the
  /// fraction of bone, 0 to 1. If one of several labels was chosen, the other labels count as outside.
  ///
  /// - Throws: `Diagnostic` for a grid without extent.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Scan {
    func open(_ volume: some TypedVolume) throws -> Volume<Float> {
      try volume.typed.smoothed(sigma: sigma, threads: context.cores)
    }
    let scan = input.values
    switch scan.content {
    case .hounsfield, .fraction:
      var smoothed = scan
      smoothed.volume = AnyVolume(try open(scan.volume.base))
      return smoothed
    case .mask, .label, .soft: break
    }
    let mask = scan.volume.binarized(
      in: BoneRule().range(of: scan.content), threads: context.cores)
    return Scan(
      volume: AnyVolume(try mask.smoothed(sigma: sigma, threads: context.cores)), content: .fraction
    )
  }
}
