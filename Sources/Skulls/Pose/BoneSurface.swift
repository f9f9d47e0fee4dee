internal import Volumes
internal import VoxelOps

/// The surface of bone in cells of 2 mm: points on it, and the distance to it from anywhere.
struct BoneSurface {
  /// The edge of a cell, in mm.
  static let cell = 2.0

  /// Centres of cells at the surface, in LPS mm, in an order that has nothing to do with where they lie.
  let points: [SIMD3<Double>]
  /// The distance in mm from each cell to the nearest point.
  let distance: CellField

  private let indexFromLPS: Affine
  private let last: SIMD3<Double>

  /// Nil where there is hardly any bone.
  ///
  /// - Complexity: one pass over the mask; 9 bytes a cell.
  init?(_ bone: Mask, threads: Int) {
    guard let indexFromLPS = bone.geometry.indexFromLPS,
      let grid = bone.occupancyGrid(cell: Self.cell, threads: threads),
      let share = bone.occupancy(onto: grid)
    else { return nil }
    self.indexFromLPS = indexFromLPS
    let sizes = bone.sizes
    last = SIMD3(Double(sizes.x) - 0.5, Double(sizes.y) - 0.5, Double(sizes.z) - 0.5)
    let cells = grid.sizes
    let (up, far) = (cells.x, cells.x * cells.y)
    var found: [SIMD3<Double>] = []
    let surface = Mask(on: grid) { out in
      share.withVoxels { share in
        // A share that thin bone has, too, when a cell cuts it.
        func isFull(_ i: Int) -> Bool { share[i] > 0.15 }
        for z in 1..<cells.z - 1 {
          for y in 1..<cells.y - 1 {
            for x in 1..<cells.x - 1 {
              let i = x + up * y + far * z
              guard isFull(i),
                !(isFull(i - 1) && isFull(i + 1) && isFull(i - up) && isFull(i + up)
                  && isFull(i - far) && isFull(i + far))
              else { continue }
              out[i] = 1
              found.append(grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z)))
            }
          }
        }
      }
    }
    guard found.count >= 300 else { return nil }
    // A stride that shares no factor with the count visits every point once.
    var stride = Int(Double(found.count) * 0.618)
    while Self.commonDivisor(stride, found.count) != 1 { stride += 1 }
    points = found.indices.map { found[$0 * stride % found.count] }
    distance = CellField(surface.distances(threads: threads), beyond: 30)
  }

  /// Whether the scan shows this point, in LPS mm.
  func isSeen(_ p: SIMD3<Double>) -> Bool {
    let index = indexFromLPS * p
    return index.min() >= -0.5 && index.x <= last.x && index.y <= last.y && index.z <= last.z
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : commonDivisor(b, a % b)
  }
}
