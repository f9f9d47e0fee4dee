import Files
public import Dataflow
public import VoxelOps

/// A file that a pipeline has written, or the fact that there was nothing to write.
public struct WrittenFile: StageValue, StageFact {
  public static let kind = "written file"

  /// The file's name inside the case's folder.
  public var name: String
  /// Bytes in the file; nil if there was nothing to write, such as the surface of an empty mask.
  public var byteCount: Int?
  /// SHA-256 of the file as hexadecimal digits; nil if there is no file.
  public var sha256: String?
  /// What the value measures; nil for pictures and scans, and if nothing was written.
  public var measurement: Measurement?

  /// What was measured of a written value.
  public enum Measurement: Hashable, Sendable {
    case mask(MaskMeasurement)
    /// Volume in mm³ and area in mm².
    case surface(triangles: Int, volume: Double, area: Double)
  }

  /// Nothing is held in memory.
  public var extent: Extent { Extent(bytes: 0) }

  /// A file that was written. Its bytes on disk are hashed, and the record of the run lists it even if
  /// the case fails later.
  init(
    name: String, path: String, measurement: Measurement? = nil, in context: StageContext
  ) throws {
    let file = try InputFile(path)
    self.name = name
    byteCount = file.size
    sha256 = try file.sha256()
    self.measurement = measurement
    context.tell(self)
  }

  /// No file, because there was nothing to write.
  init(nothingFor name: String, in context: StageContext) {
    self.name = name
    context.tell(self)
  }
}
