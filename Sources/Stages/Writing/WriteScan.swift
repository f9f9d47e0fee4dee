public import Dataflow
import VolumeIO

/// Writes a scan with the voxel type that it has.
public struct WriteScan: Stage {
  public static let kind = "write-scan"
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }

  /// The file's name; its ending gives the format.
  public var fileName: String

  public init(fileName: String) { self.fileName = fileName }

  /// The compressor's buffers; the compressed bytes pass through.
  public func demand(for inputs: [Extent]) -> Demand {
    // Each core has at most eight waiting chunks of 1 MB, and a compressor.
    Demand(
      peakBytes: inputs[0].bytes / 4 + 8 << 20, output: Extent(bytes: 0),
      cores: Cores(for: inputs[0].bytes, worthwhile: 2 << 20, bytesEach: 12 << 20))
  }

  public func run(_ input: Inputs<Scan, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (scan, folder) = input.values
    let path = folder.path(of: fileName)
    try VolumeFile.write(
      scan.volume, to: path, options: WriteOptions(threads: context.cores))
    return try WrittenFile(name: fileName, path: path, in: context)
  }
}
