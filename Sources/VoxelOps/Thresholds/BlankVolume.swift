public import Volumes
import Glibc

extension AnyVolume {
  /// The value that every voxel has, bit by bit; nil where there are others.
  ///
  /// - Complexity: one pass, ended by the first other value.
  public var onlyValue: Double? {
    func open(_ volume: some TypedVolume) -> Double? {
      volume.typed.withVoxels { voxels -> Double? in
        let raw = UnsafeRawBufferPointer(voxels)
        guard let first = voxels.first, let start = raw.baseAddress else { return nil }
        let step = raw.count / voxels.count
        // Every voxel equals the one before it.
        guard memcmp(start, start + step, raw.count - step) == 0 else { return nil }
        return first.doubleValue
      }
    }
    return open(base)
  }
}
