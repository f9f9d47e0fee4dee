import Files
import Accounts
import Dispatch
import Errors
import Foundation
public import Concurrency
public import SyntheticSkulls
import Dataflow
import Recognition
import Stages
public import VolumeIO
public import Volumes
import VoxelOps

/// Writes a population into a folder with the layout of the AutoImplant sets.
///
/// `complete_skull/NNN.nrrd`, and for each kind `defective_skull/<kind>/NNN.nrrd` and
/// `implant/<kind>/NNN.nrrd`: uint8 0/1, gzip, each on the grid of the skull. `population.json` is
/// removed first and written last: if a folder has it, all files that it lists are there.
public struct PopulationRun: Sendable {
  public struct Request: Sendable {
    /// The output folder; created if missing.
    public var folder: String
    public var count: Int
    public var seed: UInt64
    /// Voxels along x, y, z; nil: the spacing of the template.
    public var size: GridSize?
    /// The kinds of defects that each skull gets, in order.
    public var kinds: [Defect.Kind]
    /// The CT or mask that is varied; ``analytic``: the skull of formulas.
    public var template: String
    /// Whether heads and scans stray, as ``RandomizedScans`` makes them; each scan has its own grid, and lacks the
    /// kinds that do not fit into it. `size` is not used.
    public var isRandomized = false
    public var reading = ReadOptions()
    /// Cores to use; several cases are made at a time.
    public var jobs = HostResources.usableCores

    public init(
      folder: String, count: Int, seed: UInt64, size: GridSize?, kinds: [Defect.Kind],
      template: String
    ) {
      (self.folder, self.count, self.seed) = (folder, count, seed)
      (self.size, self.kinds, self.template) = (size, kinds, template)
    }
  }

  /// The allowed numbers of skulls: names stay short, and the account fits in memory.
  public static let counts = 1...100_000

  /// The name of the skull of formulas, as a template. A file of that name is `./analytic`.
  public static let analytic = "analytic"

  private enum Skulls {
    case varied(Population)
    case randomized(RandomizedScans)
  }

  private let request: Request
  private let skulls: Skulls
  private let account: PopulationAccount
  /// Warnings about the template and the folder.
  public private(set) var warnings: [String] = []

  /// Reads the template and creates the folders.
  ///
  /// - Throws: `Diagnostic` about the template or the size, or if a folder cannot be created.
  /// - Precondition: the count is one of ``counts``.
  public init(_ request: Request) throws {
    precondition(Self.counts.contains(request.count), "a count outside PopulationRun.counts")
    self.request = request
    let (template, digest) = try Self.template(of: request, warnings: &warnings)
    try Folders.make(request.folder)
    skulls =
      request.isRandomized
      ? .randomized(
        RandomizedScans(template: template, seed: request.seed, threads: request.jobs))
      : .varied(try Population(template: template, seed: request.seed, size: request.size))
    account = PopulationAccount(request, template: template, sha256: digest)

    try Self.removeAccount(in: request.folder)
    try Folders.make("\(request.folder)/complete_skull")
    for kind in request.kinds {
      try Folders.make("\(request.folder)/defective_skull/\(kind.rawValue)")
      try Folders.make("\(request.folder)/implant/\(kind.rawValue)")
    }
    if let warning = Self.strangers(in: request) { warnings.append(warning) }
  }

  /// The template of a request, and the digest of its voxels.
  private static func template(
    of request: Request, warnings: inout [String]
  ) throws -> (SkullTemplate, digest: String?) {
    if request.template == analytic {
      return (.analytic(spacing: 1, threads: request.jobs), nil)
    }
    let image = try ImageFile(opening: request.template, options: request.reading)
    warnings = image.warnings.map { "\(request.template): \($0)" }
    try requireMemory(for: image)
    let name = request.template.split(separator: "/").last.map(String.init) ?? request.template
    do {
      let (volume, digest) = try image.hashedVolume(applyScaling: true)
      return (try template(of: volume, name: name, threads: request.jobs), digest)
    } catch let error as Diagnostic {
      throw error.about(request.template)
    }
  }

  /// Asks for the scan, and its bone and what is tried on it, before any of it is taken.
  static func requireMemory(for image: ImageFile) throws(Diagnostic) {
    let voxels = image.info.sizes.reduce(1, *)
    let box = zip(image.info.sizes, image.info.spacings).map { Double($0) * ($1 ?? 1) }.reduce(1, *)
    // Distances and thickness on the template's cells, and what they are made from; no head has more than 50 litres.
    let cells = Int(min(box, 5e7) / pow(SkullTemplate.standard.spacing, 3))
    try VoxelMemory.require(
      max(voxels * (image.info.type.byteCount + 4), cells * 16), of: image.path)
  }

  package static func template(
    of volume: AnyVolume, name: String, threads: Int
  ) throws -> SkullTemplate {
    let recognized = RecognizedVolume(volume, threads: threads)
    guard recognized.isMask else {
      if let doubt = recognized.doubt { throw doubt }
      return try SkullTemplate(of: recognized.volume, name: name, threads: threads)
    }
    return try SkullTemplate(
      of: try recognized.bone(threads: threads), name: name, threads: threads)
  }

  private static func removeAccount(in folder: String) throws(Diagnostic) {
    let path = "\(folder)/\(PopulationAccount.fileName)"
    guard unlink(path) != 0, errno != ENOENT else { return }
    throw Diagnostic(
      .unwritable, path, field: "output",
      expected: "to replace the account of an earlier population",
      found: String(cString: strerror(errno)), remedy: "choose another folder with -o")
  }

  /// The warning about skulls in the folder that do not belong to this population.
  private static func strangers(in request: Request) -> String? {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: "\(request.folder)/complete_skull")
    let own = Set((0..<request.count).map { fileName(name(of: $0, in: request.count)) })
    let others = (names ?? []).filter { !own.contains($0) && !$0.hasPrefix(".") }.count
    guard others > 0 else { return nil }
    return "\(request.folder)/complete_skull: \(others) other files are there and stay; "
      + "\(PopulationAccount.fileName) lists what belongs to this population"
  }

  /// The name of a case: its number with as many digits as the last one has, at least three.
  public static func name(of number: Int, in count: Int) -> String {
    let digits = String(number)
    let width = max(3, String(count - 1).count)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The name of a case's file in each folder of the data set.
  private static func fileName(_ name: String) -> String {
    name + VolumeFormat.nrrd.standardEnding
  }

  /// Makes and writes the cases, then the account.
  ///
  /// - Parameters:
  ///   - token: when cancelled, running cases finish, no other starts, and no account is written.
  ///   - finished: called with the name of each case that is written, one call at a time.
  /// - Returns: the number of defects; nil if it was cancelled.
  /// - Throws: `Diagnostic` if a file cannot be written or no defect fits; if several cases fail, the error
  ///   of the first.
  /// - Complexity: three masks and 4 bytes per voxel for each of the `jobs`, of which no more run than there is memory
  ///   for; files are the same for any number of jobs.
  public func run(
    until token: CancellationToken, finished: @escaping @Sendable (String) -> Void
  ) throws -> Int? {
    let telling = Guarded(finished)
    let records = try Workers.map(
      request.count, threads: jobs, until: { token.isCancelled }
    ) { number in
      let record = try make(number)
      telling.withLock { $0(Self.name(of: number, in: request.count)) }
      return record
    }.compactMap(\.self)
    guard !token.isCancelled else { return nil }
    try account.write(
      records.map(\.line), to: "\(request.folder)/\(PopulationAccount.fileName)")
    return records.reduce(0) { $0 + $1.defects }
  }

  /// How many cases are made at a time. Scans that stray have up to 200 million voxels.
  private var jobs: Int {
    guard request.isRandomized else { return request.jobs }
    return min(request.jobs, max(1, HostResources.plannedMemory / Self.bytesOfScan))
  }

  private static let bytesOfScan = 7 * 200_000_000

  /// Makes a case, writes its files, and returns its line of the account.
  private func make(_ number: Int) throws -> (line: [UInt8], defects: Int) {
    let name = Self.name(of: number, in: request.count)
    func write(_ mask: Mask, _ folder: String) throws {
      try VolumeFile.write(
        AnyVolume(mask.asVolume), to: "\(request.folder)/\(folder)/\(Self.fileName(name))")
    }
    var defects: [String: PopulationAccount.DefectRecord] = [:]
    func write(_ defect: Defect) throws {
      let kind = defect.kind.rawValue
      try write(defect.defective, "defective_skull/\(kind)")
      try write(defect.implant, "implant/\(kind)")
      defects[kind] = .init(
        voxels: defect.implant.voxelCount, share: defect.fraction, tries: defect.tries)
    }
    let mask: Mask
    let parameters: PopulationAccount.Parameters
    switch skulls {
    case .varied(let population):
      let skull = population.synthesize(number)
      (mask, parameters) = (skull.mask, .varied(skull.parameters))
      let drawer = DefectDrawer(skull: mask)
      for kind in request.kinds {
        try write(drawer.defect(kind, seed: request.seed, case: number))
      }
    case .randomized(let scans):
      let scan = scans.scan(number)
      (mask, parameters) = (scan.skull, .randomized(scan.parameters))
      for kind in request.kinds {
        do {
          try write(scan.defect(kind))
        } catch let error as Diagnostic where error.code == .noDefectFits {
          continue  // The account does not list it.
        }
      }
    }
    try write(mask, "complete_skull")
    let record = PopulationAccount.CaseRecord(
      name: name, parameters: parameters, skull: mask, defects: defects)
    return (try record.line(), defects.count)
  }
}
