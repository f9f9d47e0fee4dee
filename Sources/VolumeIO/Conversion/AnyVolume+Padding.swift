import Errors
import Volumes

extension AnyVolume {
  /// The volume with background around it, `margin` mm and up to a voxel more on each side; its voxels lie where they lay.
  ///
  /// Background is what most of the eight corners hold; of values as frequent, the least.
  /// - Throws: `Diagnostic` where the system does not give the memory.
  /// - Complexity: a copy.
  func padded(by margin: Double) throws(Diagnostic) -> AnyVolume {
    var steps = SIMD3(0, 0, 0)
    var voxels = 1.0
    for axis in 0..<3 {
      // NIfTI's spacings are rounded to floats.
      let step = (margin / geometry.spacing[axis] - 1e-4).rounded(.up)
      voxels *= Double(sizes[axis]) + 2 * step
      guard voxels * Double(scalarType.byteCount) < 1e15 else {
        throw Diagnostic(
          .tooLarge, field: "margin", expected: "a grid that memory holds",
          found: "voxels of \(geometry.spacing[axis]) mm, \(margin) mm on each side",
          remedy: "choose a smaller one")
      }
      steps[axis] = Int(step)
    }
    try VoxelMemory.require(Int(voxels) * scalarType.byteCount)
    var grid = geometry
    grid.sizes = GridSize(
      sizes.x + 2 * steps.x, sizes.y + 2 * steps.y, sizes.z + 2 * steps.z)
    grid.origin =
      geometry.origin - geometry.directions
      * SIMD3(Double(steps.x), Double(steps.y), Double(steps.z))
    func open<Opened: TypedVolume>(_ volume: Opened) -> AnyVolume {
      AnyVolume(volume.typed.laid(into: grid, at: steps))
    }
    return open(base)
  }
}

extension Volume {
  /// This volume in the midst of a larger one, which holds background elsewhere.
  fileprivate func laid(into grid: Geometry, at steps: SIMD3<Int>) -> Volume {
    let (inner, outer) = (sizes, grid.sizes)
    return Volume(unwrittenOn: grid) { out in
      withVoxels { voxels in
        var corners: [Voxel] = []
        for z in [0, inner.z - 1] {
          for y in [0, inner.y - 1] {
            for x in [0, inner.x - 1] { corners.append(voxels[inner.offset(x, y, z)]) }
          }
        }
        let background = corners.min { one, other in
          let counts = [one, other].map { value in
            corners.count { $0.doubleValue == value.doubleValue }
          }
          return counts[0] == counts[1]
            ? one.doubleValue < other.doubleValue : counts[0] > counts[1]
        }!
        out.initialize(repeating: background)
        for z in 0..<inner.z {
          for y in 0..<inner.y {
            let to = outer.offset(steps.x, y + steps.y, z + steps.z)
            (out.baseAddress! + to).update(
              from: voxels.baseAddress! + inner.offset(0, y, z), count: inner.x)
          }
        }
      }
    }
  }
}
