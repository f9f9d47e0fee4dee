import Errors
public import MeshIO
import Meshes
import Stages
public import VolumeIO
import Volumes

/// `calvaria mesh`: the surface of a mask's voxels, or of the bone of a CT.
public struct SurfaceRun: Sendable {
  /// The file of the mask.
  public var mask: String
  /// The label that counts, where the file holds several.
  public var label: Int?
  /// HU from which on a voxel of a CT is bone; nil: the usual.
  public var threshold: Double?
  /// Rounds of smoothing; 0 keeps the steps of the voxels.
  public var smoothing = TriangleMesh.defaultSmoothing
  /// How the file is written.
  public var writing = MeshWriteOptions()

  /// A run.
  public init(mask: String) { self.mask = mask }

  /// Writes the surface.
  ///
  /// - Returns: what was made, and what is odd about the mask, one sentence each.
  /// - Throws: `Diagnostic` for a file that cannot be read, an empty mask, and a file that cannot be
  ///   written.
  public func run(
    to path: String, reading: ReadOptions, threads: Int
  ) throws -> (line: String, warnings: [String]) {
    let (mask, warnings) = try CaseBone.read(
      mask, label: label, threshold: threshold, takesEveryPiece: false, reading: reading,
      threads: threads)
    guard !mask.isEmpty else {
      throw Diagnostic(
        .badParameter, self.mask, field: "voxels", expected: "a voxel to make a surface of",
        found: "none", remedy: "name another mask, label or threshold")
    }
    let mesh = TriangleMesh(surfaceOf: mask, smoothing: smoothing, threads: threads)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let part = MeshPart(mesh, named: name, colour: .implant)
    let notes = [
      MeshNote("Title", name), MeshNote("Application", "Calvaria"),
      MeshNote("Description", "Not for clinical use without review."),
    ]
    try MeshFile.write(MeshDocument(parts: [part], notes: notes), to: path, options: writing)
    return ("\(path)  \(counted(mesh.triangles.count, "triangle"))", warnings)
  }
}
