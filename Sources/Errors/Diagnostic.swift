/// What went wrong, in the one shape that every module throws, the terminal prints and `failures.json`
/// keeps: `SUBJECT[:LINE[:COLUMN]]: FIELD: expected …, found …; REMEDY`.
///
/// ```swift
/// throw Diagnostic(
///   .gridMismatch, field: "grid", expected: "both masks on one grid", found: "0.8 mm between them",
///   remedy: "resample one of them")
/// ```
///
/// An operation on values knows no file: it leaves ``subject`` empty, and whoever read the values adds
/// it with ``about(_:)``.
public struct Diagnostic: Error, Hashable, Codable, Sendable {
  /// What kind of trouble it is; `failures.json` has it as a word.
  public var code: Code
  /// The file, or the option that the value came from, such as `--set`; empty where nobody has said.
  public var subject: String
  /// Where in the file; nil where the trouble has no place.
  public var place: Place?
  /// What is wrong: a header field, a parameter such as `stages.implant.against`, `memory`.
  public var field: String
  public var expected: String
  public var found: String
  /// What to do; empty where correcting the field is all.
  public var remedy: String

  public init(
    _ code: Code, _ subject: String = "", at place: Place? = nil, field: String, expected: String,
    found: String, remedy: String = ""
  ) {
    (self.code, self.subject, self.place) = (code, subject, place)
    (self.field, self.expected, self.remedy) = (field, expected, remedy)
    self.found = Self.shortened(found)
  }

  /// What a file holds may be endless, and not made for terminals: at most 400 characters of it, those that
  /// control a terminal replaced by spaces.
  private static func shortened(_ found: String) -> String {
    let scalars = found.unicodeScalars
    let isControl = { (scalar: Unicode.Scalar) in scalar.value < 32 || scalar.value == 127 }
    let limit = 400
    guard scalars.prefix(limit + 1).count > limit || scalars.contains(where: isControl) else {
      return found
    }
    var short = ""
    for scalar in scalars.prefix(limit) {
      short.unicodeScalars.append(isControl(scalar) ? " " : scalar)
    }
    return short + (scalars.prefix(limit + 1).count > limit ? "…" : "")
  }

  /// The same trouble with the file that it is about; one that names a file already keeps it.
  public func about(_ subject: String) -> Diagnostic {
    guard self.subject.isEmpty else { return self }
    var named = self
    named.subject = subject
    return named
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The diagnostic without its subject: `FIELD: expected …, found …; REMEDY`.
  public var message: String {
    "\(field): expected \(expected), found \(found); \(remedy.isEmpty ? "correct it" : remedy)"
  }

  /// One line, whatever the parts hold.
  public var description: String {
    let line = subject.isEmpty ? message : "\(subject)\(place.map { ":\($0)" } ?? ""): \(message)"
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
