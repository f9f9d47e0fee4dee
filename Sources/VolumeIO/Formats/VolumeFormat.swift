import Errors
import Files
import Volumes

/// A file format of volumes: what its files are called, how they are recognised, read and written.
///
/// ``VolumeFormats/standard`` lists the formats; nothing else names their endings.
public struct VolumeFormat: Sendable {
  /// Its name, such as `nrrd`.
  public let name: String
  /// The endings of its files, the usual one first.
  public let endings: [Ending]
  /// The default ending for writing: `.nrrd`, `.nii.gz`.
  public let standardEnding: String

  /// Reads the header of a file; nil where the content is of another format.
  let open: @Sendable (FileStart, ReadOptions) throws -> (any ParsedImage)?
  /// Creates or replaces a file that holds a volume.
  let write: @Sendable (AnyVolume, String, WriteOptions, Transfer) throws -> Void
  /// Creates or replaces a file that holds an opened image, with all that the format has room for;
  /// returns what is lost or odd, one sentence each.
  let rewrite: @Sendable (OpenedElements, String, WriteOptions) throws -> [String]
  /// The file that is opened where this one is named: a header in place of its voxels.
  let headerPath: @Sendable (String) -> String

  /// An ending of names, in small letters with its dot.
  public struct Ending: Hashable, Sendable {
    /// What a file of this ending is.
    public enum Role: Sendable {
      /// Header and voxels in one file.
      case whole
      /// A header whose voxels lie in another file.
      case header
      /// Voxels whose header lies in another file.
      case voxels
    }

    /// The ending in small letters with its dot, such as `.nii.gz`.
    public let text: String
    /// What a file of this ending is.
    public let role: Role
    /// Whether files of this ending can be written.
    public let isWritten: Bool
    /// The ending of one whole file of the same format and compression; itself where it is whole.
    public let wholeEnding: String

    /// Voxels beside a header cannot be written by their name, the rest can.
    public init(
      _ text: String, _ role: Role = .whole, isWritten: Bool? = nil, wholeEnding: String? = nil
    ) {
      (self.text, self.role) = (text, role)
      self.isWritten = isWritten ?? (role != .voxels)
      self.wholeEnding = wholeEnding ?? text
    }
  }

  /// A format; ``rewrite`` and ``headerPath`` have a plain form for formats that need no more.
  ///
  /// The plain `rewrite` writes the image as a volume and loses all fields but its placement.
  init(
    name: String, endings: [Ending], standardEnding: String? = nil,
    open: @escaping @Sendable (FileStart, ReadOptions) throws -> (any ParsedImage)?,
    write: @escaping @Sendable (AnyVolume, String, WriteOptions, Transfer) throws -> Void,
    rewrite: (@Sendable (OpenedElements, String, WriteOptions) throws -> [String])? = nil,
    headerPath: @escaping @Sendable (String) -> String = { $0 }
  ) {
    (self.name, self.endings) = (name, endings)
    self.standardEnding = standardEnding ?? endings[0].text
    (self.open, self.write, self.headerPath) = (open, write, headerPath)
    self.rewrite =
      rewrite ?? { source, path, options in
        let (volume, warnings) = try source.volume()
        try write(volume, path, options, Transfer(threads: options.threads))
        guard source.scaling != nil else { return warnings }
        return warnings + ["\(path): \(name) has no scaling; values are written as stored"]
      }
  }
}

/// The elements of an opened image, as they are to be written.
struct OpenedElements: Sendable {
  let image: any ParsedImage
  /// Its elements, perhaps of another type than the header says.
  let elements: ElementBuffer
  /// The scaling that they are stored with.
  let scaling: ValueScaling?

  /// The elements as a volume, with what is odd about its placement.
  ///
  /// - Throws: ``Diagnostic`` where the image is no three-dimensional volume of numbers.
  func volume() throws -> (AnyVolume, warnings: [String]) {
    let (geometry, warnings) = try image.geometry()
    return (elements.volume(on: geometry), warnings)
  }
}

/// The beginning of a file, by which formats know their own.
struct FileStart: Sendable {
  let file: InputFile
  /// The first 544 bytes, up to the end of a NIfTI-2 header and the mark of extensions; fewer where
  /// the file is shorter.
  let bytes: [UInt8]

  init(of file: InputFile) throws {
    self.file = file
    bytes = try file.bytes(at: 0, count: 544)
  }

  /// The first 544 bytes behind gzip; nil where the file is not compressed.
  ///
  /// - Throws: ``Diagnostic`` where the stream is damaged or ends within them.
  func inflated() throws -> [UInt8]? {
    guard bytes.starts(with: [0x1f, 0x8b]) else { return nil }
    var inflater = Inflater(FileSection(file, from: 0))
    var bytes = [UInt8](repeating: 0, count: 544)
    do {
      let got = try bytes.withUnsafeMutableBytes {
        try inflater.readAvailable(into: $0, atLeast: 4)
      }
      return Array(bytes[..<got])
    } catch let failure as CodecFailure {
      let isCut = if case .truncated = failure { true } else { false }
      throw Diagnostic(
        isCut ? .truncated : .corrupt, file.path, field: "file",
        expected: isCut ? "a whole gzip stream" : "gzip data", found: "\(failure)",
        remedy: isCut ? "the file is cut off; get it again" : "the file is damaged; get it again")
    }
  }
}
