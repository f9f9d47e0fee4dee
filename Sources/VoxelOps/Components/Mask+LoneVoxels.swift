public import Volumes

extension Mask {
  /// How many voxels of the mask have none of their 26 neighbours in it.
  ///
  /// - Complexity: a pass, and up to 26 neighbours of each voxel of the mask.
  public func loneVoxelCount() -> Int {
    let sizes = sizes
    return withBytes { bytes in
      func isLone(_ x: Int, _ y: Int, _ z: Int) -> Bool {
        for k in max(0, z - 1)...min(sizes.z - 1, z + 1) {
          for j in max(0, y - 1)...min(sizes.y - 1, y + 1) {
            for i in max(0, x - 1)...min(sizes.x - 1, x + 1)
            where bytes[sizes.offset(i, j, k)] != 0 && (i, j, k) != (x, y, z) {
              return false
            }
          }
        }
        return true
      }
      var count = 0
      var at = 0
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            if bytes[at] != 0, isLone(x, y, z) { count += 1 }
            at += 1
          }
        }
      }
      return count
    }
  }
}
