import Errors
public import Meshes
public import Dataflow
public import Volumes
import Glibc

/// Turns a mask into the closed triangle surface around it, in LPS mm.
public struct MeshSurface: DeclaredStage {
  public static let kind = "mesh"
  public static let summary = "Turns a mask into a closed triangle surface in mm."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "smoothing", .integer(0...200), standard: .integer(TriangleMesh.defaultSmoothing),
      "rounds of smoothing that preserve the volume; 0 keeps the steps of the voxels"),
    .init(
      optional: "triangles", .integer(1...1_000_000_000),
      "the largest number of triangles, for planning memory; by default by the size of the grid, "
        + "ample for a skull"),
  ]

  /// Rounds of smoothing; 0 keeps the steps of the voxels.
  public var smoothing: Int
  /// The largest number of triangles, for planning memory; nil: by the size of the grid.
  public var triangles: Int?

  /// A stage for some rounds of smoothing.
  public init(smoothing: Int = TriangleMesh.defaultSmoothing, triangles: Int? = nil) {
    (self.smoothing, self.triangles) = (smoothing, triangles)
  }
  public init(_ parameters: Parameters) {
    self.init(
      smoothing: parameters.integer("smoothing"), triangles: parameters.optionalInteger("triangles")
    )
  }

  /// By the area of the grid, or the largest number of triangles that was asked for.
  public func demand(for inputs: [Extent]) -> Demand {
    let triangles = mostTriangles(voxels: inputs[0].voxels)
    // A triangle and its share of a vertex take 24 bytes, twice that while vertices move, and 35 bytes
    // for neighbours.
    return Demand(
      peakBytes: triangles * 84 + inputs[0].voxels / 4, output: Extent(bytes: triangles * 24),
      cores: Cores(voxels: inputs[0].voxels))
  }

  /// A surface grows with the grid's area, not with its volume: whole skulls have some 14 triangles
  /// for each voxel of the grid's volume to the power of 2/3, implants far fewer.
  private func mostTriangles(voxels: Int) -> Int {
    if let triangles { return triangles }
    let edge = cbrt(Double(voxels))
    return 32 * Int(edge * edge) + 4096
  }

  /// The closed surface in LPS mm; empty for an empty mask. Notes say whether it is watertight.
  ///
  /// - Throws: ``Diagnostic`` if there are more triangles than memory was planned for, as for noise, or
  ///   if an edge does not have exactly two triangles.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> TriangleMesh {
    let most = mostTriangles(voxels: input.values.sizes.count)
    let count = TriangleMesh.triangleCount(ofSurfaceOf: input.values, threads: context.cores)
    guard count <= most else {
      throw Diagnostic(
        .tooLarge, field: "triangles", expected: "at most \(most), for which memory was planned",
        found: "\(count)",
        remedy: "clean or smooth the mask, which has many specks or holes, or set `triangles`")
    }
    let mesh = TriangleMesh(
      surfaceOf: input.values, smoothing: smoothing, threads: context.cores)
    try context.checkCancellation()
    let check = MeshCheck(mesh)
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("watertight", .flag(check.isWatertight))
    context.note("bodies", .integer(check.components))
    if !mesh.isEmpty, !check.isWatertight {
      throw Diagnostic(
        .notWatertight, field: "surface", expected: "every edge in exactly two triangles",
        found: "\(check.boundaryEdges) open and \(check.nonManifoldEdges) shared edges",
        remedy: "report this mask as a bug")
    }
    return mesh
  }
}
