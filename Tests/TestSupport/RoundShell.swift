import Glibc

package import Volumes

/// A shell between two spheres with a round hole, and pieces that fill it: tables that are known at every point.
package struct RoundShell: Sendable {
  /// In mm.
  package var outer = 60.0
  package var inner = 54.0
  /// The hole's half angle at the middle, and the way to it, of length 1.
  package var hole = 0.5
  package var way = SIMD3(0.36, -0.48, 0.8)
  package var middle = SIMD3(3.1, -2.7, 1.3)

  package init() {}

  /// A grid around the shell.
  package func grid(_ spacing: SIMD3<Double>) -> Geometry {
    let edge = 2 * (outer + 12)
    func count(_ axis: Int) -> Int { Int(edge / spacing[axis]) + 1 }
    var grid = Geometry(sizes: GridSize(count(0), count(1), count(2)), spacing: spacing)
    grid.origin = middle - edge / 2
    return grid
  }

  /// The shell without what lies in the hole.
  package func bone(on grid: Geometry) -> Mask {
    mask(on: grid, from: inner, to: outer) { $0 > hole }
  }

  /// The piece that lies in the hole; by how many mm its tables lie further out, and by how many the piece is smaller
  /// at its edge.
  package func piece(
    on grid: Geometry, outer outwards: Double = 0, inner inwards: Double = 0, gap: Double = 0
  ) -> Mask {
    mask(on: grid, from: inner + inwards, to: outer + outwards) { $0 <= hole - gap / outer }
  }

  /// - Parameter isIn: of an angle from ``way``.
  private func mask(
    on grid: Geometry, from least: Double, to most: Double, where isIn: (Double) -> Bool
  ) -> Mask {
    let sizes = grid.sizes
    let start = grid.origin - middle
    let spacing = grid.spacing
    return Mask(on: grid) { bytes in
      var at = 0
      for k in 0..<sizes.z {
        for j in 0..<sizes.y {
          let (y, z) = (start.y + spacing.y * Double(j), start.z + spacing.z * Double(k))
          for i in 0..<sizes.x {
            let x = start.x + spacing.x * Double(i)
            let square = x * x + y * y + z * z
            if square <= most * most, square > least * least {
              let cosine = (x * way.x + y * way.y + z * way.z) / square.squareRoot()
              if isIn(Self.angle(cosine)) { bytes[at] = 1 }
            }
            at += 1
          }
        }
      }
    }
  }

  private static func angle(_ cosine: Double) -> Double { acos(max(-1, min(1, cosine))) }
}
