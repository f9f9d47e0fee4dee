/// Where a grid lies: sizes, space, directions and origin, as its file states them.
///
/// *Units*: mm. *Convention*: integer indices are voxel centres; the world point of index (i, j, k)
/// is `origin + directions · (i, j, k)`. Directions and origin are in the coordinates of `space`, so
/// that a file gets back exactly what it said; everything that compares or measures uses LPS.
public struct Geometry: Hashable, Sendable {
  /// How much of the placement the source stated.
  public enum Placement: String, Hashable, Sendable {
    /// The direction of every axis, so spacing and orientation are known.
    case directions
    /// Spacings only: axes along x, y, z, origin unknown.
    case spacings
    /// Nothing: a spacing of 1 mm is assumed, with axes along x, y, z.
    case none
  }

  /// Sizes along x, y, z in voxels.
  public var sizes: GridSize
  /// What the coordinates mean; nil where the source names no space.
  public var space: Space?
  /// Columns: the step of one voxel along x, y, z, in mm of `space`. May be oblique or left-handed.
  public var directions: Matrix3
  /// The centre of voxel (0, 0, 0), in mm of `space`.
  public var origin: SIMD3<Double>
  /// How much of the above the source stated.
  public var placement: Placement

  /// A placement by directions and origin, both in mm of `space`.
  public init(
    sizes: GridSize, space: Space?, directions: Matrix3, origin: SIMD3<Double> = .zero,
    placement: Placement = .directions
  ) {
    self.sizes = sizes
    self.space = space
    self.directions = directions
    self.origin = origin
    self.placement = placement
  }

  /// An LPS grid along the axes, mostly for tests.
  public init(sizes: GridSize, spacing: SIMD3<Double> = SIMD3(1, 1, 1)) {
    self.init(
      sizes: sizes, space: .leftPosteriorSuperior, directions: Matrix3(diagonal: spacing))
  }

  /// The distance between neighbouring voxel centres along each axis, in mm.
  public var spacing: SIMD3<Double> {
    SIMD3(directions[0].length, directions[1].length, directions[2].length)
  }

  /// The volume of one voxel in mm³.
  public var voxelVolume: Double { abs(directions.determinant) }

  /// Index → world, in LPS mm.
  public var lpsFromIndex: Affine {
    let signs = space?.signsToLPS ?? SIMD3(1, 1, 1)
    return Affine(
      linear: Matrix3(directions[0] * signs, directions[1] * signs, directions[2] * signs),
      translation: origin * signs)
  }

  /// World in LPS mm → index, or nil where the directions do not span space.
  public var indexFromLPS: Affine? { lpsFromIndex.inverse }

  /// Whether the axes are orthogonal to each other, to 1e-6 of their lengths.
  public var isOrthogonal: Bool {
    let (a, b, c) = directions.columns
    func skewed(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> Bool {
      abs(u.dot(v)) > 1e-6 * u.length * v.length
    }
    return !skewed(a, b) && !skewed(a, c) && !skewed(b, c)
  }

  /// The largest distance in mm between the corners of this grid and the same corners of another,
  /// or nil where the sizes differ.
  ///
  /// Two grids count as the same below 1e-3 mm.
  public func mismatch(with other: Geometry) -> Double? {
    guard sizes == other.sizes else { return nil }
    let (a, b) = (lpsFromIndex, other.lpsFromIndex)
    var worst = 0.0
    for corner in 0..<8 {
      let index = SIMD3(
        Double(corner & 1 != 0 ? sizes.x - 1 : 0), Double(corner & 2 != 0 ? sizes.y - 1 : 0),
        Double(corner & 4 != 0 ? sizes.z - 1 : 0))
      let distance = (a * index - b * index).length
      // `max` would drop what is not a number.
      if distance.isNaN { return .infinity }
      worst = max(worst, distance)
    }
    return worst
  }
}
