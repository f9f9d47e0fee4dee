import Concurrency
public import Volumes

extension Geometry {
  /// The part of the grid that a box of indices holds; its voxels lie where they lay.
  ///
  /// - Precondition: the box is not empty.
  public func cropped(to box: IndexBox) -> Geometry {
    var part = self
    part.sizes = GridSize(box.extent.x, box.extent.y, box.extent.z)
    part.origin =
      origin + directions
      * SIMD3(Double(box.lower.x), Double(box.lower.y), Double(box.lower.z))
    return part
  }
}

extension Mask {
  /// The voxels of a box, on a grid of that size.
  ///
  /// - Complexity: one pass over the box; one mask of its size.
  /// - Precondition: the box is not empty and lies in the grid.
  public func cropped(to box: IndexBox) -> Mask {
    precondition(box.clipped(to: IndexBox(sizes)) == box, "a box outside the grid")
    let (sizes, extent) = (sizes, box.extent)
    return Mask(unwrittenOn: geometry.cropped(to: box)) { out in
      withBytes { bytes in
        let (out, bytes) = (out.baseAddress!, bytes.baseAddress!)
        for z in 0..<extent.z {
          for y in 0..<extent.y {
            let from = sizes.offset(box.lower.x, box.lower.y + y, box.lower.z + z)
            (out + (z * extent.y + y) * extent.x).update(from: bytes + from, count: extent.x)
          }
        }
      }
    }
  }

  /// Adds the voxels of a mask that was cropped from this grid at a box.
  ///
  /// - Complexity: one pass over the part (and a copy of this mask where its memory is shared).
  /// - Precondition: the part has the size of the box, which lies in the grid.
  public mutating func formUnion(cropped part: Mask, at box: IndexBox, threads: Int = 1) {
    precondition(box.clipped(to: IndexBox(sizes)) == box, "a box outside the grid")
    let (sizes, extent) = (sizes, box.extent)
    precondition(part.sizes == GridSize(extent.x, extent.y, extent.z), "a part of another size")
    withMutableBytes { bytes in
      part.withBytes { part in
        let (bytes, part) = (bytes.baseAddress!, part.baseAddress!)
        Slabs.run(extent.z, threads: threads) { slab in
          for z in slab {
            for y in 0..<extent.y {
              let to = bytes + sizes.offset(box.lower.x, box.lower.y + y, box.lower.z + z)
              // Most rows of a part are empty: what they would be added to is not touched.
              RowRuns.forEach(in: part + (z * extent.y + y) * extent.x, count: extent.x) {
                start, end in
                (to + start).update(repeating: 1, count: end - start)
              }
            }
          }
        }
      }
    }
  }
}
