import Concurrency
import Errors
internal import Skulls
internal import Volumes
internal import VoxelOps

extension Mask {
  /// A box of the mask, smoothed, whose voxels near holes see what lies at their place displaced by a spline.
  ///
  /// - Parameters:
  ///   - box: in the grid.
  ///   - near: on this grid: the voxels that are displaced.
  /// - Complexity: 4 bytes a voxel of the grid; the spline at nodes 4 mm apart.
  func displaced(
    by spline: DisplacementSpline, in box: IndexBox, near: Mask, threads: Int
  ) throws(Diagnostic) -> Mask {
    let smooth = try smoothed(
      sigma: TablePoints.smoothing(for: geometry), threads: threads)
    let grid = geometry.cropped(to: box)
    guard let field = Self.nodes(of: spline, around: grid, threads: threads),
      let indexFromLPS = geometry.indexFromLPS
    else { return cropped(to: box) }
    let (sizes, extent) = (sizes, box.extent)
    let reader = TrilinearReader(sizes)
    let nodeStep = Self.nodeStep(on: grid)
    let nodeFromIndex =
      Affine(
        linear: Matrix3(diagonal: SIMD3(repeating: 1 / nodeStep)),
        translation: -field.geometry.origin / nodeStep) * grid.lpsFromIndex
    let toIndex = indexFromLPS.linear
    let columns = (
      SIMD3<Float>(toIndex[0]), SIMD3<Float>(toIndex[1]), SIMD3<Float>(toIndex[2])
    )
    return Mask(on: grid) { out in
      let cells = Cells(base: out.baseAddress!)
      withBytes { old in
        near.withBytes { near in
          smooth.withVoxels { smooth in
            field.displacements.withUnsafeBufferPointer { nodes in
              Parallel.forEach(extent.z, threads: threads) { _, z in
                for y in 0..<extent.y {
                  let start = nodeFromIndex * SIMD3(0, Double(y), Double(z))
                  let from = sizes.offset(box.lower.x, box.lower.y + y, box.lower.z + z)
                  let to = cells.base + (z * extent.y + y) * extent.x
                  for x in 0..<extent.x {
                    guard near[from + x] != 0 else {
                      to[x] = old[from + x]
                      continue
                    }
                    let u = DisplacementField.value(
                      in: nodes.baseAddress!, sizes: field.geometry.sizes,
                      at: SIMD3<Float>(start + Double(x) * nodeFromIndex.linear[0]))
                    let index =
                      SIMD3<Float>(
                        Float(box.lower.x + x), Float(box.lower.y + y), Float(box.lower.z + z))
                      + columns.0 * u.x + columns.1 * u.y + columns.2 * u.z
                    let place = reader.place(index.x, index.y, index.z)
                    to[x] = reader.value(smooth.baseAddress!, at: place) >= 0.5 ? 1 : 0
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each plane is written by one call.
    let base: UnsafeMutablePointer<UInt8>
  }

  /// Between nodes, in mm: no closer than voxels.
  private static func nodeStep(on grid: Geometry) -> Double { max(4, grid.spacing.max()) }

  /// The spline at nodes along the axes of LPS, around a grid.
  private static func nodes(
    of spline: DisplacementSpline, around grid: Geometry, threads: Int
  ) -> DisplacementField? {
    var (lower, upper) = (
      SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity)
    )
    for corner in 0..<8 {
      let index = SIMD3(
        Double(corner & 1) * Double(grid.sizes.x - 1),
        Double(corner >> 1 & 1) * Double(grid.sizes.y - 1),
        Double(corner >> 2) * Double(grid.sizes.z - 1))
      let p = grid.lpsFromIndex * index
      (lower, upper) = (pointwiseMin(lower, p), pointwiseMax(upper, p))
    }
    let nodeStep = nodeStep(on: grid)
    func count(_ axis: Int) -> Int { Int((upper[axis] - lower[axis]) / nodeStep) + 2 }
    let sizes = GridSize(count(0), count(1), count(2))
    var nodes = Geometry(sizes: sizes, spacing: SIMD3(repeating: nodeStep))
    nodes.origin = lower
    let displacements = Slabs.map(sizes.count, threads: threads) { slab in
      slab.map { n -> SIMD3<Float> in
        let (row, x) = n.quotientAndRemainder(dividingBy: sizes.x)
        let index = SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
        return SIMD3<Float>(spline(lower + nodeStep * index))
      }
    }.flatMap { $0 }
    return DisplacementField(on: nodes, displacements: displacements)
  }
}
