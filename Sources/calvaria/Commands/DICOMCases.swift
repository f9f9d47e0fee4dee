import Concurrency
import DICOMFiles
import DataSets
import Errors
import Files
import Foundation
import Glibc
import VolumeIO

/// The cases of a command line, those that are DICOM converted first.
struct DICOMCases {
  /// The paths of volumes, in the order of the cases.
  private(set) var paths: [String]
  /// What is to be known of those that were converted, by their paths.
  private(set) var notes: [String: [String]] = [:]

  /// Converts what is DICOM; an interrupt stops it and leaves nothing half done.
  ///
  /// - Throws: as `DICOMConversion/write(into:as:)`; `Diagnostic` for a folder without DICOM; the ending of an interrupt.
  init(_ cases: [String], into folder: String, isQuiet: Bool) throws {
    paths = cases
    let sources = try cases.map { try Self.source($0) }
    guard sources.contains(where: { $0 != nil }) else { return }
    // Two folders of one name stay two cases.
    let names = CaseNames.names(
      of: cases.map { $0.lowercased().hasSuffix(".zip") ? String($0.dropLast(4)) : $0 })
    let isStopped = Guarded(false)
    Interrupts.onFirst { isStopped.withLock { $0 = true } }
    defer { Interrupts.onFirst(nil) }
    for (number, source) in sources.enumerated() {
      guard let source else { continue }
      let shown = StandardError.line(cases[number])
      if !isQuiet { StandardError.writeLine("converting \(shown) with dcm2niix") }
      var conversion = DICOMConversion(source)
      conversion.shouldStop = { isStopped.withLock { $0 } }
      do {
        let outcome = try conversion.write(into: folder, as: names[number])
        paths[number] = outcome.path
        notes[outcome.path] = outcome.sentences
        if !isQuiet {
          StandardError.writeLine(StandardError.line("\(shown): \(outcome.sentences[0])"))
          for warning in outcome.sentences.dropFirst() { StandardError.warn(warning, of: shown) }
        }
      } catch {
        if isStopped.withLock({ $0 }), let ending = Interrupts.ending { throw ending }
        throw error
      }
    }
  }

  /// Converts one for as long as `work` takes, beside a file that is to be written: in a hidden folder of its own, which is
  /// removed afterwards, also when the user stops the program.
  ///
  /// - Parameter work: gets the path of the volume, that of a case that is no DICOM itself.
  /// - Throws: as ``init(_:into:isQuiet:)``; what the work throws, about the case in place of its volume.
  static func during(
    _ work: (_ volume: String) throws -> Void, converted path: String, beside output: String
  ) throws {
    guard try source(path) != nil else { return try work(path) }
    let parent = output.lastIndex(of: "/").map { String(output[..<$0]) } ?? "."
    // Of mode 700, and of a name that no other process has.
    var name = Array("\(parent)/.dicom-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw Diagnostic(
        Diagnostic.Code(errno, otherwise: .unwritable), output, field: "output",
        expected: "a folder that is there and can be written",
        found: String(cString: strerror(errno)), remedy: "choose another place")
    }
    let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    @Sendable func remove() { try? FileManager.default.removeItem(atPath: folder) }
    defer { remove() }
    let volume = try DICOMCases([path], into: folder, isQuiet: false).paths[0]
    Interrupts.onFirst {
      remove()
      Interrupts.endNow()
    }
    defer { Interrupts.onFirst(nil) }
    do { try work(volume) } catch var error as Diagnostic where error.subject == volume {
      error.subject = path
      throw error
    }
  }

  /// Nil for what is no DICOM.
  private static func source(_ path: String) throws -> DICOMSource? {
    if let source = DICOMSource(path) { return source }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Diagnostic(
        .dicom, path, field: "case",
        expected: "a volume, or a folder with slices of DICOM for dcm2niix",
        found: "a folder without",
        remedy: "name the volume; `calvaria batch` takes a folder of volumes")
    }
    return nil
  }
}
