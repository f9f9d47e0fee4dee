import Glibc
import Volumes

/// Three axes at right angles whose coordinates are whole numbers over one length: points on a grid along them can be written
/// with numbers of 32 bits exactly.
///
/// A plane along such a grid is a plane in a file too; rounded, its vertices would lie beside it here and there, and programs
/// that look for triangles that cross each other take that for crossings.
/// *Source*: rotations by quaternions of whole numbers (Euler 1771).
struct RationalFrame {
  /// The axes, each of `length`, right-handed; whole numbers.
  let axes: Matrix3
  let length: Double

  /// Quaternions are rounded to whole numbers at these lengths, turned about the direction by so many angles.
  private static let lengths = 1...24
  private static let turns = 180
  /// What a longer one costs, as an angle in radians; cells whose sides are no small numbers come out larger or smaller.
  private static let costOfLength = 1e-5

  /// A frame whose third axis is that of a direction, given with length 1, to 2° and mostly to half a degree.
  init(near way: SIMD3<Double>) {
    var best = (cost: Double.infinity, axes: Matrix3.identity, length: 1.0)
    // From z to the direction.
    let to = SIMD4(1 + way.z, -way.y, way.x, 0)
    let size = (to * to).sum().squareRoot()
    let base = size > 1e-6 ? to / size : SIMD4(0, 1, 0, 0)
    for turn in 0..<Self.turns {
      let angle = Double.pi * Double(turn) / Double(Self.turns)
      let (c, s) = (cos(angle), sin(angle))
      let turned = SIMD4(
        base[0] * c, base[1] * c + base[2] * s, base[2] * c - base[1] * s, base[0] * s)
      for scale in Self.lengths {
        let q = (Double(scale) * turned).rounded(.toNearestOrAwayFromZero)
        let (axes, length) = Self.rotation(q[0], q[1], q[2], q[3])
        let away = axes[2].cross(way).length / length
        let cost = away + Self.costOfLength * length
        if axes[2].dot(way) > 0, cost < best.cost { best = (cost, axes, length) }
      }
    }
    (axes, length) = (best.axes, best.length)
  }

  private static func rotation(
    _ w: Double, _ x: Double, _ y: Double, _ z: Double
  ) -> (Matrix3, Double) {
    let length = w * w + x * x + y * y + z * z
    return (
      Matrix3(
        SIMD3(w * w + x * x - y * y - z * z, 2 * (x * y + w * z), 2 * (x * z - w * y)),
        SIMD3(2 * (x * y - w * z), w * w - x * x + y * y - z * z, 2 * (y * z + w * x)),
        SIMD3(2 * (x * z + w * y), 2 * (y * z - w * x), w * w - x * x - y * y + z * z)),
      length
    )
  }

  /// The axes with length 1.
  var unitAxes: Matrix3 { Matrix3(axes[0] / length, axes[1] / length, axes[2] / length) }

  /// Steps along the axes from cell to cell, of a side in mm that is nearly the one that is asked for.
  ///
  /// - Parameter furthest: how far from the origin points may lie, in mm.
  func cell(ofSide side: Double, upTo furthest: Double) -> (steps: Matrix3, side: Double) {
    let step = Self.step(upTo: furthest)
    let scale = max(1, (side / length / step).rounded()) * step
    return (Matrix3(scale * axes[0], scale * axes[1], scale * axes[2]), scale * length)
  }

  /// The nearest point from which cells lead to points that numbers of 32 bits hold.
  func point(_ p: SIMD3<Double>, upTo furthest: Double) -> SIMD3<Double> {
    let step = Self.step(upTo: furthest)
    return step * (p / step).rounded(.toNearestOrAwayFromZero)
  }

  /// Twice the step of numbers of 32 bits there, for points half-way between cells.
  private static func step(upTo furthest: Double) -> Double { 2 * Double(Float(furthest).ulp) }
}
