public import Meshes
public import StageGraph
public import Volumes

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Turns a mask into the closed triangle surface around it, in LPS mm.
public struct MeshSurface: DeclaredStage {
  /// The stage's name in pipeline files.
  public static let kind = "mesh"
  /// One line for help.
  public static let summary = "Turns a mask into a closed triangle surface in mm."
  /// What pipeline files may set.
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "smoothing", .integer(0...200), standard: .integer(TriangleMesh.defaultSmoothing),
      "rounds of smoothing that keep the volume; 0 keeps the voxels' stairs")
  ]

  /// Rounds of smoothing; 0 keeps the voxels' stairs.
  public var smoothing: Int

  /// A stage for some rounds of smoothing.
  public init(smoothing: Int = TriangleMesh.defaultSmoothing) { self.smoothing = smoothing }
  /// The stage with checked parameters.
  public init(_ parameters: Parameters) { self.init(smoothing: parameters.integer("smoothing")) }

  /// By the area of the grid; see the comment inside.
  public func demand(for inputs: [Extent]) -> Demand {
    // A surface grows with the grid's area, not with its volume: whole skulls have some 14 triangles
    // for each voxel of the grid's volume to the power of 2/3, implants far fewer. A triangle and its
    // share of a vertex take 24 bytes, twice that while vertices are moved, and 35 for neighbours.
    let edge = cbrt(Double(inputs[0].voxels))
    let triangles = 24 * Int(edge * edge) + 4096
    return Demand(
      peakBytes: triangles * 84 + inputs[0].voxels / 4, output: Extent(bytes: triangles * 24),
      cores: 2)
  }

  /// The closed surface in LPS mm, its check in the notes; empty for an empty mask.
  ///
  /// - Throws: ``StageError`` where an edge is not in exactly two triangles.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> TriangleMesh {
    let mesh = TriangleMesh(
      surfaceOf: input.values, smoothing: smoothing, threads: context.cores)
    try context.checkCancellation()
    let check = MeshCheck(mesh)
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("watertight", .flag(check.isWatertight))
    context.note("bodies", .integer(check.components))
    if !mesh.isEmpty, !check.isWatertight {
      throw StageError(
        "surface", expected: "every edge in exactly two triangles",
        found: "\(check.boundaryEdges) open and \(check.nonManifoldEdges) shared edges",
        remedy: "report this mask as a bug")
    }
    return mesh
  }
}
