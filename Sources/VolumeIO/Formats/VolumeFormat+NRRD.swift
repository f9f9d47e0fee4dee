import Errors
import Volumes

extension VolumeFormat {
  /// NRRD: one file, or a header with a data file `.raw` or `.raw.gz` beside it.
  public static let nrrd = VolumeFormat(
    name: "nrrd",
    endings: [Ending(".nrrd"), Ending(".nhdr", .header, wholeEnding: ".nrrd")],
    open: { start, options in
      guard start.bytes.starts(with: "NRRD".utf8) else { return nil }
      return try NRRDImage(start.file, options: options)
    },
    write: { volume, path, options, transfer in
      var header = NRRDHeader(of: volume)
      header.keyValues = options.keyValues
      header.comments = options.comments
      header.content = options.content
      try volume.withBytes { try NRRDWriter(path, options, transfer).write(header, $0) }
    },
    rewrite: { source, path, options in
      let former = path.lowercased().hasSuffix(".nhdr") ? FormerDataFiles(of: path) : nil
      var (header, warnings) = try nrrdHeader(of: source)
      // Keys that are no scaling, such as those that ITK copies, stay as they are.
      if source.scaling != source.image.scaling || !(source.image is NRRDImage) {
        header.setScaling(source.scaling)
      }
      for pair in options.keyValues {
        header.keyValues.removeAll { $0.key == pair.key }
        header.keyValues.append(pair)
      }
      header.comments += options.comments
      header.content = options.content ?? header.content
      if let nifti = source.image as? NIfTIImage {
        warnings += try lost(of: nifti, in: header, path)
      }
      try source.elements.withBytes { try NRRDWriter(path, options).write(header, $0) }
      return warnings + (former?.left() ?? [])
    })

  private static func nrrdHeader(
    of source: OpenedElements
  ) throws -> (header: NRRDHeader, warnings: [String]) {
    switch source.image {
    case let image as NRRDImage:
      var header = image.header
      header.type = source.elements.type
      return (header, [])
    case let image as NIfTIImage:
      return (NRRDHeader(of: image, as: source.elements.type), [])
    default:
      let (volume, warnings) = try source.volume()
      return (NRRDHeader(of: volume), warnings)
    }
  }

  /// What NRRD has no place for.
  private static func lost(
    of image: NIfTIImage, in header: NRRDHeader, _ output: String
  ) throws -> [String] {
    var lost: [String] = []
    let count = try image.extensions().count
    if count > 0 { lost.append("\(output): NRRD has no header extensions; \(count) left out") }
    if header.content != image.header.description, !image.header.description.isEmpty {
      lost.append(
        "\(output): content: one line without blanks at its ends; those of descrip "
          + "\(quoted(image.header.description)) are changed")
    }
    return lost
  }
}
