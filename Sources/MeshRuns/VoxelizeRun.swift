import Errors
import MeshIO
import Meshes
import Stages
public import VolumeIO
public import Volumes

/// `calvaria voxelize`: the voxels of a grid that lie in a mesh.
public struct VoxelizeRun: Sendable {
  /// The path of the mesh file.
  public var mesh: String
  /// The file whose grid the mask gets.
  public var like: String
  /// The space of the mesh's coordinates, whatever its file says.
  public var assumedSpace: Space?

  public init(mesh: String, like: String) { (self.mesh, self.like) = (mesh, like) }

  /// Writes the mask.
  ///
  /// - Returns: what was made, and what is odd about the files, one sentence each.
  /// - Throws: `Diagnostic` for files that cannot be read, a mesh that is not closed, and a file that cannot
  ///   be written.
  public func run(
    to path: String, reading: ReadOptions, threads: Int
  ) throws -> (line: String, warnings: [String]) {
    var (document, warnings) = try MeshFile.read(mesh, assumedSpace: assumedSpace)
    let image = try ImageFile(opening: like, options: reading)
    warnings += image.warnings.map { "\(like): \($0)" }
    let geometry = try image.geometry()
    try VoxelMemory.require(geometry.sizes.count, of: like)
    let check = MeshCheck(document.mesh.welded)
    guard check.isClosed else {
      throw Diagnostic(
        .notWatertight, mesh, field: "surface",
        expected: "a closed surface, which has an inside",
        found:
          "\(check.boundaryEdges) open edges, \(check.nonManifoldEdges) with more than two triangles,"
          + " \(check.inconsistentEdges) between triangles that face each other",
        remedy: "repair the mesh first; `calvaria check` says what is wrong")
    }
    let mask = Mask(filling: document.mesh, on: geometry, threads: threads)
    let count = mask.voxelCount
    if count == 0 {
      warnings.append("no voxel of \(like) lies in the mesh; are both in one space?")
    }
    var writing = WriteOptions()
    writing.threads = threads
    try VolumeFile.write(AnyVolume(mask.asVolume), to: path, options: writing)
    let volume = (Double(count) * geometry.voxelVolume * 10).rounded() / 10
    return ("\(path)  \(counted(count, "voxel")), \(volume) mm³", warnings)
  }
}
