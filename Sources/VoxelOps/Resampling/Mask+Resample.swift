public import Errors
public import Volumes

/// Resampling of masks: nearest voxels give a mask again, means give the part of each voxel that is
/// inside. Conventions as for volumes; outside the source's box nothing is inside.
extension Mask {
  /// The mask on another grid, each voxel as the nearest one of this grid.
  ///
  /// - Throws: `Diagnostic` with code `singularGeometry` where a grid does not span space.
  /// - Complexity: O(result); one new mask.
  public func resampled(onto grid: Geometry, threads: Int = 1) throws(Diagnostic) -> Mask {
    nearest(try GridMap(from: geometry, to: grid), grid, threads)
  }

  /// The mask at other sizes over the same box; geometry as ``Geometry/resized(to:)`` says.
  ///
  /// - Complexity: O(result); one new mask.
  public func resampled(toSizes sizes: GridSize, threads: Int = 1) -> Mask {
    nearest(GridMap(resizing: self.sizes, to: sizes), geometry.resized(to: sizes), threads)
  }

  /// The mask at another spacing in mm; geometry as ``Geometry/respaced(to:)`` says.
  ///
  /// - Throws: `Diagnostic` with code `badSize` or `singularGeometry`.
  /// - Complexity: O(result); one new mask.
  public func resampled(
    toSpacing spacing: SIMD3<Double>, threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    try resampled(onto: geometry.respaced(to: spacing), threads: threads)
  }

  /// The part of each voxel of another grid that is inside, from 0 to 1.
  ///
  /// - Parameter interpolation: linear or area; nearest gives 0 and 1, and cubic a little beyond both at edges.
  /// - Throws: `Diagnostic` with code `singularGeometry` where a grid does not span space.
  /// - Complexity: as ``Volume/resampled(onto:by:background:threads:)``; 4 bytes a voxel.
  public func fraction(
    onto grid: Geometry, by interpolation: Interpolation, threads: Int = 1
  ) throws(Diagnostic) -> Volume<Float> {
    fraction(try GridMap(from: geometry, to: grid), grid, interpolation, threads)
  }

  /// The part of each voxel that is inside, at other sizes over the same box.
  ///
  /// - Parameter interpolation: linear or area; nearest gives 0 and 1, and cubic a little beyond both at edges.
  /// - Complexity: as ``fraction(onto:by:threads:)``.
  public func fraction(
    toSizes sizes: GridSize, by interpolation: Interpolation, threads: Int = 1
  ) -> Volume<Float> {
    fraction(
      GridMap(resizing: self.sizes, to: sizes), geometry.resized(to: sizes), interpolation,
      threads)
  }

  private func nearest(_ map: GridMap, _ grid: Geometry, _ threads: Int) -> Mask {
    Mask(unwrittenOn: grid) { out in
      withBytes { bytes in
        NearestResampler(map: map, threads: threads).run(
          bytes.baseAddress!, out.baseAddress!, background: 0)
      }
    }
  }

  private func fraction(
    _ map: GridMap, _ grid: Geometry, _ interpolation: Interpolation, _ threads: Int
  ) -> Volume<Float> {
    Volume(unwrittenOn: grid) { out in
      if interpolation == .nearest {
        nearest(map, grid, threads).withBytes { bytes in
          for i in bytes.indices { out[i] = Float(bytes[i]) }
        }
      } else {
        withBytes { bytes in
          WeightedResampler(map: map, interpolation: interpolation, threads: threads)
            .run(mask: bytes.baseAddress!, out.baseAddress!)
        }
      }
    }
  }
}
