public import Dataflow
import Errors
import Skulls
import VoxelOps
public import Volumes

/// Says at every voxel of an implant how far the next best way of completing lies from it.
public struct Disagree: DeclaredStage {
  public static let kind = "disagree"
  public static let summary = "Says how far from an implant the next best completion lies, in mm."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] = []

  public init(_ parameters: Parameters) {}

  /// The distances, and a copy of them.
  public func demand(for inputs: [Extent]) -> Demand {
    let output = inputs[0].grid(bytesPerVoxel: 4)
    return Demand(peakBytes: 2 * output.bytes, output: output, cores: .one)
  }

  /// The distances in mm at the voxels of the implant, 0 at all others.
  ///
  /// - Throws: `Diagnostic` where the grids differ.
  public func run(_ input: Inputs<Mask, ComparedSkull>, in context: StageContext) throws -> Scan {
    let (implant, comparison) = input.values
    try implant.geometry.requireMatch(with: comparison.mask.geometry)
    var distances = Volume<Float>(zerosOn: implant.geometry)
    if let all = comparison.disagreement,
      let box = implant.measurement(threads: context.cores).boundingBox
    {
      // Of a head, an implant fills a small box; the rest of the zeros takes no memory before it is written to.
      let sizes = implant.sizes
      implant.withBytes { implant in
        all.withVoxels { all in
          distances.withMutableVoxels { out in
            for z in box.lower.z..<box.upper.z {
              for y in box.lower.y..<box.upper.y {
                let row = sizes.offset(0, y, z)
                for i in row + box.lower.x..<row + box.upper.x where implant[i] != 0 {
                  out[i] = all[i]
                }
              }
            }
          }
        }
      }
    }
    return Scan(volume: AnyVolume(distances), content: .hounsfield)
  }
}
