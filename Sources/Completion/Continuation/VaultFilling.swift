import Concurrency
internal import Skulls
internal import Volumes
import VoxelOps

extension ContinuedTables {
  /// Adds the voxels between both tables to a mask.
  ///
  /// - Parameter aboveLimit: whether what lies where a vault need not have bone is left out.
  func fill(_ completed: inout Mask, around bone: Mask, aboveLimit: Bool = false, threads: Int) {
    let geometry = bone.geometry
    guard let indexFromLPS = geometry.indexFromLPS else { return }
    let width = map.width
    let indexFromHead = indexFromLPS * map.pose.lpsFromHead
    var (lower, upper) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
    for i in pixels {
      let direction = map.direction(i % width, i / width)
      for way in [outer[i], inner[i]] {
        let p = indexFromHead * (map.middle + Double(way) * direction)
        lower = pointwiseMin(lower, p)
        upper = pointwiseMax(upper, p)
      }
    }
    let sizes = bone.sizes
    let box = IndexBox(
      lower: SIMD3(Int(lower.x) - 1, Int(lower.y) - 1, Int(lower.z) - 1),
      upper: SIMD3(Int(upper.x) + 2, Int(upper.y) + 2, Int(upper.z) + 2)
    ).clipped(to: IndexBox(sizes))
    guard box.extent.min() > 0 else { return }
    let headFromIndex = map.pose.headFromLPS * geometry.lpsFromIndex
    let along = headFromIndex.linear.columns.0
    completed.withMutableBytes { bytes in
      let cells = Cells(base: bytes.baseAddress!)
      Slabs.run(box.extent.z, threads: threads) { slab in
        for z in slab {
          for y in box.lower.y..<box.upper.y {
            let start =
              headFromIndex * SIMD3(Double(box.lower.x), Double(y), Double(z + box.lower.z))
              - map.middle
            let row = cells.base + sizes.x * (y + sizes.y * (z + box.lower.z)) + box.lower.x
            for x in 0..<box.extent.x where row[x] == 0 {
              let t = Double(x)
              let p = (start.x + t * along.x, start.y + t * along.y, start.z + t * along.z)
              if isBone(p.0, p.1, p.2, aboveLimit) { row[x] = 1 }
            }
          }
        }
      }
    }
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each slab writes its own planes.
    let base: UnsafeMutablePointer<UInt8>
  }

  /// Whether a point relative to the map's middle lies between both tables, in the hole or at its edge.
  private func isBone(_ x: Double, _ y: Double, _ z: Double, _ aboveLimit: Bool) -> Bool {
    let way = (x * x + y * y + z * z).squareRoot()
    guard way > 30, !aboveLimit || map.isAboveLimit(SIMD3(x, y, z) / way) else { return false }
    let (u, v) = map.place(x / way, y / way, z / way)
    let (i, j) = (Int(u), Int(v))
    guard i >= 0, j >= 0, i + 1 < map.width, j + 1 < map.width else { return false }
    let at = i + map.width * j
    let (s, t) = (Float(u) - Float(i), Float(v) - Float(j))
    func blend(_ field: [Float]) -> Float {
      let a = field[at] + s * (field[at + 1] - field[at])
      let b = field[at + map.width] + s * (field[at + map.width + 1] - field[at + map.width])
      return a + t * (b - a)
    }
    guard blend(distance) <= Float(ContinuedTables.overlap) else { return false }
    let r = Float(way)
    return r <= blend(outer) && r >= blend(inner)
  }
}
