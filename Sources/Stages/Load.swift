import Errors
import Files
public import Dataflow
import Skulls
import VolumeIO
import Volumes
import VoxelOps

/// Reads the scan of a case.
///
/// A file with at most two distinct values, none of them negative, is a mask; any other is a CT.
/// Two values of which one is negative, such as −1000 and 1200, are a CT. The scaling of a NIfTI file is
/// applied.
public struct Load: DeclaredStage {
  public static let kind = "load"
  public static let summary = "Reads the scan of a case from NRRD or NIfTI."
  public static let parameters: [ParameterDeclaration] = []
  /// Reading overlaps computing.
  public var lane: Lane { .files }

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The volume, and 8 MB for the reader's buffers.
  public func demand(for inputs: [Extent]) -> Demand {
    let scan = inputs[0].grid(bytesPerVoxel: inputs[0].bytesPerVoxel)
    // Beside the volume itself: the reader's buffers.
    // Uncompressed bytes are copied at some GB/s per core, and the disk has its own limit.
    return Demand(
      peakBytes: scan.bytes + 8 << 20, output: scan,
      cores: Cores(for: scan.bytes, worthwhile: 64 << 20))
  }

  /// Reads the scan and hashes the files that it came from.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read, or has the same value in every voxel.
  public func run(_ input: Inputs<CaseFile>, in context: StageContext) throws -> Scan {
    let file = input.values
    var reading = file.reading
    reading.threads = context.cores
    let image: ImageFile
    do {
      if let failure = file.headerFailure { throw failure }
      image = try ImageFile(opening: file.path, options: reading)
    } catch {
      // Before the file is read, so that the account has the digest of an unreadable file too.
      _ = try? Self.digests(of: [file.path], known: file.digests, in: context)
      throw error
    }
    let digests = try Self.digests(
      of: [file.path] + image.dataPaths, known: file.digests, in: context)
    var volume = try image.volume(applyScaling: true)
    try FileDigest.requireUnchanged(digests)
    if file.refusesBlank, let value = volume.onlyValue {
      throw Diagnostic(
        .unreadable, file.path, field: "voxels", expected: "a scan",
        found: "the value \(value) in every voxel",
        remedy: "check the program that wrote the file, or leave the case out")
    }
    if let space = file.assumedSpace {
      var geometry = volume.geometry
      geometry.space = space
      volume = volume.reoriented(geometry)
      context.note("assumedSpace", .text(space.rawValue))
    } else {
      for warning in image.warnings { context.warn(warning) }
    }
    if let sentence = Self.unappliedScaling(image.info) { context.warn(sentence) }
    let content: ScanContent =
      if let label = file.label {
        .label(label)
      } else {
        volume.holdsTwoValues ? .mask : .hounsfield
      }
    context.note("content", .text(content.name))
    context.note("type", .text(volume.scalarType.rawValue))
    context.note("sizes", .list((0..<3).map { .integer(volume.sizes[$0]) }))
    context.note("spacing", .numbers((0..<3).map { volume.geometry.spacing[$0] }))
    return Scan(volume: volume, content: content)
  }

  /// Hashes the files whose digests are not known yet, and records them for the account.
  private static func digests(
    of paths: [String], known: [String: FileDigest], in context: StageContext
  ) throws -> [String: FileDigest] {
    var digests: [String: FileDigest] = [:]
    var files: [FileRecord] = []
    defer { context.tell(FilesRead(files: files)) }
    for path in paths where digests[path] == nil {
      let digest = try FileDigest(of: path, known: known[path])
      digests[path] = digest
      files.append(FileRecord(path: path, bytes: digest.stamp.size, sha256: digest.sha256))
    }
    return digests
  }

  /// The warning for an NRRD file that carries a NIfTI scaling as key/values. It is not applied, because
  /// some writers keep these keys with values that they have already scaled.
  private static func unappliedScaling(_ info: ImageInfo) -> String? {
    guard info.format == .nrrd else { return nil }
    func number(_ key: String) -> Double? {
      info.keyValues.first { $0.key == key }.flatMap { Double($0.value) }
    }
    let (slope, intercept) = (number("scl_slope") ?? 1, number("scl_inter") ?? 0)
    guard slope != 0, slope != 1 || intercept != 0 else { return nil }
    return
      "the key/values scl_slope \(slope) and scl_inter \(intercept) are not applied; if the voxels "
      + "are not HU, convert the NIfTI file with --apply-scaling"
  }
}

extension ScanContent {
  /// The name in the record of the run.
  var name: String {
    switch self {
    case .hounsfield: "ct"
    case .mask: "mask"
    case .fraction: "share"
    case .label(let label): "label \(label)"
    }
  }
}
