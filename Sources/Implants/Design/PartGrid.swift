import Errors
import Glibc
import VoxelOps
import Volumes

/// Where a part is designed: cubic cells over a box around an implant.
package struct PartGrid {
  /// The box in the grid of the scan.
  let box: IndexBox
  let cells: Geometry

  /// How far around an implant bone counts, in mm.
  static let margin = 15.0
  /// The least and the largest side of a cell, in mm.
  package static let sides = 0.5...0.65
  /// The most cells; larger ones where there would be more.
  package static let most = 12_000_000

  /// Nil where the implant is empty.
  /// - Parameter margin: how far around the implant the box reaches, in mm.
  init?(around implant: Mask, margin: Double = Self.margin, threads: Int) throws(Diagnostic) {
    guard let inner = implant.boundingBox(threads: threads) else { return nil }
    let geometry = implant.geometry
    box = inner.grown(by: margin, on: geometry)
    let finest = min(Self.sides.upperBound, max(Self.sides.lowerBound, geometry.spacing.min()))
    let region = geometry.cropped(to: box)
    let volume = Double(region.sizes.count) * region.voxelVolume
    let side = max(finest, pow(volume / Double(Self.most), 1.0 / 3))
    cells =
      try region.isOrthogonal
      ? region.respaced(to: SIMD3(repeating: side)) : Self.upright(region, side: side)
  }

  /// Cells along the axes of the patient, over a grid with oblique angles between its own.
  private static func upright(_ region: Geometry, side: Double) throws(Diagnostic) -> Geometry {
    let last = region.sizes
    var (low, high) = (SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity))
    for corner in 0..<8 {
      let index = SIMD3(
        corner & 1 == 0 ? 0 : Double(last.x - 1), corner & 2 == 0 ? 0 : Double(last.y - 1),
        corner & 4 == 0 ? 0 : Double(last.z - 1))
      let point = region.lpsFromIndex * index
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let count = ((high - low) / side).rounded(.up)
    var cells = Geometry(
      sizes: GridSize(Int(count.x) + 1, Int(count.y) + 1, Int(count.z) + 1),
      spacing: SIMD3(repeating: side))
    cells.origin = low
    return cells
  }

  /// How deep below the middle of an implant the inner side is surely, in mm.
  static let headRadius = 80.0

  /// A place on the inner side of an implant, in cells: a head's radius from its middle, against the way
  /// out.
  func inside(_ middle: SIMD3<Double>, along way: SIMD3<Double>) -> SIMD3<Float> {
    SIMD3<Float>(cells.indexFromLPS.map { $0 * (middle - Self.headRadius * way) } ?? .zero)
  }
}
