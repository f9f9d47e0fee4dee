import Errors
import Skulls
public import Volumes
internal import VoxelOps

extension SkullTemplate {
  /// HU from which on a voxel of a CT is bone, and the edge of a template's cells in mm.
  public static let standard = (threshold: BoneRule.standardThreshold, spacing: 0.957)

  /// The template of a CT of a whole head, with a defect or without.
  ///
  /// 1. The bone at `spacing` (trilinear, v ≥ `threshold`, largest 26-connected component), and its
  ///    mid-sagittal plane.
  /// 2. The same again on a grid in which mirroring is reversing x, straight from the CT.
  /// 3. ``repaired(_:threads:)``: a hole on one side gets the bone of the other.
  /// 4. ``airCellsClosed(_:threads:)``: bone is what a printed skull is, without its sponge.
  /// 5. Signed distance, half-thickness, origin; see ``SkullTemplate``.
  ///
  /// Oblique, left-handed and anisotropic grids, and files in RAS, give the same template.
  ///
  /// - Parameters:
  ///   - volume: grey values in HU.
  ///   - name: what the template is called in accounts.
  /// - Throws: `Diagnostic` with code `notASkull`, `singularGeometry` or `badSize`.
  /// - Complexity: O(cells of the head), about 2 s on one core and 200 MB for the sample CT. The
  ///   same bytes at any `threads`.
  public init(
    of volume: AnyVolume, name: String, threshold: Double = standard.threshold,
    spacing: Double = standard.spacing, threads: Int = 1
  ) throws {
    try self.init(geometry: volume.geometry, name: name, spacing: spacing, threads: threads) {
      try volume.resampled(onto: $0, by: .linear, background: -1024, threads: threads)
        .binarized(in: BoneRule(threshold: threshold).range(of: .hounsfield), threads: threads)
    }
  }

  /// The template of a mask of bone; as ``init(of:name:threshold:spacing:threads:)``.
  public init(
    of mask: Mask, name: String, spacing: Double = standard.spacing, threads: Int = 1
  ) throws {
    try self.init(geometry: mask.geometry, name: name, spacing: spacing, threads: threads) {
      try mask.fraction(onto: $0, by: .linear, threads: threads)
        .binarized(in: BoneRule().range(of: .fraction), threads: threads)
    }
  }

  /// - Parameter sampled: the bone of the scan on any grid, all components.
  private init(
    geometry scan: Geometry, name: String, spacing: Double, threads: Int,
    sampled: (Geometry) throws -> Mask
  ) throws {
    try Self.requireHeadSize(scan)
    let grid = try scan.respaced(to: SIMD3(repeating: spacing))
    let rough = BoneRule.mainPiece(of: try sampled(grid), threads: threads)
    let plane = MidsagittalPlane.find(in: rough, threads: threads)
    guard let frame = Self.frame(of: rough, plane: plane, cell: spacing, threads: threads) else {
      throw Diagnostic(
        .notASkull, field: "template", expected: "a skull", found: "no bone",
        remedy: "name a CT in HU or a mask of bone")
    }
    var bone = BoneRule.mainPiece(of: try sampled(frame.scan), threads: threads)
    // From here on in the frame itself: the same cells, axes along x, y, z.
    bone = Mask(on: frame.own) { out in bone.withBytes { _ = out.update(fromContentsOf: $0) } }
    var making = Making(overlap: plane.overlap)
    let volume = spacing * spacing * spacing
    let whole = try Self.repaired(bone, threads: threads)
    making.repaired = Double(whole.voxelCount - bone.voxelCount) * volume
    let solid = try Self.airCellsClosed(whole, threads: threads)
      .largestComponent(threads: threads)
    making.closed = Double(solid.voxelCount - whole.voxelCount) * volume
    try self.init(bone: solid, name: name, making: making, threads: threads)
  }

  /// No header may ask for a grid that no head needs.
  private static func requireHeadSize(_ scan: Geometry) throws(Diagnostic) {
    let size =
      scan.spacing * SIMD3(Double(scan.sizes.x), Double(scan.sizes.y), Double(scan.sizes.z))
    // An axis at a time: a size that is no number is in no range.
    guard (0..<3).allSatisfy({ (60.0...700).contains(size[$0]) }) else {
      let sides = (0..<3).map { "\(size[$0].rounded())" }.joined(separator: " × ")
      throw Diagnostic(
        .notASkull, field: "template", expected: "a scan of a head, 60 to 700 mm along each axis",
        found: "\(sides) mm", remedy: "check the spacing")
    }
  }

  /// The grid of cells that is symmetric about the plane and holds the mask with 12 mm to spare: as
  /// it lies in the scan, and in its own axes.
  private static func frame(
    of mask: Mask, plane: MidsagittalPlane, cell: Double, threads: Int
  ) -> (scan: Geometry, own: Geometry)? {
    guard let box = mask.boundingBox(threads: threads) else { return nil }
    let x = plane.normal
    let up = SIMD3(0.0, 0, 1) - x.z * x
    let z = up / up.length
    let axes = Matrix3(x, z.cross(x), z)
    let toFrame = axes.transposed
    let corners = (0..<8).map { corner in
      let index = SIMD3(
        Double(corner & 1 != 0 ? box.upper.x - 1 : box.lower.x),
        Double(corner & 2 != 0 ? box.upper.y - 1 : box.lower.y),
        Double(corner & 4 != 0 ? box.upper.z - 1 : box.lower.z))
      return toFrame * (mask.geometry.lpsFromIndex * index - plane.point)
    }
    let low = corners.reduce(corners[0], pointwiseMin) - 12
    let high = corners.reduce(corners[0], pointwiseMax) + 12
    let half = Int((max(-low.x, high.x) / cell).rounded(.up))
    let sizes = GridSize(
      2 * half + 1, Int(((high.y - low.y) / cell).rounded(.up)),
      Int(((high.z - low.z) / cell).rounded(.up)))
    var own = Geometry(sizes: sizes, spacing: SIMD3(repeating: cell))
    own.origin = SIMD3(-Double(half) * cell, low.y, low.z)
    let scan = Geometry(
      sizes: sizes, space: .leftPosteriorSuperior,
      directions: Matrix3(axes[0] * cell, axes[1] * cell, axes[2] * cell),
      origin: plane.point + axes * own.origin)
    return (scan, own)
  }
}
