public import Completion
import Errors
import Skulls
import SyntheticSkulls
public import VolumeIO
import Volumes

/// Templates of ``ShapeCompletion`` from scans.
public enum ShapeTemplates {
  /// The template of a CT or mask of a complete head: the bone that a population varies.
  ///
  /// - Throws: `Diagnostic` where the scan cannot be read or is no whole head.
  public static func template(
    of path: String, reading: ReadOptions = .init()
  ) throws -> ShapeTemplate {
    let threads = reading.threads ?? 1
    let image = try ImageFile(opening: path, options: reading)
    try PopulationRun.requireMemory(for: image)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let skull = try PopulationRun.template(
      of: try image.volume(applyScaling: true), name: name, threads: threads)
    let bone = Mask(on: skull.distances.geometry) { out in
      skull.distances.withVoxels { distances in
        for i in 0..<out.count { out[i] = distances[i] < 0 ? 1 : 0 }
      }
    }
    guard let pose = HeadPose.find(in: bone, threads: threads) else {
      throw Diagnostic(
        .notASkull, path, field: "template", expected: "a whole head", found: "no vault",
        remedy: "name a CT in HU or a mask of bone")
    }
    return ShapeTemplate(bone: bone, pose: pose, threads: threads)
  }
}
