import Files
public import Dataflow

/// A file that a pipeline has written, or the statement that there was nothing to write.
public struct WrittenFile: StageValue {
  /// The name in pipeline files' error messages.
  public static let kind = "written file"
  /// The name of the note in which the stage's record tells of the file.
  public static let noteName = "written"

  /// The file's name inside the case's folder.
  public var name: String
  /// Bytes in the file; nil where there was nothing to write, such as the surface of an empty mask.
  public var byteCount: Int?
  /// SHA-256 of the file as hexadecimal digits; nil where there is no file.
  public var sha256: String?
  /// What the value measures, such as `volumeMM3`.
  public var measurements: [String: Note]

  /// Nothing is held in memory.
  public var extent: Extent { Extent(bytes: 0) }

  /// A file that was written; its bytes on disk are hashed, and the record of the run tells of it
  /// even if the case fails later.
  init(
    name: String, path: String, measurements: [String: Note] = [:], in context: StageContext
  ) throws {
    let file = try InputFile(path)
    self.name = name
    byteCount = file.size
    sha256 = try file.sha256()
    self.measurements = measurements
    context.note(Self.noteName, note)
  }

  /// No file, because there was nothing to write.
  init(nothingFor name: String, in context: StageContext) {
    self.name = name
    measurements = [:]
    context.note(Self.noteName, note)
  }

  private var note: Note {
    var fields: [String: Note] = ["name": .text(name), "measurements": .object(measurements)]
    if let byteCount { fields["bytes"] = .integer(byteCount) }
    if let sha256 { fields["sha256"] = .text(sha256) }
    return .object(fields)
  }

  /// The file that the record of a stage tells of, or nil.
  public init?(_ notes: [String: Note]) {
    guard case .object(let fields)? = notes[Self.noteName], case .text(let name)? = fields["name"]
    else { return nil }
    self.name = name
    if case .integer(let bytes)? = fields["bytes"] { byteCount = bytes }
    if case .text(let digest)? = fields["sha256"] { sha256 = digest }
    measurements = if case .object(let facts)? = fields["measurements"] { facts } else { [:] }
  }
}
