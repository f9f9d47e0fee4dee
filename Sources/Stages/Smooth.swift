public import StageGraph
import VoxelOps
import Volumes

/// Smooths a scan by a Gaussian.
public struct Smooth: DeclaredStage {
  /// The stage's name in pipeline files.
  public static let kind = "smooth"
  /// One line for help.
  public static let summary = "Smooths a scan by a Gaussian."
  /// What pipeline files may set.
  public static let parameters: [ParameterDeclaration] = [
    .init("sigma", .number(0...100), standard: .number(0.5), "standard deviation in mm")
  ]

  /// The standard deviation in mm.
  public var sigma: Double

  /// A stage for a standard deviation in mm.
  public init(sigma: Double = 0.5) { self.sigma = sigma }

  /// The stage with checked parameters.
  public init(_ parameters: Parameters) { self.init(sigma: parameters.number("sigma")) }

  /// The volume of floats.
  public func demand(for inputs: [Extent]) -> Demand {
    let floats = inputs[0].grid(bytesPerVoxel: 4)
    return Demand(peakBytes: floats.bytes + 16 << 20, output: floats, cores: 2)
  }

  /// The smoothed scan, as floats; a smoothed mask holds grey values from 0 to 1.
  ///
  /// - Throws: `VoxelOpsError` for a grid without extent.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Scan {
    func open(_ volume: some TypedVolume) throws -> Volume<Float> {
      try volume.typed.smoothed(sigma: sigma, threads: context.cores)
    }
    let scan = input.values
    return Scan(volume: AnyVolume(try open(scan.volume.base)), content: .hounsfield)
  }
}
