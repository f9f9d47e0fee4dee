/// A 3 × 3 matrix of doubles, stored as columns.
public struct Matrix3: Hashable, Sendable {
  /// The columns: the images of the unit vectors along x, y, z.
  public var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  /// A matrix of three columns.
  public init(_ x: SIMD3<Double>, _ y: SIMD3<Double>, _ z: SIMD3<Double>) { columns = (x, y, z) }

  /// The matrix with `d` on its diagonal: scales along x, y, z.
  public init(diagonal d: SIMD3<Double>) {
    self.init(SIMD3(d.x, 0, 0), SIMD3(0, d.y, 0), SIMD3(0, 0, d.z))
  }

  /// The identity matrix: maps every vector to itself.
  public static var identity: Matrix3 { Matrix3(diagonal: SIMD3(1, 1, 1)) }

  /// Column 0, 1 or 2.
  public subscript(column: Int) -> SIMD3<Double> {
    get { column == 0 ? columns.0 : column == 1 ? columns.1 : columns.2 }
    set {
      switch column {
      case 0: columns.0 = newValue
      case 1: columns.1 = newValue
      default: columns.2 = newValue
      }
    }
  }

  /// The product of a matrix and a column vector.
  public static func * (m: Matrix3, v: SIMD3<Double>) -> SIMD3<Double> {
    m.columns.0 * v.x + m.columns.1 * v.y + m.columns.2 * v.z
  }

  /// The matrix product: `b` is applied first, then `a`.
  public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    Matrix3(a * b.columns.0, a * b.columns.1, a * b.columns.2)
  }

  /// The determinant: negative when the columns are left-handed.
  public var determinant: Double { columns.0.dot(columns.1.cross(columns.2)) }

  /// Rows become columns; for a rotation, this is the inverse.
  public var transposed: Matrix3 {
    Matrix3(
      SIMD3(columns.0.x, columns.1.x, columns.2.x), SIMD3(columns.0.y, columns.1.y, columns.2.y),
      SIMD3(columns.0.z, columns.1.z, columns.2.z))
  }

  /// The inverse, or nil where the columns do not span space.
  public var inverse: Matrix3? {
    let d = determinant
    guard d != 0, d.isFinite else { return nil }
    let (a, b, c) = columns
    return Matrix3(b.cross(c) / d, c.cross(a) / d, a.cross(b) / d).transposed
  }

  public static func == (a: Matrix3, b: Matrix3) -> Bool {
    a.columns.0 == b.columns.0 && a.columns.1 == b.columns.1 && a.columns.2 == b.columns.2
  }

  /// Hashes all nine numbers, column by column.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(columns.0)
    hasher.combine(columns.1)
    hasher.combine(columns.2)
  }
}

extension SIMD3<Double> {
  /// The scalar product: |a| · |b| · cos of the angle between them.
  public func dot(_ other: SIMD3<Double>) -> Double { (self * other).sum() }

  /// The vector product: perpendicular to both, right-handed.
  public func cross(_ o: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x)
  }

  /// The Euclidean length, in the unit of the components.
  public var length: Double { dot(self).squareRoot() }
}
