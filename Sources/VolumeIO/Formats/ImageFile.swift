import Errors
public import Files
public import Volumes
import Glibc

/// A volume file that is open: its header is read and checked, its voxels are not decoded yet.
///
/// Of the formats in a list (``VolumeFormats/standard``: NRRD and NIfTI) the content decides, not the
/// name.
public struct ImageFile: Sendable {
  /// The path as given, for messages.
  public let path: String
  /// The fields of the header; no voxels are read for them.
  public var info: ImageInfo { image.info }
  /// What is odd: missing or contradictory orientation, ignored bytes. One sentence each.
  public let warnings: [String]
  /// The segment that ``volume(applyScaling:reporting:)`` reads as a mask; nil: the file names none, or none was asked for.
  public let segment: ImageSegment?
  let image: any ParsedImage

  /// Opens a file, reads its header and compares its sizes with the bytes there are.
  ///
  /// - Parameter hashes: whether the bytes of ``files`` are hashed as they are read.
  /// - Throws: `Diagnostic`.
  /// - Complexity: the size of the header.
  public init(
    opening path: String, options: ReadOptions = ReadOptions(), hashes: Bool = false,
    formats: VolumeFormats = .standard
  ) throws {
    try Self.refuseFolder(path)
    self.path = path
    image = try Self.parsed(path, options, hashes, formats)
    segment =
      if let name = options.segment, !image.info.segments.isEmpty {
        try image.info.segment(named: name, of: path)
      } else { nil }
    // A volume that cannot be placed still has a header worth showing.
    let placement =
      segment == nil ? (try? image.geometry())?.warnings : (try? image.layers())?.warnings
    warnings = image.warnings + (placement ?? []) + image.data.surplusWarnings
  }

  /// The header of a file of any known format.
  private static func parsed(
    _ path: String, _ options: ReadOptions, _ hashes: Bool, _ formats: VolumeFormats
  ) throws -> any ParsedImage {
    let header = formats.all.reduce(path) { path, format in format.headerPath(path) }
    let start = try FileStart(of: InputFile(header, hashes: hashes))
    for format in formats.all {
      if let image = try format.open(start, options) { return image }
    }
    if start.bytes.count >= 132, start.bytes[128..<132].elementsEqual("DICM".utf8) {
      throw dicom(path, found: "a DICOM file")
    }
    if ForeignFile.isMesh(named: path) {
      throw Diagnostic(
        .unknownFormat, path, field: "file", expected: "an NRRD or NIfTI file", found: "a mesh",
        remedy: "`calvaria voxelize` turns it into voxels")
    }
    let foreign = ForeignFile.recognised(by: start.bytes)
    throw Diagnostic(
      .unknownFormat, path, field: "file", expected: "an NRRD or NIfTI file",
      found: foreign?.found ?? "other content",
      remedy: foreign?.remedy ?? "convert it to NRRD or NIfTI first")
  }

  private static func refuseFolder(_ path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw dicom(path, found: "a folder")
    }
  }

  private static func dicom(_ path: String, found: String) -> Diagnostic {
    Diagnostic(
      .dicom, path, field: "file", expected: "an NRRD or NIfTI file", found: found,
      remedy:
        "name a file; of DICOM, make one with `calvaria convert DICOM scan.nii.gz`, dcm2niix or 3D Slicer, or give the folder to `calvaria implant`"
    )
  }

  /// The files that hold the elements, where they are not the header's own.
  public var dataPaths: [String] {
    image.data.parts.map(\.path).filter { $0 != image.data.path }
  }

  /// The files that it is read from, each once: the one that was named, then the others.
  public var files: [InputFile] {
    var files: [InputFile] = []
    var paths: Set<String> = []
    for file in [image.data.file] + image.data.parts.map(\.file)
    where paths.insert(file.path).inserted {
      if file.path == path { files.insert(file, at: 0) } else { files.append(file) }
    }
    return files
  }

  /// Whether ``volume(applyScaling:threads:reporting:)`` has a scaling to apply.
  public var hasScaling: Bool { image.scaling != nil }

  /// Bytes of memory that reading the elements takes.
  public var demand: Int { image.data.byteCount + (8 << 20) }

  /// All elements of all axes, decoded.
  ///
  /// Bytes after the last element are ignored, as teem does. ``warnings`` reports those after raw
  /// data, ``ElementBuffer/warnings`` those in compressed data.
  ///
  /// - Parameters:
  ///   - threads: the most threads that decode; nil: as the options of ``init(opening:options:hashes:formats:)`` have it.
  ///   - progress: called with the number of decoded bytes; throws to stop reading.
  /// - Throws: `Diagnostic` if data are missing, damaged, or stored in an unknown way, or if there
  ///   is not enough memory for them; what `progress` throws.
  /// - Complexity: memory of ``demand`` bytes.
  public func elements(
    threads: Int? = nil, reporting progress: TransferProgress? = nil
  ) throws -> ElementBuffer {
    var data = image.data
    data.options.threads = threads ?? data.options.threads
    return try data.decode(reporting: progress)
  }

  /// The image as a three-dimensional volume.
  ///
  /// Axes of size 1 beyond the three spatial ones are dropped. Of a segmentation whose ``segment`` was chosen, a mask of
  /// it, a byte a voxel beside ``demand`` while it is made.
  ///
  /// - Parameters:
  ///   - applyScaling: whether NIfTI's `scl_slope` and `scl_inter` are applied. If they change
  ///     anything, the volume is one of floats; otherwise values are as stored.
  ///   - threads: as for ``elements(threads:reporting:)``.
  ///   - progress: called with the number of decoded bytes; throws to stop reading.
  /// - Throws: `Diagnostic` where the image has more or fewer axes, its elements are not
  ///   numbers, its directions do not span space, or its data cannot be decoded.
  /// - Complexity: memory of ``demand`` bytes; the volume adopts the memory that was decoded into.
  ///   Applying a scaling takes 4 bytes a voxel more while it lasts.
  public func volume(
    applyScaling: Bool = false, threads: Int? = nil, reporting progress: TransferProgress? = nil
  ) throws -> AnyVolume {
    try volume(applyScaling) { try elements(threads: threads, reporting: progress) }
  }

  /// The image as a three-dimensional volume, and the digest of the same elements, decoded once.
  ///
  /// - Returns: the volume as of ``volume(applyScaling:threads:reporting:)``, the digest as of ``sha256()``.
  /// - Throws: `Diagnostic` as the two.
  /// - Complexity: as the two, of one decoding.
  public func hashedVolume(applyScaling: Bool = false, threads: Int? = nil) throws -> (
    volume: AnyVolume, sha256: String
  ) {
    var sha256 = ""
    let volume = try volume(applyScaling) {
      let elements = try elements(threads: threads)
      sha256 = Self.sha256(of: elements)
      return elements
    }
    return (volume, sha256)
  }

  /// Asks for the elements only once the header has proved to be that of a volume.
  private func volume(
    _ applyScaling: Bool, of elements: () throws -> ElementBuffer
  ) throws -> AnyVolume {
    if let segment { return try mask(of: segment, elements) }
    let geometry = try image.geometry().geometry
    let stored = try elements()
    guard applyScaling, let scaling = image.scaling else { return stored.volume(on: geometry) }
    return try scaling.applied(to: stored, path: path).volume(on: geometry)
  }

  private func mask(
    of segment: ImageSegment, _ elements: () throws -> ElementBuffer
  ) throws -> AnyVolume {
    let layers = try image.layers()
    guard (0..<layers.count).contains(segment.layer) else {
      throw Diagnostic(
        .contradiction, path, field: "segment",
        expected: "a layer below \(layers.count), as the sizes say",
        found: "layer \(segment.layer) of \(quoted(segment.name))",
        remedy: "write the segmentation again")
    }
    let mask = layers.mask(of: try elements(), layer: segment.layer, label: segment.label)
    guard mask.withVoxels({ $0.contains(1) }) else {
      throw Diagnostic(
        .unreadable, path, field: "segment", expected: "voxels of \(quoted(segment.name))",
        found: "none in layer \(segment.layer) with the value \(segment.label)",
        remedy: "choose another with --segment: \(info.segmentNames)")
    }
    return AnyVolume(mask)
  }

  /// Volumes on one grid: the layers of a segmentation; 1 for most files.
  public var layerCount: Int { (try? image.layers())?.count ?? 1 }

  /// The SHA-256 of the elements as 64 hexadecimal digits.
  ///
  /// Numbers little-endian (each half of a complex number too), no scaling, all axes, parts joined
  /// in order, skipped bytes excluded.
  ///
  /// - Throws: `Diagnostic` as ``elements(threads:reporting:)``.
  /// - Complexity: memory of ``demand`` bytes.
  public func sha256() throws -> String { Self.sha256(of: try elements()) }

  private static func sha256(of elements: ElementBuffer) -> String {
    func swap() {
      if Endianness.host == .big {
        swapBytes(elements.storage.bytes, unit: elements.type.swapUnit)
      }
    }
    swap()
    defer { swap() }
    return elements.withBytes { SHA256.hexDigest(of: $0) }
  }
}
