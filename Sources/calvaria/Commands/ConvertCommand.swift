public import ArgumentParser
import MeshIO
import VolumeIO
public import Volumes

/// `calvaria convert IN OUT`.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Rewrite a volume or a mesh in another format, type or encoding.",
    discussion: """
      The extension of OUT chooses the format: .nrrd, .nhdr (with a data file beside it), .nii, .nii.gz, \
      .hdr (with .img). Voxel type, values and geometry are kept; a NIfTI scaling is kept in the \
      key/values scl_slope and scl_inter. NRRD to NRRD keeps every field, comment and key/value; NIfTI \
      to NIfTI keeps every field and extension.

      Meshes: .stl, .3mf, .ply and .obj, in mm. Coordinates are kept to the last bit; parts, names and \
      colours where the format has room for them. The written file names its space, LPS or RAS. \
      `calvaria mesh` makes a mesh of a mask, `calvaria voxelize` a mask of a mesh.

      A folder or zip archive of DICOM is converted with dcm2niix, where that is installed; the largest \
      series is taken.

      EXAMPLES
        calvaria convert skull.nii.gz skull.nrrd
        calvaria convert scan.nrrd scan.nii.gz --type int16 --clamp
        calvaria convert scan.nrrd scan.nhdr --encoding raw
        calvaria convert DICOM/ scan.nii.gz
        calvaria convert cropped.nrrd roomy.nrrd --pad 20
        calvaria convert implant.stl implant.3mf --space RAS
      """)

  @Argument(help: "An NRRD or NIfTI file, DICOM, or a mesh.", completion: .file())
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
    help: ArgumentHelp(
      "Add background on each side, for an implant that ends at the border of its scan. Voxels and their places are kept, a NIfTI scaling is applied; further fields are left out.",
      valueName: "mm"))
  var pad: Double?

  @Option(
    help:
      "raw, gzip, bzip2, ascii or hex (default: gzip for NRRD; for NIfTI, gzip if OUT ends in .gz, else raw). STL and PLY: raw or ascii."
  )
  var encoding: Encoding?

  @Option(help: "Byte order to write: little or big.")
  var endian: Order = .little

  @Option(
    name: .customLong("nifti-version"), help: "1 or 2 (default: 1, or 2 if the sizes need it).")
  var niftiVersion: Int?

  @Option(help: ArgumentHelp("Of a mesh: LPS or RAS coordinates in OUT.", valueName: "space"))
  var space: MeshSpace = .lps

  @Option(
    help: ArgumentHelp(
      "Of a mesh: the space of IN, if the file does not say it or is wrong.", valueName: "space"))
  var assumeSpace: MeshSpace?

  @OptionGroup var reading: ReadingOptions

  enum Encoding: String, ExpressibleByArgument, CaseIterable { case raw, gzip, bzip2, ascii, hex }
  enum Order: String, ExpressibleByArgument, CaseIterable { case little, big }

  func validate() throws {
    let volumes = VolumeFormats.standard.writtenEndings
    let isMesh = MeshFile.isMesh(output)
    guard isMesh || volumes.contains(where: output.lowercased().hasSuffix) else {
      let endings = volumes + MeshFormats.standard.endings
      throw ValidationError(
        "OUT: expected a name ending in \(endings.joined(separator: ", ")), found \(output)")
    }
    guard MeshFile.isMesh(input) == isMesh else {
      throw ValidationError(
        "expected two volumes or two meshes, found one of each; "
          + (isMesh
            ? "`calvaria mesh` makes a mesh of a mask"
            : "`calvaria voxelize` makes a mask of a mesh"))
    }
    if isMesh {
      guard type == nil, !clamp, !applyScaling, niftiVersion == nil, pad == nil,
        encoding == nil || encoding == .raw || encoding == .ascii
      else {
        throw ValidationError(
          "expected only --encoding raw or ascii, --endian, --space and --assume-space for a mesh, found options for volumes"
        )
      }
    } else if assumeSpace != nil || space != .lps {
      throw ValidationError("expected a mesh for --space and --assume-space, found a volume")
    }
    if let pad {
      guard pad > 0, pad <= 200 else {
        throw ValidationError("--pad: expected more than 0 and at most 200 mm, found \(pad)")
      }
      guard type == nil, !clamp else {
        throw ValidationError("expected --pad without --type and --clamp; convert in two steps")
      }
    }
    if let niftiVersion, ![1, 2].contains(niftiVersion) {
      throw ValidationError("--nifti-version: expected 1 or 2, found \(niftiVersion)")
    }
  }

  func run() throws {
    if MeshFile.isMesh(output) {
      let form: MeshWriteOptions.Form =
        encoding == .ascii ? .ascii : endian == .big ? .binaryBigEndian : .binary
      let warnings = try MeshConversion.convert(
        input, to: output, options: MeshWriteOptions(space: space.space, form: form),
        assumedSpace: assumeSpace?.space)
      for warning in warnings { StandardError.warn(warning, of: input) }
      return
    }
    let writing = WriteOptions(
      encoding: encoding.flatMap { DataEncoding(rawValue: $0.rawValue) },
      endian: endian == .big ? .big : .little,
      niftiVersion: niftiVersion)
    var options = ConvertOptions(
      type: type, clamp: clamp, applyScaling: applyScaling, reading: reading.options,
      writing: writing)
    options.margin = pad ?? 0
    try DICOMCases.during(
      {
        for warning in try Conversion.convert($0, to: output, options: options) {
          StandardError.warn(warning, of: input)
        }
      }, converted: input, beside: output)
  }
}

extension ScalarType: ExpressibleByArgument {}
