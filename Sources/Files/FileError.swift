#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What went wrong with a file, in the form of the contract: file, field, expected, found, remedy.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: String, Hashable, Sendable {
    /// The file is not there or may not be opened.
    case unreadable
    /// The file or its folder cannot be written.
    case unwritable
    /// Reading or writing stopped half-way.
    case inputOutput
    /// There is no room left: the disk or a quota is full.
    case diskFull
    /// Something that may pass by itself: a device or a server that did not answer, no descriptor left.
    case transient

    /// The kind of trouble that an error number of the system tells of.
    public init(_ number: Int32, otherwise code: Code) {
      switch number {
      case ENOSPC, EDQUOT: self = .diskFull
      case EIO, EAGAIN, EBUSY, ETIMEDOUT, ESTALE, EMFILE, ENFILE, ENOBUFS, ENETDOWN, EHOSTDOWN:
        self = .transient
      default: self = code
      }
    }
  }

  /// What kind of trouble it is.
  public var code: Code
  /// The file.
  public var path: String
  /// The sentence after the file's name: `FIELD: expected …, found …; what to do`.
  public var message: String

  /// An error about a file.
  public init(_ code: Code, path: String, message: String) {
    (self.code, self.path, self.message) = (code, path, message)
  }

  /// `FILE: FIELD: expected …, found …; what to do`.
  public var description: String { "\(path): \(message)" }
}

extension FileError {
  /// The four parts of the sentence, for errors of other modules that hold them apart; what the sentence
  /// lacks is empty.
  public var parts: (field: String, expected: String, found: String, remedy: String) {
    func cut(_ text: String, at separator: String) -> (String, String) {
      guard let range = text.firstRange(of: separator) else { return (text, "") }
      return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    }
    let (field, rest) = cut(message, at: ": expected ")
    let (expected, tail) = cut(rest, at: ", found ")
    let (found, remedy) = cut(tail, at: "; ")
    return (field, expected, found, remedy)
  }
}
