import Concurrency
import Volumes

extension AnyVolume {
  /// The volume with a number added to values from a bound on: in the type with a sign of the same width.
  ///
  /// What leaves the type's range is clamped.
  /// - Complexity: one pass; a copy of the voxels.
  func shifted(by number: Double, from bound: Double = -.infinity, threads: Int) -> AnyVolume {
    func open<Opened: TypedVolume>(_ volume: Opened) -> AnyVolume {
      switch scalarType {
      case .int8, .uint8, .int16, .uint16: moved(volume.typed, Int16.self)
      case .int32, .uint32: moved(volume.typed, Int32.self)
      case .int64, .uint64: moved(volume.typed, Int64.self)
      case .float: moved(volume.typed, Float.self)
      case .double: moved(volume.typed, Double.self)
      }
    }
    func moved<From: VoxelScalar, To: VoxelScalar>(_ volume: Volume<From>, _: To.Type) -> AnyVolume
    {
      AnyVolume(
        Volume<To>(unwrittenOn: volume.geometry) { out in
          let out = UncheckedVoxels(base: out.baseAddress!)
          volume.withVoxels { voxels in
            let voxels = UncheckedVoxels(base: UnsafeMutablePointer(mutating: voxels.baseAddress!))
            Slabs.run(volume.sizes.count, threads: threads) { slab in
              for i in slab {
                let value = voxels.base[i].doubleValue
                (out.base + i).initialize(to: To(nearest: value >= bound ? value + number : value))
              }
            }
          }
        })
    }
    return open(base)
  }
}

/// The voxels of a slab; each is touched by one thread.
// Sendable, as the slabs that write do not overlap and those that read do not write.
private struct UncheckedVoxels<Voxel: VoxelScalar>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Voxel>
}
