import Foundation
import TestSupport
import VolumeIO
import Volumes
import VoxelOps

/// A data set of phantoms laid out as SkullBreak, every case another one.
final class PhantomSet {
  let folder: TemporaryFolder
  /// The root of the data set.
  var path: String { folder.path + "/set" }
  /// The folder for outputs.
  var out: String { folder.path + "/out" }
  /// A pipeline that takes little time.
  let pipeline: String
  let names: [String]

  /// What completes a skull: quick where nothing is optimised, and wrong.
  static let closing = "morph, of: bone, operation: close, radius: 36"
  /// What completes it rightly, some seconds a case.
  static let mirror = "complete, of: bone, model: mirror"

  static func pipelineText(_ completion: String) -> String {
    """
    version: 1
    parameters: {clearance: 0}
    stages:
      skull:     {stage: load, of: $case}
      bone:      {stage: bone, of: skull, pieces: all}
      completed: {stage: \(completion)}
      rough:     {stage: subtract, minuend: completed, subtrahend: bone}
      implant:   {stage: clean, of: rough, against: bone, clearance: $clearance}
      surface:   {stage: mesh, of: implant}
    outputs: {implant.nrrd: implant, implant.stl: surface}
    score: {of: implant, against: bone}
    """
  }

  /// - Parameters:
  ///   - count: cases, half of a kind `left`, half of a kind `right`.
  ///   - ending: what the cases are written as.
  ///   - completion: the stage that completes the skull.
  ///   - text: another pipeline.
  init(
    count: Int, ending: String = ".nrrd", truths: Bool = true,
    completion: String = PhantomSet.closing, pipeline text: String? = nil
  ) throws {
    folder = TemporaryFolder()
    pipeline = try folder.write(text ?? Self.pipelineText(completion), to: "pipeline.yaml")
    let scan = Self.small(Phantom.scan())
    let bone = Mask(nonzeroOf: Self.small(Phantom.mask().asVolume))
    let whole = Mask(nonzeroOf: Self.small(Phantom.mask(hole: false).asVolume))
    let truth = try whole.subtracting(bone)
    var names: [String] = []
    for index in 0..<count {
      let kind = index % 2 == 0 ? "left" : "right"
      let name = String(format: "%03d", index / 2)
      names.append("\(kind)/\(name)")
      for role in ["defective_skull", "implant"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder.path)/set/\(role)/\(kind)", withIntermediateDirectories: true)
      }
      var own = scan
      own.withMutableVoxels { $0[0] = -999 + Int16(index) }
      try VolumeFile.write(
        AnyVolume(own), to: "\(folder.path)/set/defective_skull/\(kind)/\(name)\(ending)")
      if truths {
        try VolumeFile.write(
          AnyVolume(truth.asVolume), to: "\(folder.path)/set/implant/\(kind)/\(name).nrrd")
      }
    }
    self.names = names.sorted()
  }

  /// Every second voxel, for speed.
  private static func small<Voxel: VoxelScalar>(_ volume: Volume<Voxel>) -> Volume<Voxel> {
    var geometry = volume.geometry
    let full = geometry.sizes
    geometry.sizes = GridSize(full.x / 2, full.y / 2, full.z / 2)
    geometry.directions = Matrix3(
      geometry.directions[0] * 2, geometry.directions[1] * 2, geometry.directions[2] * 2)
    return Volume(on: geometry) { target in
      volume.withVoxels { source in
        for k in 0..<geometry.sizes.z {
          for j in 0..<geometry.sizes.y {
            for i in 0..<geometry.sizes.x {
              target[geometry.sizes.offset(i, j, k)] = source[full.offset(2 * i, 2 * j, 2 * k)]
            }
          }
        }
      }
    }
  }

  /// Takes bone away from a case, more the higher the number.
  func cut(_ name: String, planes: Int) throws {
    let path = file(name)
    guard var scan = try ImageFile(opening: path).volume().base as? Volume<Int16> else { return }
    let sizes = scan.sizes
    scan.withMutableVoxels { voxels in
      for i in sizes.x * sizes.y * 6..<sizes.x * sizes.y * (8 + 2 * planes) { voxels[i] = -1000 }
    }
    try VolumeFile.write(AnyVolume(scan), to: path)
  }

  /// The file of a case.
  func file(_ name: String, role: String = "defective_skull", ending: String = ".nrrd") -> String {
    "\(path)/\(role)/\(name)\(ending)"
  }

  /// Runs `calvaria batch` on the set.
  func run(_ arguments: String..., out: String? = nil) throws -> Calvaria.Outcome {
    try Calvaria.run(
      ["batch", path, "-o", out ?? self.out, "--pipeline", pipeline, "-q"] + arguments)
  }

  /// The bytes of every output below a folder of outputs, by name; the accounts and what is remembered
  /// are left out.
  func outputs(in out: String? = nil) -> [String: Data] {
    let out = out ?? self.out
    var found: [String: Data] = [:]
    for role in ["implant", "mesh", "preview"] {
      for name in (try? FileManager.default.subpathsOfDirectory(atPath: "\(out)/\(role)")) ?? [] {
        guard let data = FileManager.default.contents(atPath: "\(out)/\(role)/\(name)") else {
          continue
        }
        found["\(role)/\(name)"] = data
      }
    }
    return found
  }

  /// What `run.json` says of the stages of each case: state by stage by case.
  func states(in out: String? = nil) throws -> [String: [String: String]] {
    let account = try Self.json("\(out ?? self.out)/run.json") as? [String: Any] ?? [:]
    var states: [String: [String: String]] = [:]
    for item in account["cases"] as? [[String: Any]] ?? [] {
      var stages: [String: String] = [:]
      for stage in item["stages"] as? [[String: Any]] ?? [] {
        stages[stage["name"] as? String ?? ""] = stage["state"] as? String
      }
      states[item["name"] as? String ?? ""] = stages
    }
    return states
  }

  /// The entries of `failures.json`.
  func failures(in out: String? = nil) throws -> [[String: Any]] {
    try Self.json("\(out ?? self.out)/failures.json") as? [[String: Any]] ?? [["not": "a list"]]
  }

  private static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
  }
}
