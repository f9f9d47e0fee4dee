import Concurrency
import Volumes

extension Mask {
  /// The mask on a grid of half as many voxels along each axis, repeatedly, until it has at most
  /// `count` voxels; for pictures whose pixels are no finer.
  ///
  /// A coarse voxel is inside where at least three of its eight are: thin bone stays, specks go.
  ///
  /// - Complexity: one pass; an eighth of the mask's bytes.
  func coarser(toAtMost count: Int, threads: Int = 1) -> Mask {
    guard sizes.count > count else { return self }
    let s = sizes
    let half = GridSize((s.x + 1) / 2, (s.y + 1) / 2, (s.z + 1) / 2)
    var geometry = geometry
    geometry.origin += geometry.directions * SIMD3(0.5, 0.5, 0.5)
    geometry.directions = Matrix3(
      geometry.directions[0] * 2, geometry.directions[1] * 2, geometry.directions[2] * 2)
    geometry.sizes = half
    return withBytes { source in
      let source = Bytes(base: UnsafeMutablePointer(mutating: source.baseAddress!))
      return Mask(on: geometry) { target in
        let target = Bytes(base: target.baseAddress!)
        Slabs.run(half.z, threads: threads) { slab in
          for z in slab {
            for y in 0..<half.y {
              let row = target.base + half.x * (y + half.y * z)
              for k in 2 * z..<min(s.z, 2 * z + 2) {
                for j in 2 * y..<min(s.y, 2 * y + 2) {
                  let from = source.base + s.x * (j + s.y * k)
                  for i in 0..<s.x / 2 { row[i] &+= from[2 * i] &+ from[2 * i + 1] }
                  if s.x % 2 == 1 { row[half.x - 1] &+= from[s.x - 1] }
                }
              }
              for i in 0..<half.x { row[i] = row[i] >= 3 ? 1 : 0 }
            }
          }
        }
      }
    }.coarser(toAtMost: count, threads: threads)
  }

  private struct Bytes: @unchecked Sendable {
    // Invariant behind @unchecked: slabs write planes of their own.
    let base: UnsafeMutablePointer<UInt8>
  }
}
