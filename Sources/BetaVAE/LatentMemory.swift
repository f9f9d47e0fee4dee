public import Completion
public import Errors
import Files

/// Whether a model can be read and used with the memory that there is: a file of some kilobytes may
/// describe a network of terabytes.
public enum LatentMemory {
  /// The model of a file, where there is memory to read it.
  ///
  /// - Throws: ``Errors/Diagnostic`` with the code `memory` and the numbers where there is
  ///   not; as ``LatentModelReference/load()``.
  public static func load(
    _ path: String, memory: Int
  ) throws -> LoadedLatentModel {
    let reference = LatentModelReference.at(path)
    try requireReadable(reference.path, memory: memory)
    return try reference.load()
  }

  /// Bytes that reading a file of tensors takes for each of its own: those bytes twice, and the numbers,
  /// which may have been half as long.
  private static let copies = 4

  /// Throws if reading a file of tensors would take more than `memory` bytes; a missing file
  /// passes.
  ///
  /// - Throws: ``Diagnostic`` with code `memory`; with code `transient` where the file does not answer.
  public static func requireReadable(_ path: String, memory: Int) throws(Diagnostic) {
    let file: InputFile
    do { file = try InputFile(path) } catch {
      // One that is missing passes: reading it says what to do.
      if error.code == .transient { throw error }
      return
    }
    guard file.size > memory / copies else { return }
    try require(
      file.size.multipliedReportingOverflow(by: copies).overflow ? .max : file.size * copies,
      to: "read this file", path: path, memory: memory)
  }

  /// Throws if something takes more than `memory` bytes.
  ///
  /// - Throws: ``Diagnostic`` with code `memory`.
  public static func require(
    _ bytes: Int, to purpose: String, path: String, memory: Int
  ) throws(Diagnostic) {
    guard bytes > memory else { return }
    throw Diagnostic(
      .memory, path, field: "memory",
      expected: "at most \(Diagnostic.megabytes(memory))",
      found: "that it takes \(Diagnostic.megabytes(bytes)) to \(purpose)",
      remedy: "raise --memory, or use a smaller model")
  }
}
