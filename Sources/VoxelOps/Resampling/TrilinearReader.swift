public import Volumes

/// Reads floats between the centres of a grid's voxels, trilinearly; beyond the outermost it is as on them.
///
/// Single points, in loops: `resampled(onto:)` is for whole grids.
public struct TrilinearReader: Sendable {
  @usableFromInline let right, up, far: Int
  @usableFromInline let cellX, cellY, cellZ: Int
  @usableFromInline let lastX, lastY, lastZ: Float
  @usableFromInline let endX, endY, endZ: Double

  /// Where a point lies: the offset of the lowest of the eight voxels around it, and the way to the next ones.
  public struct Place {
    @usableFromInline let offset: Int
    @usableFromInline let x, y, z: Float

    @inlinable @inline(__always)
    init(_ offset: Int, _ x: Float, _ y: Float, _ z: Float) {
      (self.offset, self.x, self.y, self.z) = (offset, x, y, z)
    }
  }

  /// - Parameter margin: how far before the last voxels a point beyond them is read, in voxels.
  public init(_ sizes: GridSize, margin: Double = 0) {
    (right, up, far) = (
      sizes.x > 1 ? 1 : 0, sizes.y > 1 ? sizes.x : 0, sizes.z > 1 ? sizes.x * sizes.y : 0
    )
    (cellX, cellY, cellZ) = (max(0, sizes.x - 2), max(0, sizes.y - 2), max(0, sizes.z - 2))
    (endX, endY, endZ) = (
      Double(sizes.x - 1) - margin, Double(sizes.y - 1) - margin, Double(sizes.z - 1) - margin
    )
    let small = Float(margin)
    (lastX, lastY, lastZ) = (
      Float(sizes.x - 1) - small, Float(sizes.y - 1) - small, Float(sizes.z - 1) - small
    )
  }

  /// The place of an index between voxels.
  @inlinable @inline(__always)
  public func place(_ i: Float, _ j: Float, _ k: Float) -> Place {
    let (i, j, k) = (min(max(i, 0), lastX), min(max(j, 0), lastY), min(max(k, 0), lastZ))
    let (a, b, c) = (min(Int(i), cellX), min(Int(j), cellY), min(Int(k), cellZ))
    return Place(a + up * b + far * c, i - Float(a), j - Float(b), k - Float(c))
  }

  /// The place of an index between voxels.
  @inlinable @inline(__always)
  public func place(_ i: Double, _ j: Double, _ k: Double) -> Place {
    let (i, j, k) = (min(max(i, 0), endX), min(max(j, 0), endY), min(max(k, 0), endZ))
    let (a, b, c) = (min(Int(i), cellX), min(Int(j), cellY), min(Int(k), cellZ))
    return Place(
      a + up * b + far * c, Float(i - Double(a)), Float(j - Double(b)), Float(k - Double(c)))
  }

  /// The value at a place.
  ///
  /// - Parameter values: those of the grid that the reader was made for, x fastest.
  @inlinable @inline(__always)
  public func value(_ values: UnsafePointer<Float>, at p: Place) -> Float {
    let at = values + p.offset
    let near = at[0] + p.x * (at[right] - at[0])
    let above = at[up] + p.x * (at[up + right] - at[up])
    let behind = at[far] + p.x * (at[far + right] - at[far])
    let last = at[far + up] + p.x * (at[far + up + right] - at[far + up])
    let front = near + p.y * (above - near)
    return front + p.z * (behind + p.y * (last - behind) - front)
  }
}
