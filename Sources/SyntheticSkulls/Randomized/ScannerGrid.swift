internal import Skulls
internal import Volumes
internal import VoxelOps

/// The grid of a scanner around a head that lies in it anyhow.
struct ScannerGrid {
  /// Where the grid lies in the frame of the head.
  let headGeometry: Geometry
  /// The voxels that the scan covers, when it is given `air` around `bone`.
  private let field: IndexBox
  /// Where the grid lies in the frame of the scanner: straight.
  private let scannerGeometry: Geometry

  /// Warps move bone by less than this, in mm.
  private static let margin = 14.0
  /// Air around the bone where the scan does not end within the head, in mm.
  private static let air = 7.0

  /// - Parameter cell: the edge of a voxel within a slice, in mm.
  init(around template: SkullTemplate, head: RandomHead, scan: RandomScan, cell: Double) {
    guard let headFromTemplate = head.templateFromHead.inverse else {
      preconditionFailure("a shape is never singular")
    }
    let axes = Matrix3(scan.across, scan.along, scan.normal)
    let spacing = SIMD3(cell, cell, scan.slice)
    let toScanner = axes.transposed * headFromTemplate
    var (lower, upper) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
    for corner in 0..<8 {
      let p =
        toScanner
        * SIMD3(
          corner & 1 == 0 ? template.lower.x : template.upper.x,
          corner & 2 == 0 ? template.lower.y : template.upper.y,
          corner & 4 == 0 ? template.lower.z : template.upper.z)
      (lower, upper) = (pointwiseMin(lower, p), pointwiseMax(upper, p))
    }
    // Slices lie where the scan averages: at whole numbers of them from its phase.
    let phase = SIMD3(0, 0, scan.phase)
    let first = ((lower - Self.margin) / spacing + phase).rounded(.down)
    let last = ((upper + Self.margin) / spacing + phase).rounded(.up)
    let counts = last - first + 1
    let sizes = GridSize(Int(counts.x), Int(counts.y), Int(counts.z))
    let origin = (first - phase) * spacing

    scannerGeometry = {
      var straight = Geometry(sizes: sizes, spacing: spacing)
      straight.origin = origin
      return straight
    }()
    headGeometry = Geometry(
      sizes: sizes, space: .leftPosteriorSuperior,
      directions: Matrix3(axes[0] * spacing.x, axes[1] * spacing.y, axes[2] * spacing.z),
      origin: axes * origin)
    let low = SIMD3(scan.middle.x - scan.view, scan.middle.y - scan.view, scan.heights.lowerBound)
    let high = SIMD3(scan.middle.x + scan.view, scan.middle.y + scan.view, scan.heights.upperBound)
    let from = ((low - origin) / spacing).rounded(.up)
    let to = ((high - origin) / spacing).rounded(.down)
    field = IndexBox(
      lower: SIMD3(Int(from.x), Int(from.y), Int(from.z)),
      upper: SIMD3(Int(to.x) + 1, Int(to.y) + 1, Int(to.z) + 1)
    ).clipped(to: IndexBox(sizes))
  }

  /// The part of the grid that the scan with a bone has: some air around it, but nothing beyond the scan's ends.
  func box(around bone: Mask) -> IndexBox {
    guard let box = bone.boundingBox() else { return field }
    let spacing = scannerGeometry.spacing
    let air = SIMD3(
      Int(Self.air / spacing.x) + 1, Int(Self.air / spacing.y) + 1, Int(Self.air / spacing.z) + 1)
    return box.expanded(by: air).clipped(to: field)
  }

  /// A part of a mask on the straight grid of the scanner.
  func straight(_ mask: Mask, _ box: IndexBox) -> Mask {
    let part = mask.cropped(to: box)
    return Mask(on: scannerGeometry.cropped(to: box)) { out in
      part.withBytes { bytes in for i in 0..<out.count { out[i] = bytes[i] } }
    }
  }
}
