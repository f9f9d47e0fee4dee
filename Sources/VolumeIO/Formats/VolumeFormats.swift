import Errors

/// A list of file formats of volumes.
public struct VolumeFormats: Sendable {
  /// The formats that the program knows: a new one is a line here.
  public static let standard = VolumeFormats([.nrrd, .nifti])

  /// The formats; the first whose content fits reads a file.
  public let all: [VolumeFormat]
  /// The endings of all formats, longer ones first, so that the first that fits a name is the one.
  public let endings: [VolumeFormat.Ending]

  /// A list of formats whose endings differ.
  public init(_ all: [VolumeFormat]) {
    self.all = all
    endings = all.flatMap(\.endings).sorted { $0.text.utf8.count > $1.text.utf8.count }
  }

  /// The endings of the files that can be written, in the order of the formats.
  public var writtenEndings: [String] {
    all.flatMap(\.endings).filter(\.isWritten).map(\.text)
  }

  /// The endings of files that hold a whole volume, in the order of the formats.
  public var wholeEndings: [String] {
    all.flatMap(\.endings).filter { $0.role == .whole }.map(\.text)
  }

  /// The ending of a name, in whatever case; nil where it is no volume's, or all of the name.
  public func ending(of name: String) -> VolumeFormat.Ending? {
    let lowered = name.lowercased()
    return endings.first {
      lowered.hasSuffix($0.text) && lowered.utf8.count > $0.text.utf8.count
    }
  }

  /// The format that the name of an output asks for.
  ///
  /// - Throws: ``Diagnostic`` where no format is written under such a name.
  func format(writing path: String) throws -> VolumeFormat {
    let name = path.lowercased()
    let ending = endings.first { name.hasSuffix($0.text) }
    guard let ending, ending.isWritten,
      let format = all.first(where: { $0.endings.contains(ending) })
    else {
      let names = writtenEndings
      throw Diagnostic(
        .unwritable, path, field: "output",
        expected: "a name that ends in \(names.dropLast().joined(separator: ", ")) or "
          + (names.last ?? "nothing"),
        found: quoted(path), remedy: "choose such a name")
    }
    return format
  }
}
