public import Errors
public import Volumes

extension Geometry {
  /// The grid of other sizes that fills the same box.
  ///
  /// The box is that of the voxels, from face to face, so the outermost centres move: steps become
  /// old step · old size / new size, and the origin moves by (new step/old step − 1)/2 old steps
  /// along each axis. What the source stated (`placement`, `space`) stays.
  ///
  /// *Units*: mm of `space`. Oblique and left-handed grids keep their axes.
  public func resized(to sizes: GridSize) -> Geometry {
    var new = self
    new.sizes = sizes
    for axis in 0..<3 where sizes[axis] != self.sizes[axis] {
      let ratio = Double(self.sizes[axis]) / Double(sizes[axis])
      new.directions[axis] = directions[axis] * ratio
      new.origin += directions[axis] * ((ratio - 1) / 2)
    }
    return new
  }

  /// The grid of another spacing about the same centre.
  ///
  /// Sizes are old size · old spacing / new spacing, rounded (half away from 0), at least 1; the box
  /// is therefore up to half a voxel larger or smaller on each side, and its centre stays. The axes
  /// keep their directions.
  ///
  /// *Units*: mm.
  /// - Throws: `Diagnostic` with code `badSize` where a spacing is not positive or the grid would
  ///   have more voxels than can be counted, `singularGeometry` where an axis has no length.
  public func respaced(to spacing: SIMD3<Double>) throws(Diagnostic) -> Geometry {
    var sizes = SIMD3<Int>.zero
    var new = self
    for axis in 0..<3 {
      let (old, wanted) = (self.spacing[axis], spacing[axis])
      guard wanted > 0, wanted.isFinite else {
        throw Diagnostic(
          .badSize, field: "spacing", expected: "a positive number of mm", found: "\(wanted)",
          remedy: "give one")
      }
      guard old > 0, old.isFinite else {
        throw Diagnostic(
          .singularGeometry, field: "space directions",
          expected: "a length above 0 along axis \(axis)", found: "\(old) mm",
          remedy: "correct the header or resample to sizes instead")
      }
      let size = (Double(self.sizes[axis]) * old / wanted).rounded()
      guard size < 2_147_483_648 else {
        throw Diagnostic(
          .badSize, field: "spacing", expected: "fewer than 2147483648 voxels along axis \(axis)",
          found: "\(size) at \(wanted) mm", remedy: "choose a larger spacing")
      }
      sizes[axis] = max(1, Int(size))
      new.directions[axis] = directions[axis] * (wanted / old)
    }
    guard !(sizes.x * sizes.y).multipliedReportingOverflow(by: sizes.z).overflow else {
      throw Diagnostic(
        .badSize, field: "spacing", expected: "a grid that can be counted",
        found: "\(sizes) voxels", remedy: "choose a larger spacing")
    }
    new.sizes = GridSize(sizes.x, sizes.y, sizes.z)
    new.origin = origin
    for axis in 0..<3 {
      new.origin += directions[axis] * (Double(self.sizes[axis] - 1) / 2)
      new.origin -= new.directions[axis] * (Double(sizes[axis] - 1) / 2)
    }
    return new
  }
}
