internal import Volumes
import Glibc

/// Directions spread evenly over the sphere.
package enum Directions {
  /// Direction `n` of `count`, from the top down a spiral; of length 1.
  ///
  /// *Source*: the Fibonacci lattice on the sphere.
  package static func even(_ n: Int, of count: Int) -> SIMD3<Double> {
    let z = 1 - 2 * (Double(n) + 0.5) / Double(count)
    let across = max(0, 1 - z * z).squareRoot()
    let turn =
      2 * Double.pi * (Double(n) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    return SIMD3(across * cos(turn), across * sin(turn), z)
  }

  /// A unit vector at right angles to another.
  package static func perpendicular(to a: SIMD3<Double>) -> SIMD3<Double> {
    let other = abs(a.x) < 0.8 ? SIMD3(1.0, 0, 0) : SIMD3(0.0, 1, 0)
    let p = a.cross(other)
    return p / p.length
  }
}
