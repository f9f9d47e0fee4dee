public import Errors
public import Volumes

/// Resampling of volumes. A voxel of the result has the value of the source at the world point of
/// its centre. Points outside the box of the source's voxels (half a voxel beyond the outermost
/// centres) have the background value.
///
/// The voxel type is kept. Means are rounded half to even; those of 64-bit integers have the
/// precision of a double. The bytes are the same with any `threads`.
///
/// *Reference*: SimpleITK 2.5 `Resample` with `sitkNearestNeighbor`, `sitkLinear` and
/// `sitkBSpline`. Only ties differ: SimpleITK rounds half up, and rounding errors decide its
/// half-way points.
extension Volume {
  /// The volume on another grid, which may be oblique to its own.
  ///
  /// *Shape*: that of `grid`. The grids are related through LPS mm; without overlap, the result is
  /// all background.
  /// - Parameter background: clamped to the voxel type.
  /// - Throws: `Diagnostic` with code `singularGeometry` where a grid does not span space.
  /// - Complexity: O(result) for nearest; for linear and area O(result + rows of the source that
  ///   are used) between parallel grids, otherwise O(result), for area times the samples. One new
  ///   volume; if axes are exchanged, also a reordered copy of the source for all but nearest; for
  ///   cubic, 4 bytes per voxel of the source (8 for integers of more than 16 bits and for
  ///   doubles).
  public func resampled(
    onto grid: Geometry, by interpolation: Interpolation, background: Double = 0, threads: Int = 1
  ) throws(Diagnostic) -> Volume {
    let map = try GridMap(from: geometry, to: grid)
    return resampled(map, onto: grid, interpolation, Voxel(nearest: background), threads)
  }

  /// The volume at other sizes over the same box; geometry as ``Geometry/resized(to:)`` says.
  ///
  /// - Complexity: as ``resampled(onto:by:background:threads:)``.
  public func resampled(
    toSizes sizes: GridSize, by interpolation: Interpolation, threads: Int = 1
  ) -> Volume {
    let map = GridMap(resizing: self.sizes, to: sizes)
    return resampled(map, onto: geometry.resized(to: sizes), interpolation, 0, threads)
  }

  /// The volume at another spacing in mm; geometry as ``Geometry/respaced(to:)`` says.
  ///
  /// - Parameter background: what the result may have beyond the old box; see
  ///   ``Geometry/respaced(to:)``.
  /// - Throws: `Diagnostic` with code `badSize` or `singularGeometry`.
  /// - Complexity: as ``resampled(onto:by:background:threads:)``.
  public func resampled(
    toSpacing spacing: SIMD3<Double>, by interpolation: Interpolation, background: Double = 0,
    threads: Int = 1
  ) throws(Diagnostic) -> Volume {
    try resampled(
      onto: geometry.respaced(to: spacing), by: interpolation, background: background,
      threads: threads)
  }

  private func resampled(
    _ map: GridMap, onto grid: Geometry, _ interpolation: Interpolation, _ background: Voxel,
    _ threads: Int
  ) -> Volume {
    Volume(unwrittenOn: grid) { out in
      withVoxels { voxels in
        let (from, to) = (voxels.baseAddress!, out.baseAddress!)
        // Of a cubic spline the values at the centres are known exactly.
        if interpolation == .nearest || interpolation == .cubic && map.meetsCentres {
          NearestResampler(map: map, threads: threads).run(from, to, background: background)
        } else {
          WeightedResampler(map: map, interpolation: interpolation, threads: threads)
            .run(Voxel.scalarType, from, to, background: background.doubleValue)
        }
      }
    }
  }
}

extension AnyVolume {
  /// The volume on another grid; see ``Volume/resampled(onto:by:background:threads:)``.
  public func resampled(
    onto grid: Geometry, by interpolation: Interpolation, background: Double = 0, threads: Int = 1
  ) throws(Diagnostic) -> AnyVolume {
    func open<Opened: TypedVolume>(_ volume: Opened) throws(Diagnostic) -> AnyVolume {
      AnyVolume(
        try volume.typed.resampled(
          onto: grid, by: interpolation, background: background, threads: threads))
    }
    return try open(base)
  }

  /// The volume at other sizes over the same box; see ``Volume/resampled(toSizes:by:threads:)``.
  public func resampled(
    toSizes sizes: GridSize, by interpolation: Interpolation, threads: Int = 1
  ) -> AnyVolume {
    func open<Opened: TypedVolume>(_ volume: Opened) -> AnyVolume {
      AnyVolume(volume.typed.resampled(toSizes: sizes, by: interpolation, threads: threads))
    }
    return open(base)
  }

  /// The volume at another spacing in mm; see ``Geometry/respaced(to:)``.
  ///
  /// - Throws: `Diagnostic` with code `badSize` or `singularGeometry`.
  public func resampled(
    toSpacing spacing: SIMD3<Double>, by interpolation: Interpolation, background: Double = 0,
    threads: Int = 1
  ) throws(Diagnostic) -> AnyVolume {
    try resampled(
      onto: geometry.respaced(to: spacing), by: interpolation, background: background,
      threads: threads)
  }
}
