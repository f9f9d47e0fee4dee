import DICOMFiles
import Errors

/// The cases of a command line, those that are DICOM converted first.
enum DICOMCases {
  /// The paths of volumes.
  ///
  /// - Throws: as `DICOMConversion/write(into:)`.
  static func converted(_ cases: [String], into folder: String, isQuiet: Bool) throws -> [String] {
    try cases.map { path in
      guard let source = DICOMSource(path) else { return path }
      if !isQuiet {
        StandardError.writeLine("converting \(StandardError.line(path)) with dcm2niix")
      }
      let outcome = try DICOMConversion(source).write(into: folder)
      if !isQuiet {
        for sentence in outcome.sentences {
          StandardError.writeLine("\(StandardError.line(path)): \(sentence)")
        }
      }
      return outcome.path
    }
  }
}
