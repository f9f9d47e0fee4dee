public import Accounts
import Errors
import Files
public import MeshIO
public import Meshes
import Pictures
import Stages
public import VolumeIO
import Volumes

/// `calvaria mesh`: the surface of a mask's voxels, or of the bone of a CT.
public struct SurfaceRun: Sendable {
  /// The path of the mask file.
  public var mask: String
  /// The label that counts, where the file holds several.
  public var label: Int?
  /// HU from which on a voxel of a CT is bone; nil: the usual.
  public var threshold: Double?
  /// Which surface is taken between voxels.
  public var family = SurfaceFamily.cubes
  /// Rounds of smoothing; 0 keeps the steps of the voxels.
  public var smoothing = TriangleMesh.defaultSmoothing
  /// The most triangles; nil: as many as there are.
  public var triangles: Int?
  /// How far fewer triangles may move the surface, in mm.
  public var tolerance = 0.1
  public var writing = MeshWriteOptions()
  /// The picture of how far the surface was moved that is drawn, a PNG; nil: none.
  public var picture: String?
  /// Called as a step begins.
  public var began: JobSteps.Observer = { _, _ in }

  public init(mask: String) { self.mask = mask }

  /// Writes the surface.
  ///
  /// - Returns: what was made, and what is odd about the mask, one sentence each.
  /// - Throws: `Diagnostic` for a file that cannot be read, an empty mask, and a file that cannot be
  ///   written.
  public func run(
    to path: String, reading: ReadOptions, threads: Int
  ) throws -> (line: String, warnings: [String]) {
    // Of a skull of 512 × 512 × 512 voxels.
    let steps = JobSteps(
      [
        "reading": 0.4, "making the surface": 1.8,
        "taking fewer triangles": triangles == nil ? 0 : 17, "writing": triangles == nil ? 1 : 0.1,
        "drawing": picture == nil ? 0 : triangles == nil ? 18 : 6,
      ], observer: began)
    steps.begin("reading")
    let (mask, odd) = try CaseBone.read(
      mask, label: label, threshold: threshold, takesEveryPiece: false, reading: reading,
      threads: threads)
    guard !mask.isEmpty else {
      throw Diagnostic(
        .badParameter, self.mask, field: "voxels", expected: "a voxel to make a surface of",
        found: "none", remedy: "name another mask, label or threshold")
    }
    var warnings = odd
    let count = TriangleMesh.triangleCount(ofSurfaceOf: mask, threads: threads)
    // The dual has about as many triangles. As the stages `mesh` and `write-surface` have it; fewer triangles take as much again.
    // A picture takes the surface before, with a tree over it.
    try VoxelMemory.require(
      count * ((triangles == nil ? 168 : 336) + (picture == nil ? 0 : 200)) + mask.byteCount / 4,
      of: self.mask)
    steps.begin("making the surface")
    var mesh = try MeshSurface.surface(
      of: mask, family: family, smoothing: smoothing, threads: threads)
    var moved = ""
    if let triangles {
      steps.begin("taking fewer triangles")
      let reduced = mesh.decimated(to: triangles, within: tolerance, threads: threads)
      mesh = reduced.mesh
      moved = ", moved by at most \((reduced.moved * 1000).rounded(.up) / 1000) mm"
      if mesh.triangles.count > triangles {
        warnings.append(
          "\(mesh.triangles.count) triangles in place of \(triangles): fewer would break the surface or move"
            + " it by more than \(tolerance) mm")
      }
    }
    steps.begin("writing")
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let part = MeshPart(mesh, named: name, colour: .implant)
    let notes = [
      MeshNote("Title", name), MeshNote("Application", "Calvaria"),
      MeshNote("Description", "Not for clinical use without review."),
    ]
    try MeshFile.write(MeshDocument(parts: [part], notes: notes), to: path, options: writing)
    if let picture {
      steps.begin("drawing")
      let sheet = SmoothingSheet.render(
        before: TriangleMesh(surfaceOf: mask, family: family, threads: threads), after: mesh,
        threads: threads)
      try AtomicFile.write(try PNG.encode(sheet), to: picture)
    }
    return ("\(path)  \(counted(mesh.triangles.count, "triangle"))\(moved)", warnings)
  }
}
