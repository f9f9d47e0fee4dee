public import Dataflow
import VolumeIO
import VoxelOps
public import Volumes

/// Writes a mask as a volume of 0 and 1 on its grid, and measures it.
public struct WriteMask: Stage {
  public static let kind = "write-mask"
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }

  /// The file's name; its ending gives the format.
  public var fileName: String

  public init(fileName: String) { self.fileName = fileName }

  /// The compressor's buffers; the compressed bytes pass through.
  public func demand(for inputs: [Extent]) -> Demand {
    // The compressed bytes pass through a buffer, and the measurement keeps none.
    Demand(
      peakBytes: inputs[0].voxels / 4 + 8 << 20, output: Extent(bytes: 0),
      cores: Cores(for: inputs[0].bytes, worthwhile: 4 << 20, bytesEach: 4 << 20))
  }

  public func run(_ input: Inputs<Mask, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (mask, folder) = input.values
    let path = folder.path(of: fileName)
    try VolumeFile.write(
      AnyVolume(mask.asVolume), to: path, options: WriteOptions(threads: context.cores))
    return try WrittenFile(
      name: fileName, path: path, measurement: .mask(mask.measurement(threads: context.cores)),
      in: context)
  }
}
