import Volumes

extension Mask {
  /// The mask on a grid of half as many voxels along each axis, repeatedly, until it has at most
  /// `count` voxels; for pictures whose pixels are no finer.
  ///
  /// A coarse voxel is inside where at least three of its eight are: thin bone stays, specks go.
  ///
  /// - Complexity: one pass; an eighth of the mask's bytes.
  func coarser(toAtMost count: Int) -> Mask {
    guard sizes.count > count else { return self }
    let s = sizes
    let half = GridSize((s.x + 1) / 2, (s.y + 1) / 2, (s.z + 1) / 2)
    var geometry = geometry
    geometry.origin += geometry.directions * SIMD3(0.5, 0.5, 0.5)
    geometry.directions = Matrix3(
      geometry.directions[0] * 2, geometry.directions[1] * 2, geometry.directions[2] * 2)
    geometry.sizes = half
    return withBytes { source in
      Mask(on: geometry) { target in
        for k in 0..<s.z {
          for j in 0..<s.y {
            let from = s.x * (j + s.y * k)
            let to = half.x * (j / 2 + half.y * (k / 2))
            for i in 0..<s.x { target[to + i / 2] += source[from + i] }
          }
        }
        for voxel in 0..<target.count { target[voxel] = target[voxel] >= 3 ? 1 : 0 }
      }
    }.coarser(toAtMost: count)
  }
}
