public import Errors
public import Files
public import Dataflow
public import VolumeIO
public import Volumes

/// The input file of a case, not decoded yet: the start of every pipeline.
public struct CaseFile: StageValue {
  public static let kind = "file"

  /// The path as the user gave it.
  public var path: String
  /// The label of bone, if the file holds several labels.
  public var label: Int?
  /// The space of the coordinates, if the file does not state it or is wrong.
  public var assumedSpace: Space?
  /// What the reader may do.
  public var reading: ReadOptions
  /// Digests of the file and its data files that are already known, by path; these files are not hashed
  /// again.
  public var digests: [String: FileDigest] = [:]
  /// Whether a file is refused if all its voxels are equal.
  public var refusesBlank = false
  /// The files that hold the voxels, if they are not in the file itself.
  public private(set) var dataPaths: [String] = []
  /// Voxels and bytes that the header states; no bytes are held.
  public private(set) var extent: Extent
  /// Why the header could not be read; ``extent`` and ``dataPaths`` are then unknown. ``Load`` throws it
  /// even if the file can be read by then, because no memory was planned for it.
  public package(set) var headerFailure: Diagnostic?

  /// Reads the header, so that memory can be planned before any data are read.
  ///
  /// A file whose header cannot be read gets an empty extent, see ``headerFailure``.
  public init(
    path: String, label: Int? = nil, assumedSpace: Space? = nil,
    reading: ReadOptions = ReadOptions()
  ) {
    self.path = path
    self.label = label
    self.assumedSpace = assumedSpace
    self.reading = reading
    let file: ImageFile
    do { file = try ImageFile(opening: path, options: reading) } catch {
      extent = Extent(bytes: 0)
      headerFailure = Diagnostic(error)
      return
    }
    dataPaths = file.dataPaths
    let info = file.info
    let layers = file.segment == nil ? 1 : max(1, file.layerCount)
    let voxels =
      info.sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue } / layers
    let box = zip(info.sizes, info.spacings).map { Double($0) * ($1 ?? 1) }.reduce(1, *)
    extent = Extent(
      voxels: voxels,
      // Scaling converts the stored values to floats, and for a moment both are in memory.
      bytesPerVoxel: layers * info.type.byteCount + (file.hasScaling ? 4 : 0),
      cubicMillimetres: box,
      bytes: 0)
  }
}

/// The folder that a case's outputs go into.
public struct OutputFolder: StageValue {
  public static let kind = "folder"

  public var path: String
  /// Paths of files that do not go into the folder under their own name, by that name.
  public var places: [String: String]
  /// Nothing is held.
  public var extent: Extent { Extent(bytes: 0) }

  public init(path: String, places: [String: String] = [:]) {
    (self.path, self.places) = (path, places)
  }

  /// The path of a file of the pipeline.
  public func path(of fileName: String) -> String { places[fileName] ?? "\(path)/\(fileName)" }
}
