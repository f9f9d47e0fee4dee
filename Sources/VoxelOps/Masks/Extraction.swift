public import Volumes

extension Volume {
  /// The part of the volume that a box holds; where the box reaches beyond the grid the background.
  ///
  /// *Shape*: that of the box; every voxel stays where it lies in space.
  /// - Complexity: one pass over the box; one new volume.
  /// - Precondition: the box is not empty.
  public func extracting(_ box: IndexBox, background: Double = 0) -> Volume {
    let filler = Voxel(nearest: background)
    let (sizes, extent) = (sizes, box.extent)
    let inside = box.clipped(to: IndexBox(sizes))
    return Volume(unwrittenOn: geometry.cropped(to: box)) { out in
      let out = out.baseAddress!
      if inside != box {
        out.update(repeating: filler, count: extent.x * extent.y * extent.z)
      }
      guard !inside.isEmpty else { return }
      withVoxels { voxels in
        for z in inside.lower.z..<inside.upper.z {
          for y in inside.lower.y..<inside.upper.y {
            let to = ((z - box.lower.z) * extent.y + y - box.lower.y) * extent.x
            (out + to + inside.lower.x - box.lower.x).update(
              from: voxels.baseAddress! + sizes.offset(inside.lower.x, y, z),
              count: inside.extent.x)
          }
        }
      }
    }
  }
}

extension AnyVolume {
  /// The part of the volume that a box holds; see `Volume.extracting(_:background:)`.
  public func extracting(_ box: IndexBox, background: Double = 0) -> AnyVolume {
    func open(_ volume: some TypedVolume) -> AnyVolume {
      AnyVolume(volume.typed.extracting(box, background: background))
    }
    return open(base)
  }
}

extension Mask {
  /// The part of the mask that a box holds; nothing is beyond the grid.
  ///
  /// - Complexity: one pass over the box; one new mask.
  /// - Precondition: the box is not empty.
  public func extracting(_ box: IndexBox) -> Mask {
    let part = asVolume.extracting(box)
    return Mask(unwrittenOn: part.geometry) { out in
      part.withVoxels { out.baseAddress!.update(from: $0.baseAddress!, count: $0.count) }
    }
  }

  /// The smallest box that holds the mask and `margin` mm more on every side; nil where it is empty.
  ///
  /// The box may reach beyond the grid; clip it to stay inside, or let `extracting` pad.
  /// - Complexity: one pass.
  /// - Precondition: the margin is not negative.
  public func contentBox(margin: Double = 0, threads: Int = 1) -> IndexBox? {
    precondition(margin >= 0, "a margin that is negative or no number")
    guard let box = boundingBox(threads: threads) else { return nil }
    func steps(_ axis: Int) -> Int {
      let steps = (margin / geometry.spacing[axis] - GridMap.tolerance).rounded(.up)
      // A grid's length at most: more is nothing but background.
      return steps > 0 ? (steps < Double(sizes[axis]) ? Int(steps) : sizes[axis]) : 0
    }
    return box.expanded(by: SIMD3(steps(0), steps(1), steps(2)))
  }
}
