import Errors
public import Volumes

public struct ConvertOptions: Hashable, Sendable {
  /// The number type to write; nil keeps the file's.
  public var type: ScalarType?
  /// Whether a value that does not fit ``type`` becomes the nearest that does.
  public var clamp: Bool
  /// Whether NIfTI's scaling is applied, which makes floats.
  public var applyScaling: Bool
  /// mm of background to add on each side; 0: none. Only voxels, scaled, and their places are then written.
  public var margin = 0.0
  public var reading: ReadOptions
  /// How the output is stored; its key/values and comments are added to those of the input.
  public var writing: WriteOptions

  /// The defaults keep type, values and scaling as they are in the file.
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
  /// Reads `input` and creates or replaces `output`, whose name chooses the format.
  ///
  /// Values and type are kept unless the options say otherwise. NRRD to NRRD keeps every field,
  /// comment and key/value pair. NIfTI to NIfTI keeps every field and extension except the codes of
  /// the forms, and the version unless the options name one. Between NRRD and NIfTI the placement
  /// is kept: exactly from NIfTI to NRRD, to the precision of the NIfTI version the other way. A
  /// NIfTI scaling that is not applied becomes the key/values `scl_slope` and `scl_inter`, which are read
  /// back as one, unless further keys of a NIfTI header stand beside them: ITK copies all of them, with values
  /// that it has already scaled. Complex and colour voxels of NIfTI become a first axis of kind `complex`,
  /// `RGB-color` or `RGBA-color`, and the reverse.
  ///
  /// - Returns: what is odd about the input or was lost, one sentence each.
  /// - Throws: ``Diagnostic``.
  /// - Complexity: memory for the elements, twice where their type changes.
  @discardableResult
  public static func convert(
    _ input: String, to output: String, options: ConvertOptions = ConvertOptions(),
    formats: VolumeFormats = .standard
  ) throws -> [String] {
    let format = try formats.format(writing: output)
    let file = try ImageFile(opening: input, options: options.reading, formats: formats)
    if options.margin > 0 {
      return try pad(file, input, to: output, options: options, formats: formats)
    }
    let conversion = ElementConversion(path: input, clamp: options.clamp)
    let isScaled = options.applyScaling && file.image.scaling != nil
    let room = try options.type.flatMap { type in
      let data = file.image.data
      return try conversion.room(
        for: data.byteCount / data.type.byteCount,
        of: isScaled && data.type.scalarType != nil ? .scalar(.float) : data.type, as: type)
    }
    var elements = try file.elements()
    let warnings = file.image.warnings + file.image.data.surplusWarnings + elements.warnings
    var scaling = file.image.scaling
    if options.applyScaling, let applied = scaling {
      elements = try applied.applied(to: elements, path: input)
      scaling = nil
    }
    if let type = options.type, let room {
      elements = try conversion.converted(elements, to: type, in: room)
    }
    let source = OpenedElements(image: file.image, elements: elements, scaling: scaling)
    return warnings + (try format.rewrite(source, output, options.writing))
  }

  /// Writes a volume with background around it.
  private static func pad(
    _ file: ImageFile, _ input: String, to output: String, options: ConvertOptions,
    formats: VolumeFormats
  ) throws -> [String] {
    let volume = try file.volume(applyScaling: true)
    let padded: AnyVolume
    do { padded = try volume.padded(by: options.margin) } catch { throw error.about(input) }
    try VolumeFile.write(padded, to: output, options: options.writing, formats: formats)
    let names = file.segment == nil ? file.info.segments.map(\.name) : []
    return file.warnings
      + (names.isEmpty
        ? []
        : [
          "the names of the segments are not written: choose by label, "
            + file.info.segments.map { "\($0.label) is \(quoted($0.name))" }.joined(separator: ", ")
        ])
  }
}
