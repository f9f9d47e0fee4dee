import Files

/// Why a file of tensors could not be read or written: file, field, expected, found, and what to do.
public struct TensorFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: String, Hashable, Sendable {
    /// A file is not there or may not be read.
    case unreadable
    /// A file or its folder cannot be written.
    case unwritable
    /// The file is in no format that this module knows.
    case unknownFormat
    /// Something breaks the format's rules.
    case malformed
    /// A required field or entry is missing.
    case missingField
    /// A name stands in the file twice.
    case duplicateName
    /// A size overflows, or goes beyond what the file's own bytes justify.
    case tooLarge
    /// An offset points outside of the bytes that there are.
    case outOfBounds
    /// Two tensors share bytes, or bytes belong to no tensor.
    case overlapOrGap
    /// The number of bytes is not what shape and type ask for.
    case sizeMismatch
    /// The file ends early.
    case truncated
    /// A checksum does not fit.
    case corrupt
    /// The file is right but asks for something that this module does not do.
    case unsupported
    /// A pickle asks for a class or function other than those of tensors; nothing was executed.
    case forbiddenGlobal
    /// A value or name does not fit what is to be written.
    case notRepresentable
    /// A tensor that was asked for is not there.
    case missingTensor
    /// A tensor has another type or shape than what was asked for.
    case unexpectedTensor
  }

  /// What kind of trouble it is.
  public var code: Code
  /// The file.
  public var path: String
  /// The field, entry or tensor.
  public var field: String
  /// What the format, or the request, wants.
  public var expected: String
  /// What is there.
  public var found: String
  /// What to do about it.
  public var remedy: String

  /// An error about a file.
  public init(
    _ code: Code, path: String, field: String, expected: String, found: String, remedy: String
  ) {
    (self.code, self.path, self.field) = (code, path, field)
    (self.expected, self.found, self.remedy) = (expected, found, remedy)
  }

  /// `FILE: FIELD: expected …, found …; what to do`, always one line.
  public var description: String {
    "\(path): \(field): expected \(expected), found \(found); \(remedy)"
  }
}

extension TensorFileError {
  /// The same trouble as the file layer reported it.
  init(_ error: FileError) {
    let (field, expected, found, remedy) = error.parts
    let code: Code = error.code == .unwritable ? .unwritable : .unreadable
    self.init(
      code, path: error.path, field: field, expected: expected, found: found, remedy: remedy)
  }

  /// Writes a file and turns errors of the file layer into errors of this module.
  static func writing(
    to path: String, _ body: (inout FileSink) throws -> Void
  ) throws(TensorFileError) {
    do {
      try AtomicFile.write(to: path, body)
    } catch let error as FileError {
      throw TensorFileError(error)
    } catch let error as TensorFileError {
      throw error
    } catch {
      throw TensorFileError(
        .unwritable, path: path, field: "output", expected: "to write the file", found: "\(error)",
        remedy: "report this")
    }
  }
}

/// A piece of a file's text for an error message: quoted, short, without control characters.
func quoted(_ text: String) -> String {
  var short = ""
  for scalar in text.unicodeScalars.prefix(80) {
    let printable = scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
    if printable {
      short.unicodeScalars.append(scalar)
    } else {
      short += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return "\"\(short)\(text.unicodeScalars.count > 80 ? "…" : "")\""
}
