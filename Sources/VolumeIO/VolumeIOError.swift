import Files

/// Why a volume file could not be read, written or converted: file, line, field, expected, found,
/// and what to do.
public struct VolumeIOError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: String, Hashable, Sendable {
    /// A file is not there or may not be read.
    case unreadable
    /// A file or its folder cannot be written.
    case unwritable
    /// The file is in no format that this module knows.
    case unknownFormat
    /// The file or folder is DICOM.
    case dicom
    /// A header line or a header value breaks the format's rules.
    case malformed
    /// A required field is missing.
    case missingField
    /// A field is stated twice.
    case duplicateField
    /// Two fields contradict each other.
    case contradiction
    /// The header asks for more voxels than the file can hold, or memory can take.
    case tooLarge
    /// The voxel data end early.
    case truncated
    /// The voxel data cannot be decoded or fail their checksum.
    case corrupt
    /// A data file lies outside the folder of its header.
    case outsideFolder
    /// The file is right but asks for something that this module does not do.
    case unsupported
    /// The file holds something else than one three-dimensional scalar volume.
    case notAVolume
    /// A value, type or size does not fit the format or type asked for.
    case notRepresentable
    /// There is no room left on the disk.
    case diskFull
    /// Something that may pass by itself, such as a server that did not answer.
    case transient
  }

  /// What kind of trouble it is.
  public var code: Code
  /// The file.
  public var path: String
  /// The line of a text header, counted from 1.
  public var line: Int?
  /// The header field, or `file`, `data`, `voxel`.
  public var field: String
  /// What the format, or the request, wants.
  public var expected: String
  /// What is there.
  public var found: String
  /// What to do about it.
  public var remedy: String

  /// An error about a file.
  public init(
    _ code: Code, path: String, line: Int? = nil, field: String, expected: String, found: String,
    remedy: String
  ) {
    (self.code, self.path, self.line, self.field) = (code, path, line, field)
    (self.expected, self.found, self.remedy) = (expected, found, remedy)
  }

  /// `FILE[:LINE]: FIELD: expected …, found …; what to do`, always one line.
  public var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return "\(place): \(field): expected \(expected), found \(found); \(remedy)"
  }
}

extension VolumeIOError {
  /// The same trouble as the file layer reported it.
  init(_ error: FileError) {
    let (field, expected, found, remedy) = error.parts
    let code: Code =
      switch error.code {
      case .unwritable: .unwritable
      case .diskFull: .diskFull
      case .transient: .transient
      case .unreadable, .inputOutput: .unreadable
      }
    self.init(
      code, path: error.path, field: field, expected: expected, found: found, remedy: remedy)
  }

  /// Runs `body` and turns errors of the file layer into errors of this module.
  static func wrapping<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as FileError { throw VolumeIOError(error) }
  }
}

/// A piece of a file's text for an error message: quoted, short, without control characters.
func quoted(_ text: String) -> String {
  var short = ""
  for scalar in text.unicodeScalars.prefix(60) {
    let printable = scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
    if printable {
      short.unicodeScalars.append(scalar)
    } else {
      short += "\\u{\(hex(scalar.value))}"
    }
  }
  return "\"\(short)\(text.unicodeScalars.count > 60 ? "…" : "")\""
}

private func hex(_ value: UInt32) -> String { String(value, radix: 16) }
