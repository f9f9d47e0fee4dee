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

  /// The ball of the vault; nil where the surface lies on none.
  let sphere: VaultSphere?
  /// Where the bone ends flat.
  let ends: [ScanEnd]

  private let indexFromLPS: Affine
  private let last: SIMD3<Double>

  /// Nil where there is hardly any bone.
  ///
  /// - Complexity: one pass over the mask; 9 bytes a cell.
  init?(_ bone: Mask, threads: Int) {
    guard let indexFromLPS = bone.geometry.indexFromLPS,
      let grid = bone.occupancyGrid(cell: Self.cell, threads: threads),
      let share = bone.occupancy(onto: grid, threads: threads)
    else { return nil }
    self.indexFromLPS = indexFromLPS
    let sizes = bone.sizes
    last = SIMD3(Double(sizes.x) - 0.5, Double(sizes.y) - 0.5, Double(sizes.z) - 0.5)
    let cells = grid.sizes
    let (up, far) = (cells.x, cells.x * cells.y)
    var found: [SIMD3<Double>] = []
    var full: [(centre: SIMD3<Double>, volume: Double)] = []
    let surface = Mask(on: grid) { out in
      share.withVoxels { share in
        // A share that thin bone has, too, when a cell cuts it.
        func isFull(_ i: Int) -> Bool { share[i] > 0.15 }
        for z in 1..<cells.z - 1 {
          for y in 1..<cells.y - 1 {
            for x in 1..<cells.x - 1 {
              let i = x + up * y + far * z
              guard isFull(i) else { continue }
              let centre = grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
              full.append((centre, min(1, Double(share[i])) * grid.voxelVolume))
              guard
                !(isFull(i - 1) && isFull(i + 1) && isFull(i - up) && isFull(i + up)
                  && isFull(i - far) && isFull(i + far))
              else { continue }
              out[i] = 1
              found.append(centre)
            }
          }
        }
      }
    }
    guard found.count >= 300 else { return nil }
    points = Self.spread(found)
    distance = CellField(surface.distances(threads: threads), beyond: 30)
    sphere = VaultSphere(through: points.prefix(1500))
    ends =
      sphere.map { sphere in
        ScanEndSearch(
          Self.spread(full), sphere: sphere, slab: max(3, 1.25 * bone.geometry.spacing.max())
        ).ends(threads: threads)
      } ?? []
  }

  /// Whether the scan shows this point, in LPS mm.
  func isSeen(_ p: SIMD3<Double>) -> Bool {
    let index = indexFromLPS * p
    return index.min() >= -0.5 && index.x <= last.x && index.y <= last.y && index.z <= last.z
      && !ends.contains { $0.hides(p) }
  }

  /// The elements in an order that has nothing to do with where they stood.
  private static func spread<Element>(_ all: [Element]) -> [Element] {
    // A stride that shares no factor with the count visits every element once.
    var stride = max(1, Int(Double(all.count) * 0.618))
    while commonDivisor(stride, all.count) != 1 { stride += 1 }
    return all.indices.map { all[$0 * stride % all.count] }
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : commonDivisor(b, a % b)
  }
}
