public import Errors
public import Files
public import Dataflow
public import VolumeIO
public import Volumes

/// The input file of a case, its header read and its voxels not decoded yet: the start of every pipeline.
public struct CaseFile: StageValue {
  public static let kind = "file"

  /// The path as the user gave it.
  public var path: String
  /// The label of bone, if the file holds several labels.
  public var label: Int?
  /// The name of the segment of bone, if the file holds several.
  public let segment: String?
  /// The space of the coordinates, if the file does not state it or is wrong.
  public var assumedSpace: Space?
  /// Digests of ``files`` that are already known, by path; these files are not hashed again.
  public var digests: [String: FileDigest] = [:]
  /// Whether a file is refused if all its voxels are equal.
  public var refusesBlank = false
  /// Voxels and bytes that the header states; no bytes are held.
  public let extent: Extent
  private let opened: Result<ImageFile, Diagnostic>

  /// The open file, its header read; nil if that failed.
  package var image: ImageFile? { try? opened.get() }
  /// Why the header could not be read; ``extent`` and ``files`` are then unknown. ``Load`` throws it
  /// even if the file can be read by then, because no memory was planned for it.
  public var headerFailure: Diagnostic? {
    if case .failure(let failure) = opened { failure } else { nil }
  }
  /// The file and those that hold its voxels, if they are not in the file itself.
  public var files: [InputFile] { image?.files ?? [] }

  /// Opens the file and reads its header, so that memory can be planned before any data are read.
  ///
  /// A file whose header cannot be read gets an empty extent, see ``headerFailure``.
  ///
  /// - Parameter staysOpen: whether ``Load`` reads from the same open file. Of many cases the files are closed
  ///   meanwhile, as a process has few descriptors; one that is another by then is refused.
  public init(
    path: String, label: Int? = nil, assumedSpace: Space? = nil,
    reading: ReadOptions = ReadOptions(), staysOpen: Bool = false
  ) {
    self.path = path
    self.label = label
    segment = reading.segment
    self.assumedSpace = assumedSpace
    opened = Result { () throws(Diagnostic) in
      do { return try ImageFile(opening: path, options: reading, hashes: true) } catch {
        throw Diagnostic(error)
      }
    }
    guard let file = try? opened.get() else {
      extent = Extent(bytes: 0)
      return
    }
    if !staysOpen { for file in file.files { file.release() } }
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
