package import Errors
public import Meshes
public import Dataflow
public import Volumes
import VoxelOps
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
    let mesh = try Self.surface(of: input.values, smoothing: smoothing, threads: context.cores)
    try context.checkCancellation()
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("watertight", .flag(!mesh.isEmpty))
    let shells = mesh.shellVolumes
    context.note("bodies", .integer(shells.count { $0 > 0 }))
    context.note("cavities", .integer(shells.count { $0 < 0 }))
    return mesh
  }

  /// The surface of a mask, which is what is said of it: closed, of the mask's volume and at its place.
  ///
  /// - Throws: ``Diagnostic`` where numbers of 32 bits do not tell its voxels apart, so far from the origin it lies; if an
  ///   edge does not have exactly two triangles; if it has another volume, or lies elsewhere.
  package static func surface(
    of mask: Mask, family: SurfaceFamily = .cubes, smoothing: Int, threads: Int
  ) throws(Diagnostic) -> TriangleMesh {
    guard let box = mask.boundingBox(threads: threads) else { return TriangleMesh() }
    let ends = mask.geometry.lpsCorners(of: box)
    try requirePrecision(ends, spacing: mask.geometry.spacing.min())
    let mesh = TriangleMesh(
      surfaceOf: mask, family: family, smoothing: smoothing, threads: threads)
    let check = MeshCheck(mesh)
    guard check.isWatertight else {
      throw Diagnostic(
        .notWatertight, field: "surface", expected: "every edge in exactly two triangles",
        found: "\(check.boundaryEdges) open and \(check.nonManifoldEdges) shared edges, "
          + "\(check.degenerateTriangles) triangles without an area",
        remedy: "report this mask as a bug")
    }
    // The volume of a thin piece may need more than half a voxel.
    let slack = Float(3 * mask.geometry.spacing.max())
    if let extent = mesh.boundingBox,
      any(extent.lowest .< SIMD3<Float>(ends.lowest) - slack)
        || any(extent.highest .> SIMD3<Float>(ends.highest) + slack)
    {
      throw Diagnostic(
        .notWatertight, field: "surface", expected: "vertices at the voxels of the mask",
        found: "\(extent.lowest) to \(extent.highest)", remedy: "report this mask as a bug")
    }
    return mesh
  }

  /// The numbers of mesh files have 32 bits: far from 0 they lie apart.
  static func requirePrecision(
    _ ends: (lowest: SIMD3<Double>, highest: SIMD3<Double>), spacing: Double
  ) throws(Diagnostic) {
    let furthest = max(
      abs(ends.lowest.min()), abs(ends.lowest.max()), abs(ends.highest.min()),
      abs(ends.highest.max()))
    let step = Double(Float(furthest).ulp)
    guard step > spacing / 20 else { return }
    throw Diagnostic(
      .tooLarge, field: "space origin",
      expected:
        "coordinates that mesh files hold, in numbers of 32 bits, to a twentieth of a voxel",
      found:
        "a mask \(Int(furthest.rounded())) mm from the origin, where these lie \(step) mm apart",
      remedy: "correct the origin in the header of the scan; it is some hundred mm in most files")
  }
}

extension Geometry {
  /// The box in LPS mm around the voxel centres of a box.
  func lpsCorners(of box: IndexBox) -> (lowest: SIMD3<Double>, highest: SIMD3<Double>) {
    var lowest = SIMD3<Double>(repeating: .infinity)
    var highest = -lowest
    for corner in 0..<8 {
      var index = SIMD3<Double>(repeating: 0)
      for axis in 0..<3 {
        index[axis] = Double(corner >> axis & 1 == 0 ? box.lower[axis] : box.upper[axis] - 1)
      }
      let point = lpsFromIndex * index
      lowest = pointwiseMin(lowest, point)
      highest = pointwiseMax(highest, point)
    }
    return (lowest, highest)
  }
}
