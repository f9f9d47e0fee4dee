import Errors
import Files
public import Volumes
import Glibc

/// Reads and writes mesh files; their names choose the format.
public enum MeshFile {
  /// Reads a file.
  ///
  /// - Parameter assumedSpace: the space of the coordinates, LPS or RAS, whatever the file says.
  /// - Returns: what the file holds, in LPS mm, and what is odd about it, one sentence each.
  /// - Throws: `Diagnostic` for a file that cannot be read or is of no format known.
  /// - Complexity: memory of the file and of what it holds.
  public static func read(
    _ path: String, assumedSpace: Space? = nil, formats: MeshFormats = .standard
  ) throws -> (document: MeshDocument, warnings: [String]) {
    let format = try format(of: path, formats)
    let file = try InputFile(path)
    do {
      try VoxelMemory.require(file.size * 2)
      let bytes = try file.bytes(at: 0, count: file.size)
      var document = try bytes.withUnsafeBytes { try format.decode($0) }
      var warnings: [String] = []
      if let assumedSpace {
        let said = document.space ?? .leftPosteriorSuperior
        if assumedSpace != said { document = document.transformed(by: .turningLPSAndRAS) }
        document.space = assumedSpace
      } else if document.space == nil {
        warnings.append("the file does not say in which space its coordinates are; taken as LPS")
      }
      return (document, warnings)
    } catch {
      throw Diagnostic(error).about(path)
    }
  }

  /// Creates or replaces a file, then reads it and compares every triangle.
  ///
  /// - Throws: `Diagnostic` for a name of no format known, where the file cannot be written, and where it
  ///   reads back as something else; then there is no file.
  public static func write(
    _ document: MeshDocument, to path: String, options: MeshWriteOptions = MeshWriteOptions(),
    formats: MeshFormats = .standard
  ) throws {
    try write(document, to: path, as: try format(of: path, formats), options: options)
  }

  /// Creates or replaces a file of a format, as ``write(_:to:options:formats:)``.
  public static func write(
    _ document: MeshDocument, to path: String, as format: MeshFormat,
    options: MeshWriteOptions = MeshWriteOptions()
  ) throws {
    do {
      try AtomicFile.write(to: path) { sink in
        try format.encode(document, options) { try sink.write($0) }
      }
      let file = try InputFile(path)
      let bytes = try file.bytes(at: 0, count: file.size)
      let read = try bytes.withUnsafeBytes { try format.decode($0) }
      guard read.hasTriangles(of: document), read.space ?? options.space == options.space else {
        throw Diagnostic(
          .corrupt, field: "file", expected: "the mesh that was written", found: "another",
          remedy: "check the disk; if it is sound, report this as a bug")
      }
    } catch {
      let error = Diagnostic(error)
      if error.code == .corrupt { unlink(path) }
      throw error.about(path)
    }
  }

  /// Whether a file is a mesh, by its name.
  public static func isMesh(_ path: String, formats: MeshFormats = .standard) -> Bool {
    formats.format(of: path) != nil
  }

  private static func format(of path: String, _ formats: MeshFormats) throws -> MeshFormat {
    if let format = formats.format(of: path) { return format }
    throw Diagnostic(
      .unknownFormat, path, field: "name",
      expected: "a name ending in \(formats.endings.joined(separator: ", "))", found: "another",
      remedy: "name a mesh file; of a volume, `calvaria mesh` makes one")
  }
}
