public import Volumes

/// Masks as networks take them: one bit a voxel, the lowest bit of a byte first.
///
/// *Memory order*: (sample, x, y, z), z fastest, every sample beginning at a byte; a ``Mask`` has x
/// fastest.
public enum PackedMasks {
  /// Bytes of a sample of so many voxels.
  public static func byteCount(voxels: Int) -> Int { (voxels + 7) / 8 }

  /// The bits of a mask.
  ///
  /// - Complexity: O(voxels).
  public static func pack(_ mask: Mask) -> [UInt8] {
    let (nx, ny, nz) = (mask.sizes.x, mask.sizes.y, mask.sizes.z)
    return mask.withBytes { bytes in
      [UInt8](unsafeUninitializedCapacity: byteCount(voxels: bytes.count)) { bits, initialized in
        initialized = byteCount(voxels: bytes.count)
        bits.initialize(repeating: 0)
        var place = 0
        for x in 0..<nx {
          for y in 0..<ny {
            var at = x + nx * y
            for _ in 0..<nz {
              bits[place &>> 3] |= (bytes[at] & 1) &<< UInt8(truncatingIfNeeded: place & 7)
              place &+= 1
              at &+= nx &* ny
            }
          }
        }
      }
    }
  }

  /// The mask of some bits.
  ///
  /// - Precondition: as many bytes as the grid's voxels take.
  /// - Complexity: O(voxels).
  public static func unpack(_ bits: some RandomAccessCollection<UInt8>, on geometry: Geometry)
    -> Mask
  {
    let bits = Array(bits)
    let (nx, ny, nz) = (geometry.sizes.x, geometry.sizes.y, geometry.sizes.z)
    precondition(bits.count == byteCount(voxels: geometry.sizes.count), "bits and sizes differ")
    return Mask(on: geometry) { bytes in
      bits.withUnsafeBufferPointer { bits in
        var place = 0
        for x in 0..<nx {
          for y in 0..<ny {
            var at = x + nx * y
            for _ in 0..<nz {
              bytes[at] = (bits[place &>> 3] &>> UInt8(truncatingIfNeeded: place & 7)) & 1
              place &+= 1
              at &+= nx &* ny
            }
          }
        }
      }
    }
  }

  /// A network's output of one sample, (x, y, z) with z fastest, as a volume.
  ///
  /// - Precondition: as many values as the grid has voxels.
  public static func volume(_ values: some RandomAccessCollection<Float>, on geometry: Geometry)
    -> Volume<Float>
  {
    let values = Array(values)
    let (nx, ny, nz) = (geometry.sizes.x, geometry.sizes.y, geometry.sizes.z)
    precondition(values.count == geometry.sizes.count, "values and sizes differ")
    return Volume(on: geometry) { voxels in
      values.withUnsafeBufferPointer { values in
        var place = 0
        for x in 0..<nx {
          for y in 0..<ny {
            var at = x + nx * y
            for _ in 0..<nz {
              voxels[at] = values[place]
              place &+= 1
              at &+= nx &* ny
            }
          }
        }
      }
    }
  }
}
