import Errors
import Files
public import Dataflow
public import Recognition
import Skulls
import VolumeIO
import Volumes
import VoxelOps

/// Reads the scan of a case.
///
/// `RecognizedVolume` says from the values what it is: a mask, a label map, a CT in HU or with an offset, or grey
/// values that are no HU. The scaling of a NIfTI file is applied.
public struct Load: DeclaredStage {
  public static let kind = "load"
  public static let version = 2
  public static let summary = "Reads the scan of a case from NRRD or NIfTI."
  public static let parameters: [ParameterDeclaration] = []
  /// Reading overlaps computing.
  public var lane: Lane { .files }

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The volume, once more where its values are mended, and 8 MB for the reader's buffers.
  public func demand(for inputs: [Extent]) -> Demand {
    let scan = inputs[0].grid(bytesPerVoxel: inputs[0].bytesPerVoxel)
    // Beside the volume itself: the reader's buffers.
    // Uncompressed bytes are copied at some GB/s per core, and the disk has its own limit.
    return Demand(
      peakBytes: 2 * scan.bytes + 8 << 20, output: scan,
      cores: Cores(for: scan.bytes, worthwhile: 64 << 20))
  }

  /// Reads the scan and hashes the files that it came from.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read, or has the same value in every voxel.
  public func run(_ input: Inputs<CaseFile>, in context: StageContext) throws -> Scan {
    let file = input.values
    if let failure = file.headerFailure {
      // So that the account has the digest of an unreadable file too.
      if let digest = try? FileDigest(of: InputFile(file.path)) {
        context.tell(FilesRead(files: [FileRecord(file.path, digest)]))
      }
      throw failure
    }
    let image = file.image!
    defer { for file in image.files { file.release() } }
    var volume: AnyVolume
    do {
      volume = try image.volume(applyScaling: true, threads: context.cores)
      context.tell(try FilesRead(image, known: file.digests))
    } catch {
      if let files = try? FilesRead(image, known: file.digests) { context.tell(files) }
      throw error
    }
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
    } else {
      for warning in image.warnings { context.warn(warning) }
    }
    var scan: Scan
    var reading: ScanReading
    if let label = file.label {
      scan = Scan(volume: volume, content: .label(label))
      reading = ScanReading(label: label, of: volume)
    } else {
      let names = Dictionary(
        image.info.segments.map { ($0.label, $0.name) }, uniquingKeysWith: { one, _ in one })
      let recognized = RecognizedVolume(volume, names: names, threads: context.cores)
      if let wanted = file.segment {
        guard image.segment != nil || recognized.isMask else {
          throw Diagnostic(
            .badParameter, file.path, field: "segment",
            expected: "a segmentation whose header names segments, for --segment \(quoted(wanted))",
            found: "a \(recognized.kind.rawValue) without names",
            remedy: "leave --segment out, or choose by number with --label")
        }
      }
      scan = Scan(volume: recognized.volume, content: recognized.content)
      (scan.doubt, scan.offset) = (recognized.doubt, recognized.offset)
      for warning in recognized.warnings { context.warn(warning) }
      reading = ScanReading(recognized, of: volume)
      if file.segment != nil { reading.segment = image.segment?.name }
    }
    reading.assumedSpace = file.assumedSpace
    context.tell(reading)
    return scan
  }
}

extension ScanReading: StageFact {}
