import Completion
import DataSets
import Errors
import Stages
import VolumeIO
import Volumes
import VoxelOps

/// A skull that figures show, with one of its holes.
struct ShownCase {
  let name: String
  /// The volumes that were read.
  let files: [String]
  let complete, defective: Mask
  /// What is missing: the true implant.
  let missing: Mask
  /// The middle of the hole, LPS mm.
  let hole: SIMD3<Double>

  /// Reads the volumes of a folder of `calvaria synth`.
  ///
  /// - Parameters:
  ///   - skull: the file without its ending; nil: the first.
  ///   - kind: the folder of the hole below `defective_skull`.
  init(folder: String, skull: String?, kind: String, threads: Int) throws {
    let defects = "\(folder)/defective_skull/\(kind)"
    let members = try LabelledFolder(defects).members
    guard let member = skull.map({ wanted in members.first { $0.name == wanted } }) ?? members.first
    else {
      throw Diagnostic(
        .unreadable, defects, field: "data.skull", expected: "one of its volumes",
        found: skull ?? "none", remedy: "name another, or make them with `calvaria synth`")
    }
    let file = member.path.split(separator: "/").last.map(String.init) ?? member.path
    func bone(_ path: String) throws -> Mask {
      try CaseBone.read(path, takesEveryPiece: true, reading: ReadOptions(), threads: threads).bone
    }
    name = "\(kind)/\(member.name)"
    files = ["\(folder)/complete_skull/\(file)", "\(defects)/\(file)"]
    complete = try bone(files[0])
    defective = try bone(files[1])
    do { missing = try complete.subtracting(defective, threads: threads) } catch {
      throw error.about("\(defects)/\(file)")
    }
    guard let hole = missing.measurement(threads: threads).centroid else {
      throw Diagnostic(
        .badData, "\(defects)/\(file)", field: "hole",
        expected: "less bone than the complete skull has",
        found: "as much", remedy: "name another with data.skull")
    }
    self.hole = hole
  }
}
