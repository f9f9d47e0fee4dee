public import Accounts
import Completion
import Errors
import Files
import Meshes
import Pictures
import Skulls
import Stages
public import VolumeIO
import Volumes
import VoxelOps

/// `calvaria compare`: two scans of one patient.
public struct CompareRun: Sendable {
  /// The files of the first and of the second scan: masks or CTs.
  public var first: String
  public var second: String
  /// The label of bone, where the files hold several.
  public var label: Int?
  /// HU from which on a voxel of a CT is bone; nil: the usual.
  public var threshold: Double?
  /// The folder for map and picture; nil: only figures.
  public var folder: String?
  /// Called as a step begins.
  public var began: JobSteps.Observer = { _, _ in }

  /// The files that are written, by what is in them.
  public static let (map, picture, account) = ("change.nrrd", "change.png", "compare.json")

  public init(first: String, second: String) { (self.first, self.second) = (first, second) }

  /// Reads both scans, lays the second onto the first, and says what has changed.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read or holds no head, where the two are not of one head, and where
  ///   the folder cannot be written.
  public func run(reading: ReadOptions, threads: Int) throws -> CompareAccount {
    // Of a skull of 512 × 512 × 512 voxels.
    let steps = JobSteps(
      [
        "reading": 0.6, "aligning": 1.1, "measuring the change": 2.8,
        "writing": folder == nil ? 0 : 1.7,
      ], observer: began)
    steps.begin("reading")
    let before = try bone(of: first, reading, threads)
    let after = try bone(of: second, reading, threads)
    try VoxelMemory.require(
      2 * (before.bone.byteCount + after.bone.byteCount) + 600 << 20, of: first)
    steps.begin("aligning")
    guard let alignment = SkullAlignment(of: after.bone, onto: before.bone, threads: threads)
    else {
      throw Diagnostic(
        .badData, second, field: "bone", expected: "two scans of a head", found: "another part",
        remedy: "name scans that show the vault of the head")
    }
    guard alignment.agreement >= SkullAlignment.leastAgreement else {
      let percent = Int(100 * alignment.agreement)
      throw Diagnostic(
        .badData, second, field: "bone",
        expected:
          "the head of \(first), with \(Int(100 * SkullAlignment.leastAgreement)) % of its bone in place",
        found:
          "\(percent) % in the best position, \(Self.rounded(alignment.misfit)) mm apart on average",
        remedy: "check that both scans are of one patient")
    }
    steps.begin("measuring the change")
    let change = try SkullChange(
      from: before.bone, to: after.bone, by: alignment, threads: threads)
    let account = CompareAccount(
      first: first, second: second, alignment: alignment, change: change,
      warnings: before.warnings.map { "\(first): \($0)" }
        + after.warnings.map { "\(second): \($0)" })
    if let folder {
      steps.begin("writing")
      try write(change, of: before.bone, alignment, account, to: folder, threads)
    }
    return account
  }

  private func bone(
    of path: String, _ reading: ReadOptions, _ threads: Int
  ) throws -> (bone: Mask, warnings: [String]) {
    try CaseBone.read(path, label: label, threshold: threshold, reading: reading, threads: threads)
  }

  private func write(
    _ change: SkullChange, of bone: Mask, _ alignment: SkullAlignment, _ account: CompareAccount,
    to folder: String, _ threads: Int
  ) throws {
    try Folders.make(folder)
    try VoxelMemory.require(5 * bone.byteCount, of: first)
    var writing = WriteOptions()
    writing.threads = threads
    try VolumeFile.write(
      AnyVolume(change.map(on: bone, threads: threads)), to: "\(folder)/\(Self.map)",
      options: writing)
    let largest = max(
      abs(change.distribution.quantile(0.002) ?? 0), change.distribution.quantile(0.998) ?? 0)
    let sheet = ChangeSheet.render(
      change.surface, changes: change.changes, axes: alignment.pose.lpsFromHead.linear,
      upTo: [2.0, 3, 4, 6, 10].first { $0 >= largest } ?? 10, tolerance: change.tolerance,
      threads: threads)
    try AtomicFile.write(try PNG.encode(sheet), to: "\(folder)/\(Self.picture)")
    try JSONFile.write(account, to: "\(folder)/\(Self.account)")
  }

  static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
