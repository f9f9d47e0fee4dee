/// What is wrong with a learned model, its file or its training.
public struct ShapeModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: String, Hashable, Sendable {
    /// The file is no model of a kind that this program knows.
    case notAModel
    /// The file was written by a newer version of this program.
    case newerVersion
    /// A text or tensor of the file has not the form that it must have.
    case malformed
    /// What was asked for is not in the model: a class, a number of dimensions.
    case notInModel
    /// A setting of a training is out of its range or fits no other.
    case badSetting
    /// The data of a training cannot be used.
    case badData
    /// A checkpoint belongs to another training.
    case otherTraining
    /// The loss or a gradient is no number any more.
    case diverged
  }

  /// What kind of trouble it is.
  public let code: Code
  /// The file, or empty.
  public let path: String
  /// What is wrong: a key, a tensor, a setting.
  public let field: String
  /// What was expected.
  public let expected: String
  /// What was found.
  public let found: String
  /// What to do.
  public let remedy: String

  /// An error about a model.
  public init(
    _ code: Code, path: String = "", field: String, expected: String, found: String, remedy: String
  ) {
    (self.code, self.path, self.field) = (code, path, field)
    (self.expected, self.found, self.remedy) = (expected, Self.short(found), remedy)
  }

  /// `FILE: FIELD: expected …, found …; what to do`.
  public var description: String {
    "\(path.isEmpty ? "" : path + ": ")\(field): expected \(expected), found \(found); \(remedy)"
  }

  /// A text of a file as one short line without control characters.
  private static func short(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars.prefix(120) {
      line.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    return line + (text.unicodeScalars.count > 120 ? "…" : "")
  }
}
