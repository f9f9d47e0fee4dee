import Concurrency
public import Volumes

extension Mask {
  /// How many voxels of the mask have none of their 26 neighbours in it.
  ///
  /// - Complexity: a pass, eight voxels at a time where there are none, and up to 26 neighbours of each voxel of the mask.
  public func loneVoxelCount(threads: Int = 1) -> Int {
    let sizes = sizes
    return withBytes { bytes in
      let bytes = bytes.baseAddress!
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
      return Slabs.map(sizes.y * sizes.z, threads: threads) { rows in
        var count = 0
        for row in rows {
          let first = UnsafeRawPointer(bytes + row * sizes.x)
          var x = 0
          while x < sizes.x {
            if x + 8 <= sizes.x, first.loadUnaligned(fromByteOffset: x, as: UInt64.self) == 0 {
              x += 8
              continue
            }
            if first.load(fromByteOffset: x, as: UInt8.self) != 0,
              isLone(x, row % sizes.y, row / sizes.y)
            {
              count += 1
            }
            x += 1
          }
        }
        return count
      }.reduce(0, +)
    }
  }
}
