public import Errors
public import Meshes
public import Volumes
import VoxelOps

/// The parts that are made of an implant, one for each hole, the largest first.
public struct ImplantDesign: Sendable {
  /// The lengths and options that the part was made by.
  public let design: PartDesign
  public let parts: [DesignedPart]

  /// Designs a part for each piece of an implant, with its own way in.
  ///
  /// - Parameters:
  ///   - implant: what fills the holes; may be empty.
  ///   - bone: all bone, on the same grid.
  ///   - isCranial: whether a piece of the implant with a centroid in LPS mm fills a hole of the vault: a part for it has no
  ///     tunnels but those that were asked for, whatever must be cut open. Of others, wide rings stay.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: for each piece O(cells of a box around it), some 28 bytes each; one mask more where there
  ///   are several. The same bytes at any thread count.
  public init(
    of implant: Mask, in bone: Mask, by design: PartDesign = PartDesign(),
    isCranial: (SIMD3<Double>) -> Bool = { _ in false }, threads: Int = 1
  ) throws(Diagnostic) {
    try implant.geometry.requireMatch(with: bone.geometry)
    self.design = design
    let middle = bone.measurement(threads: threads).centroid ?? .zero
    let far = FarBone(of: bone, threads: threads)
    let pieces = implant.components(threads: threads)
    var parts: [DesignedPart] = []
    let least = design.minPart / implant.geometry.voxelVolume
    for piece in pieces.bySize
    where piece == pieces.largest || Double(pieces.size(of: piece)) >= least {
      let one =
        pieces.count == 1 ? implant : pieces.mask(threads: threads) { $0 == piece }
      if let part = try DesignedPart(
        of: one, in: bone, far, middle: middle, by: design, isCranial: isCranial, threads: threads)
      {
        parts.append(part)
      }
    }
    self.parts = parts
  }

  /// The most cells that the parts of a box of so many mm³ take.
  package static func cells(inBox volume: Double) -> Int {
    let side = PartGrid.sides.lowerBound
    return Int(min(Double(PartGrid.most), volume / (side * side * side)) * 1.1) + 4096
  }

  /// The surfaces of the parts as one mesh of a family, in LPS mm.
  ///
  /// - Parameters:
  ///   - triangles: the budget of all parts.
  ///   - tolerance: how far the surface may move for it, in mm; 0: nothing is reduced.
  /// - Returns: the mesh, and how far it was moved in mm.
  public func surface(
    of family: SurfaceFamily = .cubes, triangles: Int, within tolerance: Double, threads: Int = 1
  ) -> (mesh: TriangleMesh, moved: Double) {
    var (meshes, largest): ([TriangleMesh], Double) = ([], 0)
    let all = parts.reduce(0) { $0 + $1.figures.part }
    for part in parts {
      let mesh = TriangleMesh(surfaceOf: part.field, family: family, threads: threads)
      let share = Int(Double(triangles) * part.figures.part / all)
      let reduced = mesh.decimated(to: share, within: tolerance, threads: threads)
      meshes.append(reduced.mesh)
      largest = max(largest, reduced.moved)
    }
    return (meshes.count == 1 ? meshes[0] : TriangleMesh(joining: meshes), largest)
  }
}
