public import Dataflow
public import Implants
public import Meshes

/// Turns designed parts into the closed triangle surface around them, in LPS mm, with no more triangles
/// than their shape needs.
public struct Isosurface: DeclaredStage {
  public static let kind = "isosurface"
  public static let version = 2
  public static let summary = "Turns designed parts into a closed triangle surface in mm."
  public static let ports = ["of"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "triangles", .integer(100...100_000_000), standard: .integer(20_000),
      "the triangles that are aimed at"),
    .init(
      "tolerance", formerly: "deviation", .number(0...10), standard: .number(0.1),
      "how far the surface may move for that, in mm; more triangles stay where it would be more; 0: all stay"
    ),
    .init(
      "surface", .choice(SurfaceFamily.allCases.map(\.rawValue)),
      standard: .text(SurfaceFamily.cubes.rawValue),
      "cubes: marching cubes; dual: their dual, whose triangles are more even"),
  ]

  public var triangles: Int
  /// In mm.
  public var tolerance: Double
  public var family: SurfaceFamily

  public init(
    triangles: Int = 20_000, tolerance: Double = 0.1, family: SurfaceFamily = .cubes
  ) {
    (self.triangles, self.tolerance, self.family) = (triangles, tolerance, family)
  }
  public init(_ parameters: Parameters) {
    self.init(
      triangles: parameters.integer("triangles"), tolerance: parameters.number("tolerance"),
      family: SurfaceFamily(rawValue: parameters.text("surface")) ?? .cubes)
  }

  /// By the cells of the parts: a surface crosses a small share of them, but that of noise would most.
  public func demand(for inputs: [Extent]) -> Demand {
    let cells = inputs[0].bytes / 4
    return Demand(
      peakBytes: 40 * cells + 1 << 20, output: Extent(bytes: 4 * cells),
      cores: Cores(voxels: cells))
  }

  /// The surface; empty where there is no part.
  ///
  /// *Notes*: `triangles`, `watertight`, `bodies`, `cavities`, and `moved`, how far the surface was moved in mm.
  public func run(_ input: Inputs<ImplantDesign>, in context: StageContext) throws -> TriangleMesh {
    let (mesh, moved) = input.values.surface(
      of: family, triangles: triangles, within: tolerance, threads: context.cores)
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("moved", .number(moved))
    let check = MeshCheck(mesh)
    context.note("watertight", .flag(check.isWatertight))
    let shells = mesh.shellVolumes
    context.note("bodies", .integer(shells.count { $0 > 0 }))
    context.note("cavities", .integer(shells.count { $0 < 0 }))
    return mesh
  }
}
