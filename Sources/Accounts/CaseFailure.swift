import Files
import Dataflow
import Stages
import VolumeIO
import VoxelOps

/// Why a case failed: for people a sentence, for programs a word.
public struct CaseFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// The stage that failed; nil where none did, such as for want of memory.
  public var stage: String?
  /// What kind of trouble it is: a code of `VolumeIOError`, `FileError` or `VoxelOpsError` in words with
  /// hyphens, such as `not-a-volume`, `grid-mismatch`; `memory`; for all else `stage`.
  public var code: String
  /// One line that names a file: `FILE: FIELD: expected …, found …; what to do`.
  public var message: String
  /// Whether it may pass by itself.
  public var isTransient: Bool { code == FileError.Code.transient.rawValue }
  /// Whether it will befall every case that writes.
  public var isDiskFull: Bool { code == Self.hyphenated(FileError.Code.diskFull.rawValue) }

  /// The sentence.
  public var description: String { message }

  /// A failure whose parts are known.
  package init(stage: String?, code: String, message: String) {
    (self.stage, self.code, self.message) = (stage, code, message)
  }

  /// What an error says; where it names no file, `path` is put before it.
  package init(_ error: any Error, path: String, stage: String?) {
    if let failure = error as? CaseFailure {
      self = failure
      return
    }
    self.stage = stage
    let text = "\(error)".split(separator: "\n").joined(separator: " ")
    message = text
    switch error {
    case let error as FileError: code = Self.hyphenated(error.code.rawValue)
    case let error as VolumeIOError: code = Self.hyphenated(error.code.rawValue)
    case is Refusal:
      code = "memory"
      message = "\(path): \(text)"
    case let error as VoxelOpsError:
      code = Self.hyphenated(error.code.rawValue)
      message = "\(path): \(text)"
    default:
      code = "stage"
      message = "\(path): \(text)"
    }
  }

  /// `notAVolume` as `not-a-volume`.
  private static func hyphenated(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}
