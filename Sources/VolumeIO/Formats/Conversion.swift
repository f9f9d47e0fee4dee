public import Volumes

/// How a file is converted.
public struct ConvertOptions: Hashable, Sendable {
  /// The number type to write; nil keeps the file's.
  public var type: ScalarType?
  /// Whether a value that does not fit ``type`` becomes the nearest that does.
  public var clamp: Bool
  /// Whether NIfTI's scaling is applied, which makes floats.
  public var applyScaling: Bool
  /// What the reader may do.
  public var reading: ReadOptions
  /// How the output is stored; its key/values and comments are added to those of the input.
  public var writing: WriteOptions

  /// The defaults keep everything.
  public init(
    type: ScalarType? = nil, clamp: Bool = false, applyScaling: Bool = false,
    reading: ReadOptions = ReadOptions(), writing: WriteOptions = WriteOptions()
  ) {
    self.type = type
    self.clamp = clamp
    self.applyScaling = applyScaling
    self.reading = reading
    self.writing = writing
  }
}

/// Rewrites an image of any number of axes in another format, type or encoding.
public enum Conversion {
  /// Reads `input` and creates or replaces `output`, the format by its name.
  ///
  /// Values and type are kept unless the options say otherwise. NRRD to NRRD keeps every field,
  /// comment and key/value pair; NIfTI to NIfTI every field and extension but the codes of the forms,
  /// and the version unless another is asked for. Between NRRD and NIfTI the placement is kept: exactly from NIfTI to
  /// NRRD, to the precision of the NIfTI version the other way. A NIfTI scaling that is not applied
  /// becomes the key/values `scl_slope` and `scl_inter`, which are not read back as a scaling: other
  /// tools leave the same keys on values that they have scaled already. Complex and colour voxels of
  /// NIfTI become a first axis of kind `complex`, `RGB-color` or `RGBA-color`, and the reverse.
  ///
  /// - Returns: what is odd about the input or was lost, one sentence each.
  /// - Throws: ``VolumeIOError``.
  /// - Complexity: memory for the elements, twice where their type changes.
  @discardableResult
  public static func convert(
    _ input: String, to output: String, options: ConvertOptions = ConvertOptions()
  ) throws -> [String] {
    let format = try FileNameFormat(output)
    let file = try ImageFile(opening: input, options: options.reading)
    let conversion = ElementConversion(path: input, clamp: options.clamp)
    let isScaled = options.applyScaling && file.image.scaling != nil
    let room = try options.type.flatMap { type in
      let data = file.image.data
      return try conversion.room(
        for: data.byteCount / data.type.byteCount,
        of: isScaled && data.type.scalarType != nil ? .scalar(.float) : data.type, as: type)
    }
    let former = format == .detachedNRRD ? FormerDataFiles(of: output) : nil
    var elements = try file.elements()
    var warnings = file.image.warnings + file.image.data.surplusWarnings + elements.warnings
    var scaling = file.image.scaling
    if options.applyScaling, let applied = scaling {
      elements = try applied.applied(to: elements, path: input)
      scaling = nil
    }
    if let type = options.type, let room {
      elements = try conversion.converted(elements, to: type, in: room)
    }
    try VolumeIOError.wrapping {
      switch format {
      case .nrrd, .detachedNRRD:
        let header = try nrrdHeader(of: file.image, elements, scaling, options.writing)
        if let source = file.image as? NIfTIImage {
          warnings += try lost(of: source, in: header, output)
        }
        try elements.withBytes { try NRRDWriter(output, options.writing).write(header, $0) }
      case .nifti:
        let (layout, lost) = try niftiLayout(of: file.image, elements, output)
        warnings += lost
        var writing = options.writing
        writing.content = writing.content ?? layout.content
        if let source = file.image as? NIfTIImage, source.header.version == 2 {
          // Doubles would lose half their digits in the first version.
          writing.niftiVersion = writing.niftiVersion ?? 2
        }
        try elements.withBytes { bytes in
          try NIfTIWriter(output, writing).write(
            type: layout.type, sizes: layout.sizes, geometry: layout.geometry, scaling: scaling,
            otherAxes: layout.otherAxes, details: layout.details, extensions: layout.extensions,
            bytes)
        }
      }
    }
    return warnings + (former?.left() ?? [])
  }

  private static func nrrdHeader(
    of image: any ParsedImage, _ elements: ElementBuffer, _ scaling: ValueScaling?,
    _ writing: WriteOptions
  ) throws -> NRRDHeader {
    var header: NRRDHeader
    if let image = image as? NRRDImage {
      header = image.header
      header.type = elements.type
    } else if let image = image as? NIfTIImage {
      header = NRRDHeader(of: image, as: elements.type)
    } else {
      preconditionFailure("a format that cannot be converted")
    }
    if let scaling {
      header.keyValues.append(.init("scl_slope", NumberText.shortest(scaling.slope)))
      header.keyValues.append(.init("scl_inter", NumberText.shortest(scaling.intercept)))
    }
    for pair in writing.keyValues {
      header.keyValues.removeAll { $0.key == pair.key }
      header.keyValues.append(pair)
    }
    header.comments += writing.comments
    header.content = writing.content ?? header.content
    return header
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

  private static func niftiLayout(
    of image: any ParsedImage, _ elements: ElementBuffer, _ output: String
  ) throws -> (layout: NIfTILayout, lost: [String]) {
    if let image = image as? NRRDImage {
      return try NIfTILayout.of(image, elements.type, output: output)
    }
    guard let image = image as? NIfTIImage else {
      preconditionFailure("a format that cannot be converted")
    }
    return (try NIfTILayout.of(image, elements), [])
  }
}
