public import Volumes

/// Rewrites a mesh file in another format, form or space.
public enum MeshConversion {
  /// Reads `input` and creates or replaces `output`, whose name chooses the format.
  ///
  /// Corners keep their coordinates to the last bit; parts, names, colours and notes are kept where the
  /// format has room for them.
  ///
  /// - Parameter assumedSpace: the space of the input's coordinates, whatever it says.
  /// - Returns: what is odd about the input or is lost, one sentence each.
  /// - Throws: `Diagnostic`.
  public static func convert(
    _ input: String, to output: String, options: MeshWriteOptions = MeshWriteOptions(),
    assumedSpace: Space? = nil, formats: MeshFormats = .standard
  ) throws -> [String] {
    var (document, warnings) = try MeshFile.read(
      input, assumedSpace: assumedSpace, formats: formats)
    try MeshFile.write(document, to: output, options: options, formats: formats)
    let hasParts = formats.format(of: output)?.keepsParts(options.form) ?? true
    if document.parts.count > 1, !hasParts {
      warnings.append("\(document.parts.count) parts became one, as \(output) has no parts")
    }
    return warnings
  }
}

extension MeshFormat {
  /// Whether several parts stay apart.
  func keepsParts(_ form: MeshWriteOptions.Form) -> Bool {
    switch name {
    case MeshFormat.ply.name: false
    case MeshFormat.stl.name: form == .ascii
    default: true
    }
  }
}
