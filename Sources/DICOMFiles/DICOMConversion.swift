import Errors
import Files
import Foundation
import OtherPrograms
import VolumeIO
import Volumes

/// Turns DICOM into a volume with dcm2niix, where that is installed.
public struct DICOMConversion {
  public let source: DICOMSource
  /// How long dcm2niix may take, in seconds.
  public var limit = 1800
  /// Asked ten times a second; true ends it.
  public var shouldStop: () -> Bool = { false }

  public init(_ source: DICOMSource) { self.source = source }

  /// The converted volume, and what has to be known of it.
  public struct Outcome: Sendable {
    /// The volume, a NIfTI file.
    public var path: String
    /// What a user should know, a sentence each: what it was made of and by which program, which series it is, and what that
    /// program warned of.
    public var sentences: [String]
  }

  /// Converts all series, and keeps the one with the most voxels as `FOLDER/dicom/HASH/NAME.nii.gz`.
  ///
  /// HASH is of the volume, so that no other conversion into the folder can put another volume there. Of a series that
  /// dcm2niix corrected, for a tilted gantry or for slices at unequal distances, the corrected volume is kept.
  /// - Parameter name: what the volume is called, without an ending.
  /// - Throws: `Diagnostic` with the code `dicom` where dcm2niix is not installed, or finds no volume.
  public func write(into folder: String, as name: String) throws -> Outcome {
    guard let program = ExternalProgram("dcm2niix") else {
      throw refusal(
        found: isArchive ? "a zip archive" : "DICOM",
        expected: "NRRD or NIfTI, or dcm2niix to convert DICOM with",
        remedy:
          "install dcm2niix (Debian, Ubuntu: apt-get install dcm2niix), or convert the series in 3D Slicer"
      )
    }
    let place = "\(folder)/dicom"
    try Folders.make(place)
    Self.removeWork(in: place)
    let work = "\(place)/.work-\(getpid())"
    try Folders.make("\(work)/out")
    defer { try? FileManager.default.removeItem(atPath: work) }
    let outcome = try converted(by: program, in: work)
    let volumes = try candidates(in: "\(work)/out")
    guard let chosen = volumes.first else {
      throw refusal(
        found: "none; dcm2niix ended with \(outcome.status) and said: \(outcome.lastLine)",
        expected: "a series of slices",
        remedy: "look at the folder with a DICOM viewer; name the folder of one CT series")
    }
    let hash = try InputFile(chosen.path).sha256().prefix(12)
    let path = "\(place)/\(hash)/\(name).nii.gz"
    try Folders.make("\(place)/\(hash)")
    guard rename(chosen.path, path) == 0 else {
      throw Diagnostic(
        .unwritable, path, field: "output", expected: "to put the converted volume there",
        found: String(cString: strerror(errno)), remedy: "choose another output folder")
    }
    let last = URL(filePath: source.path).standardizedFileURL.lastPathComponent
    return Outcome(
      path: path,
      sentences: [
        "converted from DICOM (\(last)) by \(Self.version(in: outcome.text)): \(chosen.text)"
      ] + Self.sentences(about: volumes) + Self.warnings(in: outcome))
  }

  /// Runs dcm2niix on the slices, those of an archive unpacked.
  private func converted(by program: ExternalProgram, in work: String) throws
    -> ExternalProgram.Outcome
  {
    // One that begins with a hyphen would be an option.
    func plain(_ path: String) -> String { path.hasPrefix("/") ? path : "./\(path)" }
    var slices = source.path
    if case .archive(let path) = source {
      slices = "\(work)/in"
      try Folders.make(slices)
      guard try ZipExtraction(path).writeSlices(into: slices, shouldStop: shouldStop) > 0 else {
        throw refusal(
          found: shouldStop() ? "that it was stopped" : "a zip archive without any",
          expected: "DICOM in it", remedy: "unpack it, and name the volume in it")
      }
    }
    // No settings of the user's, no sidecars, and file names without anything about the patient.
    let outcome = try program.run(
      [
        "-g", "i", "-b", "n", "-z", "i", "-d", "9", "-f", "series-%s", "-o", plain("\(work)/out"),
        plain(slices),
      ], atMost: limit, shouldStop: shouldStop)
    guard !outcome.isLate else {
      throw refusal(
        found: shouldStop() ? "that it was stopped" : "no end after \(limit) s",
        expected: "dcm2niix to end", remedy: "convert the series by hand")
    }
    return outcome
  }

  /// Removes what processes that are gone have left: unpacked slices may name a patient.
  private static func removeWork(in place: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
      guard name.hasPrefix(".work-"), let owner = pid_t(name.dropFirst(6)) else { continue }
      if owner == getpid() || (kill(owner, 0) != 0 && errno == ESRCH) {
        try? FileManager.default.removeItem(atPath: "\(place)/\(name)")
      }
    }
  }

  private static func sentences(about volumes: [Candidate]) -> [String] {
    var sentences: [String] = []
    if volumes[0].path.contains("_Eq") {
      sentences.append(
        "its slices lie at unequal distances, or some are missing: what lies between them is interpolated, and is no bone that was "
          + "seen")
    }
    guard volumes.count > 1 else { return sentences }
    let others =
      volumes.dropFirst().prefix(4).map(\.text)
      + (volumes.count > 5 ? ["\(volumes.count - 5) more"] : [])
    return sentences + [
      "\(volumes.count) series; the largest is taken, not \(others.joined(separator: ", ")); "
        + "to take another, name a folder with its slices alone"
    ]
  }

  /// What dcm2niix warned of, each once, and whether it ended badly.
  private static func warnings(in outcome: ExternalProgram.Outcome) -> [String] {
    var lines: [String] = []
    for line in outcome.text.split(separator: "\n")
    where line.hasPrefix("Warning") || line.hasPrefix("Error") {
      if !lines.contains(String(line)) { lines.append(String(line)) }
    }
    if outcome.status != 0 { lines.append("it ended with the exit code \(outcome.status)") }
    return lines.prefix(8).map { "dcm2niix: \($0)" }
  }

  private var isArchive: Bool { if case .archive = source { true } else { false } }

  private struct Candidate {
    var path: String
    var voxels: Int
    /// `series 3 (512 × 512 × 210)`.
    var text: String
  }

  /// The volumes that dcm2niix wrote, the largest first.
  private func candidates(in folder: String) throws -> [Candidate] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".nii.gz") || $0.hasSuffix(".nii") }.sorted()
    let stems = names.map { String($0[..<($0.range(of: ".nii")?.lowerBound ?? $0.endIndex)]) }
    let all = zip(names, stems).compactMap { name, stem -> Candidate? in
      // One that was corrected stands for the one it was made from.
      guard
        !["_Tilt", "_Eq"].contains(where: { mark in stems.contains { $0.hasPrefix(stem + mark) } })
      else { return nil }
      guard let image = try? ImageFile(opening: "\(folder)/\(name)"),
        let sizes = try? image.geometry().sizes, sizes.z >= 3, image.layerCount == 1
      else { return nil }
      return Candidate(
        path: "\(folder)/\(name)", voxels: sizes.count,
        text: "\(stem.replacing("-", with: " ")) (\(sizes.x) × \(sizes.y) × \(sizes.z))")
    }
    return all.sorted { ($1.voxels, $0.text) < ($0.voxels, $1.text) }
  }

  /// `dcm2niix v1.0.20220720`, as it says of itself.
  private static func version(in text: String) -> String {
    let word = text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("v1.") }
    return word.map { "dcm2niix \($0)" } ?? "dcm2niix"
  }

  private func refusal(found: String, expected: String, remedy: String) -> Diagnostic {
    Diagnostic(
      .dicom, source.path, field: "case", expected: expected, found: found, remedy: remedy)
  }
}
