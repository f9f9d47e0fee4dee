import Files
public import Pictures
public import Dataflow

public struct WritePicture: Stage {
  public static let kind = "write-picture"
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }

  public var fileName: String

  public init(fileName: String) { self.fileName = fileName }

  /// The picture's bytes, compressed.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: 2 * inputs[0].bytes, output: Extent(bytes: 0))
  }

  public func run(_ input: Inputs<RGBImage, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (image, folder) = input.values
    let path = folder.path(of: fileName)
    try AtomicFile.write(try PNG.encode(image), to: path)
    return try WrittenFile(name: fileName, path: path, in: context)
  }
}
