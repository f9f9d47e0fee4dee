public import ArgumentParser
import VolumeIO
public import Volumes

/// `calvaria convert IN OUT`.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Rewrite a volume in another format, type or encoding.",
    discussion: """
      The extension of OUT chooses the format: .nrrd, .nhdr (with a data file beside it), .nii, .nii.gz, \
      .hdr (with .img). Voxel type, values and geometry are kept; a NIfTI scaling is kept in the \
      key/values scl_slope and scl_inter. NRRD to NRRD keeps every field, comment and key/value; NIfTI \
      to NIfTI keeps every field and extension.

      EXAMPLES
        calvaria convert skull.nii.gz skull.nrrd
        calvaria convert scan.nrrd scan.nii.gz --type int16 --clamp
        calvaria convert scan.nrrd scan.nhdr --encoding raw
      """)

  @Argument(help: "An NRRD or NIfTI file.", completion: .file())
  var input: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @Option(
    help:
      "The voxel type to write. Values are rounded half to even; a value out of range is an error."
  )
  var type: ScalarType?

  @Flag(help: "With --type: clamp values to the range of the type.")
  var clamp = false

  @Flag(help: "Apply a NIfTI scaling; the voxels become float.")
  var applyScaling = false

  @Option(
    help:
      "raw, gzip, bzip2, ascii or hex (default: gzip for NRRD; for NIfTI, gzip if OUT ends in .gz, else raw)."
  )
  var encoding: Encoding?

  @Option(help: "Byte order to write: little or big.")
  var endian: Order = .little

  @Option(
    name: .customLong("nifti-version"), help: "1 or 2 (default: 1, or 2 if the sizes need it).")
  var niftiVersion: Int?

  @OptionGroup var reading: ReadingOptions

  enum Encoding: String, ExpressibleByArgument, CaseIterable { case raw, gzip, bzip2, ascii, hex }
  enum Order: String, ExpressibleByArgument, CaseIterable { case little, big }

  func validate() throws {
    let endings = VolumeFormats.standard.writtenEndings
    guard endings.contains(where: output.lowercased().hasSuffix) else {
      throw ValidationError(
        "OUT: expected a name ending in \(endings.joined(separator: ", ")), found \(output)")
    }
    if let niftiVersion, ![1, 2].contains(niftiVersion) {
      throw ValidationError("--nifti-version: expected 1 or 2, found \(niftiVersion)")
    }
  }

  func run() throws {
    let writing = WriteOptions(
      encoding: encoding.flatMap { DataEncoding(rawValue: $0.rawValue) },
      endian: endian == .big ? .big : .little,
      niftiVersion: niftiVersion)
    let warnings = try Conversion.convert(
      input, to: output,
      options: ConvertOptions(
        type: type, clamp: clamp, applyScaling: applyScaling, reading: reading.options,
        writing: writing))
    for warning in warnings { StandardError.warn(warning, of: input) }
  }
}

extension ScalarType: ExpressibleByArgument {}
