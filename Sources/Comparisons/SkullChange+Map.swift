import Concurrency
import Meshes
import Skulls
public import Volumes

extension SkullChange {
  /// The change at every voxel of the first scan's bone that has a neighbour of no bone, in mm; 0 elsewhere, and where it
  /// is not compared.
  ///
  /// - Complexity: O(voxels), and of those at the surface the vertices nearby; 4 bytes a voxel.
  public func map(on bone: Mask, threads: Int = 1) -> Volume<Float> {
    let geometry = bone.geometry
    let sizes = geometry.sizes
    let compared = surface.vertices.indices.filter { !changes[$0].isNaN }
    let cells = PointCells(compared.map { SIMD3<Double>(surface.vertices[$0]) }, cell: 2)
    let reach = 1.5 * geometry.spacing.max() + 2
    let rows = bone.withBytes { bytes in
      Slabs.map(sizes.z, threads: threads) { planes -> [(Int, Float)] in
        var found: [(Int, Float)] = []
        for z in planes {
          for y in 0..<sizes.y {
            for x in 0..<sizes.x {
              let i = sizes.offset(x, y, z)
              guard bytes[i] != 0 else { continue }
              let isInner =
                x > 0 && y > 0 && z > 0 && x + 1 < sizes.x && y + 1 < sizes.y && z + 1 < sizes.z
                && bytes[i - 1] != 0 && bytes[i + 1] != 0 && bytes[i - sizes.x] != 0
                && bytes[i + sizes.x] != 0 && bytes[i - sizes.x * sizes.y] != 0
                && bytes[i + sizes.x * sizes.y] != 0
              guard !isInner else { continue }
              let p = geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
              guard let nearest = cells.nearest(to: p, within: reach) else { continue }
              found.append((i, changes[compared[nearest]]))
            }
          }
        }
        return found
      }.flatMap { $0 }
    }
    return Volume(on: geometry) { out in
      out.update(repeating: 0)
      for (i, change) in rows { out[i] = change }
    }
  }
}
