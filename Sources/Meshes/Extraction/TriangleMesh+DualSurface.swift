public import Volumes

extension TriangleMesh {
  /// The surface of a mask of either family: closed, with every edge in exactly two triangles and one fan of triangles at
  /// every vertex, for any mask.
  ///
  /// Voxels that touch along an edge are joined, voxels that touch only at a corner are not, in both families.
  public init(surfaceOf mask: Mask, family: SurfaceFamily, threads: Int = 1) {
    switch family {
    case .cubes: self.init(surfaceOf: mask, threads: threads)
    case .dual:
      self =
        DualExtraction(
          BitGrid(mask, threads: threads), mask.geometry.lpsFromIndex, threads: threads
        ).mesh()
    }
  }

  /// The surface of either family where a field falls below a level, as ``init(surfaceOf:below:threads:)``.
  ///
  /// A vertex of the dual family lies where the field, taken as trilinear in its cube, has the level; as near to the mean
  /// of the places on the cube's edges as one step along the slope comes.
  public init(
    surfaceOf field: Volume<Float>, family: SurfaceFamily, below level: Float = 0,
    threads: Int = 1
  ) {
    switch family {
    case .cubes: self.init(surfaceOf: field, below: level, threads: threads)
    case .dual:
      let inside = Mask(below: level, in: field, threads: threads)
      let grid = BitGrid(inside, threads: threads)
      self = field.withVoxels { values in
        DualExtraction(
          grid, field.geometry.lpsFromIndex, threads: threads,
          field: LevelCrossing(
            values: values.baseAddress!, sizes: field.sizes, level: level)
        ).mesh()
      }
    }
  }
}
