import Concurrency
import Volumes

extension AnyVolume {
  /// Mixes each voxel of three quarters of itself and an eighth of each neighbour along each of some axes.
  ///
  /// Outside the grid, the values of its border are used; what is rounded, is rounded after each axis.
  /// - Complexity: a pass an axis, and a slice of floats a thread; a copy of the voxels where another volume shares them.
  mutating func mix(along axes: [Int], threads: Int) {
    let (sizes, type) = (sizes, scalarType)
    withMutableBytes { bytes in
      let mixing = VoxelMixing(voxels: bytes.baseAddress!, sizes: sizes, threads: threads)
      for axis in axes { mixing.run(axis, type) }
    }
  }
}

/// The loops of ``AnyVolume/mix(along:threads:)``, one concrete copy a type.
// Sendable, as no two threads touch the same line of voxels.
private struct VoxelMixing: @unchecked Sendable {
  let voxels: UnsafeMutableRawPointer
  let sizes: GridSize
  let threads: Int

  func run(_ axis: Int, _ type: ScalarType) {
    switch type {
    case .int8: mix(Int8.self, axis)
    case .uint8: mix(UInt8.self, axis)
    case .int16: mix(Int16.self, axis)
    case .uint16: mix(UInt16.self, axis)
    case .int32: mix(Int32.self, axis)
    case .uint32: mix(UInt32.self, axis)
    case .int64: mix(Int64.self, axis)
    case .uint64: mix(UInt64.self, axis)
    case .float: mix(Float.self, axis)
    case .double: mix(Double.self, axis)
    }
  }

  /// Along an axis, voxels lie in blocks of `count` rows of `width` voxels.
  @inline(__always)
  private func mix<Known: VoxelScalar>(_: Known.Type, _ axis: Int) {
    let base = voxels.assumingMemoryBound(to: Known.self)
    let width = axis == 0 ? 1 : axis == 1 ? sizes.x : sizes.x * sizes.y
    let count = sizes[axis]
    let blocks = sizes.count / (width * count)
    func rows(
      _ start: UnsafeMutablePointer<Known>, _ columns: Int, _ before: UnsafeMutablePointer<Float>
    ) {
      for i in 0..<columns { before[i] = Float(start[i].doubleValue) }
      for row in 0..<count {
        let here = start + row * width
        let after = row + 1 < count ? here + width : here
        for i in 0..<columns {
          let value = Float(here[i].doubleValue)
          let mixed = 0.75 * value + 0.125 * (before[i] + Float(after[i].doubleValue))
          before[i] = value
          here[i] = Known(nearest: Double(mixed))
        }
      }
    }
    let isOne = blocks == 1
    Slabs.run(isOne ? width : blocks, threads: threads) { slab in
      let columns = isOne ? slab.count : width
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { before in
        if isOne {
          rows(base + slab.lowerBound, columns, before.baseAddress!)
        } else {
          for block in slab { rows(base + block * width * count, columns, before.baseAddress!) }
        }
      }
    }
  }
}
