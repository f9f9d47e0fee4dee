import Accounts
import Dataflow
import Errors
import Files
import Implants
import MeshIO
import Meshes
import Pictures
import Recognition
import Skulls
import Stages
import VolumeIO
import Volumes
import VoxelOps

/// What a page shows of a case, gathered from the files of a run that has ended.
struct CaseExhibit {
  /// What could be gathered.
  private(set) var exhibit = Exhibit()
  /// What could not, and why; one sentence each.
  private(set) var warnings: [String] = []

  private let record: RunAccount.CaseRecord
  private let folder: String
  private let threads: Int
  private let isBatch: Bool

  /// Reads the implant, the skull, the part and the pictures of a case.
  ///
  /// A file that is missing, or whose bytes are no longer those that the run wrote or read, is left out with a warning: a
  /// page must not show one case's skull with another's implant.
  /// - Parameter folder: of the run.
  init(
    of record: RunAccount.CaseRecord, in run: RunAccount, folder: String, reading: ReadOptions,
    threads: Int
  ) {
    (self.record, self.folder, self.threads) = (record, folder, threads)
    isBatch = run.dataSet != nil
    guard record.status == .completed else { return }
    do { if let picture = try overviewFile() { exhibit.pictures.append(picture) } } catch {
      warnings.append("the preview cannot be shown: \(error)")
    }
    guard let output = file(where: { $0.isCalled("implant") && $0.isVolume }),
      let implant = mask(of: output)
    else {
      warnings.append("there is no implant that a viewer could show")
      return
    }
    do { try addSkull(implant, run, reading) } catch {
      warnings.append("the skull cannot be shown: \(error)")
    }
    do { try addAlternatives(implant) } catch {
      warnings.append("other ways cannot be shown: \(error)")
    }
  }

  // MARK: Files of the run

  /// An output that is still the file that was written.
  private struct Output {
    let name: String
    let path: String
    /// The first folder below that of the run; nil where it lies in none.
    let folder: String?

    /// Whether it is the output of a name: such a file, or of a batch one in such a folder.
    func isCalled(_ stem: String) -> Bool { name.hasPrefix("\(stem).") || folder == stem }

    var isVolume: Bool { VolumeFormats.standard.ending(of: name) != nil }
  }

  /// The path of the first output that fits, if its bytes are those that the run listed.
  private mutating func file(where fits: (Output) -> Bool) -> Output? {
    for output in record.outputs {
      guard let digest = output.sha256 else { continue }
      let name = output.file.split(separator: "/").last.map(String.init) ?? output.file
      let parts = output.file.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == ".." }) else { continue }
      let found = Output(
        name: name, path: "\(folder)/\(output.file)",
        folder: isBatch && parts.count > 1 ? String(parts[0]) : nil)
      guard fits(found) else { continue }
      guard (try? InputFile(found.path).sha256()) == digest else {
        warnings.append("\(output.file) is missing, or no longer the file that the run wrote")
        continue
      }
      return found
    }
    return nil
  }

  private mutating func mask(of output: Output) -> Mask? {
    do {
      let volume = try ImageFile(opening: output.path).volume(threads: threads)
      if let bytes = volume.base as? Volume<UInt8>, let mask = Mask(zerosAndOnes: bytes) {
        return mask
      }
      warnings.append("\(output.name) is no mask")
    } catch { warnings.append("\(error)") }
    return nil
  }

  // MARK: What is shown

  private mutating func addSkull(_ implant: Mask, _ run: RunAccount, _ reading: ReadOptions) throws
  {
    // Header and voxels may lie in several files.
    let isSame = record.inputs.allSatisfy { (try? InputFile($0.path).sha256()) == $0.sha256 }
    guard isSame, !record.inputs.isEmpty else {
      warnings.append(
        "the skull is not shown: its file is missing, or no longer the one that was read")
      exhibit.volumes.append(
        try Exhibit.Volume(of: implant, as: .implant, named: "implant", threads: threads))
      return
    }
    var reading = reading
    if reading.segment == nil { reading.segment = record.reading?.segment }
    let file = CaseFile(
      path: record.path, label: record.reading?.label, assumedSpace: record.reading?.assumedSpace,
      reading: reading, staysOpen: true)
    let threshold = run.threshold
    let (scan, bone, _) = try CaseBone.scanned(file, threshold: threshold, threads: threads)
    let grey = scan.content == .hounsfield ? scan.volume : nil
    exhibit.add(
      try Exhibit(
        implant: implant, bone: bone, scan: grey,
        overview: exhibit.pictures.isEmpty
          ? Preview.render(scan: grey, bone: bone, implant: implant, threads: threads) : nil,
        threads: threads))
    if run.resects {
      warnings.append(
        "the skull is shown as it was before the resection, and the gap to it is not shown")
    } else {
      do {
        try addPart(CaseBone.everyPiece(of: scan, threshold: threshold, threads: threads))
      } catch { warnings.append("the part cannot be shown: \(error)") }
    }
    if let distances = self.file(where: { $0.name == "disagreement.nrrd" }),
      let volume = try ImageFile(opening: distances.path).volume(threads: threads).base
        as? Volume<Float>,
      (try? volume.geometry.requireMatch(with: implant.geometry)) != nil,
      let map = DisagreementMap.render(
        implant, distances: volume, in: bone, width: Exhibit.mapWidth, threads: threads)
    {
      exhibit.pictures.append(try Exhibit.Picture(.disagreement, map))
    }
  }

  /// The picture that the run drew.
  private mutating func overviewFile() throws -> Exhibit.Picture? {
    guard let output = file(where: { $0.isCalled("preview") && $0.name.hasSuffix(".png") }) else {
      return nil
    }
    let file = try InputFile(output.path)
    return try Exhibit.Picture(.overview, png: try file.bytes(at: 0, count: file.size))
  }

  /// The part from 3MF, which holds an object for each, or from another format.
  private mutating func addPart(_ bone: Mask) throws {
    let formats = MeshFormats.standard
    guard
      let output = file(where: { formats.format(of: $0.name)?.name == MeshFormat.threeMF.name })
        ?? file(where: { formats.format(of: $0.name) != nil })
    else { return }
    let document = try MeshFile.read(output.path).document
    try VoxelMemory.require(
      PartSheet.peakBytes(triangles: document.triangleCount, voxels: bone.sizes.count),
      of: output.path)
    // In the file, or looked for.
    let ways = document.insertionWays
    let gate = Gate()
    let parts = document.parts.enumerated().filter { !$0.element.mesh.isEmpty }.map {
      number, part in
      PartSheet.Part(
        part.mesh,
        way: ways.isEmpty
          ? gate.way(of: part.mesh, outOf: bone, threads: threads) ?? SIMD3(0, 0, 1) : ways[number])
    }
    exhibit.add(try Exhibit(parts: parts, bone: bone, threads: threads))
  }

  private mutating func addAlternatives(_ implant: Mask) throws {
    for output in record.outputs where output.file.contains("alternatives/") && output.sha256 != nil
    {
      let path = "\(folder)/\(output.file)"
      guard let found = file(where: { $0.path == path }), let other = mask(of: found),
        let ending = VolumeFormats.standard.ending(of: found.name),
        case let volume = try Exhibit.Volume(
          of: other, as: .alternative, named: String(found.name.dropLast(ending.text.count)),
          against: implant, threads: threads)
      else { continue }
      exhibit.volumes.append(volume)
    }
  }
}

extension RunAccount {
  /// What the run took for bone of a CT, in HU; nil where no stage says so.
  fileprivate var threshold: Double? {
    for parameters in pipeline.stages.sorted(by: { $0.key < $1.key }).map(\.value) {
      switch parameters["threshold"] {
      case .number(let value): return value
      case .integer(let value): return Double(value)
      default: continue
      }
    }
    return nil
  }
}

extension RunAccount {
  /// Whether bone was taken out first.
  fileprivate var resects: Bool {
    pipeline.stages.values.contains { parameters in
      if case .text(let file)? = parameters["resection"] { file != "none" } else { false }
    }
  }
}
