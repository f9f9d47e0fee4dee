public import Errors
public import Files
public import Dataflow
public import VolumeIO
public import Volumes

/// The input file of a case, opened but not decoded: where every pipeline begins.
public struct CaseFile: StageValue {
  public static let kind = "file"

  /// The path as the user gave it.
  public var path: String
  /// The value of the voxels that are bone, where the file holds several labels.
  public var label: Int?
  /// The space to take the coordinates as, where the file's own statement is missing or wrong.
  public var assumedSpace: Space?
  /// What the reader may do.
  public var reading: ReadOptions
  /// Digests of the file and its data files that are known already, by path; the files are not read for
  /// them again.
  public var digests: [String: FileDigest] = [:]
  /// Whether a file whose voxels are all equal, which shows nothing, is refused.
  public var refusesBlank = false
  /// The files that hold the voxels where they are not in the file itself.
  public private(set) var dataPaths: [String] = []
  /// Voxels and bytes that the header promises; no bytes are held.
  public private(set) var extent: Extent
  /// Why the header could not be read; nothing is then known of ``extent`` and ``dataPaths``, and
  /// ``Load`` throws it: memory was not planned for a file that can be read by then.
  public package(set) var headerFailure: Diagnostic?

  /// Reads the header, so that memory can be planned before any data are touched.
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
    let voxels = info.sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let box = zip(info.sizes, info.spacings).map { Double($0) * ($1 ?? 1) }.reduce(1, *)
    extent = Extent(
      voxels: voxels,
      // A scaling turns what is stored into floats, and for a moment there are both.
      bytesPerVoxel: info.type.byteCount + (file.hasScaling ? 4 : 0), cubicMillimetres: box,
      bytes: 0)
  }
}

/// The folder that a case's outputs go into.
public struct OutputFolder: StageValue {
  public static let kind = "folder"

  public var path: String
  /// Where files go that do not lie in the folder under their own name, by that name.
  public var places: [String: String]
  /// Nothing is held.
  public var extent: Extent { Extent(bytes: 0) }

  /// The folder at a path.
  public init(path: String, places: [String: String] = [:]) {
    (self.path, self.places) = (path, places)
  }

  /// The path of a file that a pipeline calls so.
  public func path(of fileName: String) -> String { places[fileName] ?? "\(path)/\(fileName)" }
}
