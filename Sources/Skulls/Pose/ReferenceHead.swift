internal import Volumes
internal import VoxelOps

private import Glibc

/// A smooth head to lay others onto: where bone begins and ends on every way out of the middle of the
/// vault.
///
/// *Frame*: mm; x to the patient's left, y to the back, z to the top; the origin is the middle of the
/// vault. Symmetric about x = 0.
///
/// *Source*: spherical harmonics up to degree 10, fitted to measurements of one adult head (first and last
/// bone on 6,000 rays); fine enough to tell front from back and top from bottom, too coarse for more.
package struct ReferenceHead: Sendable {
  /// The head, made once.
  package static let standard = ReferenceHead()

  /// The edge of the cells of ``distance``, in mm.
  static let cell = 4.0

  /// The distance in mm from each cell to the nearest bone.
  let distance: CellField
  /// Points on the outside of the vault and on the floor, about 10 mm apart.
  let surface: [SIMD3<Double>]
  private let rays: Rays

  private init() {
    let half = SIMD3(100.0, 128, 116)
    let steps = (2 * half / Self.cell).rounded(.down)
    let sizes = GridSize(Int(steps.x) + 1, Int(steps.y) + 1, Int(steps.z) + 1)
    var grid = Geometry(sizes: sizes, spacing: SIMD3(repeating: Self.cell))
    grid.origin = -half
    rays = Rays()
    let bone = Mask(on: grid) { [rays] out in
      var i = 0
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let p = SIMD3(Double(x), Double(y), Double(z)) * Self.cell - half
            out[i] = rays.isBone(p.x, p.y, p.z) ? 1 : 0
            i += 1
          }
        }
      }
    }
    distance = CellField(bone.distances(), beyond: 30)
    // The outside of the vault, and the floor below it.
    surface = (0..<600).flatMap { n -> [SIMD3<Double>] in
      let direction = Directions.even(n, of: 600)
      var points: [SIMD3<Double>] = []
      if direction.z > -0.35 {
        points.append(Self.radius(Self.lastBone, along: direction) * direction)
      }
      if direction.z < 0.1 {
        points.append(Self.radius(Self.firstBone, along: direction) * direction)
      }
      return points
    }
  }

  /// Where bone begins and ends on rays 3° apart: sums of harmonics take long.
  private struct Rays: Sendable {
    private var ends: [(first: Double, last: Double)] = []

    init() {
      for row in 0...60 {
        for column in 0..<120 {
          let (down, turn) = (Double(row) * .pi / 60, Double(column) * .pi / 60)
          let direction = SIMD3(sin(down) * cos(turn), sin(down) * sin(turn), cos(down))
          let basis = SphericalHarmonics(degree: 10, along: direction)
          let first = basis.sum(firstBone)
          ends.append((first, max(basis.sum(lastBone), first + 4)))
        }
      }
    }

    func isBone(_ x: Double, _ y: Double, _ z: Double) -> Bool {
      let r = (x * x + y * y + z * z).squareRoot()
      guard r > 30, r < 140 else { return false }
      let row = Int((acos(z / r) * 60 / .pi).rounded())
      let column = (Int((atan2(y, x) * 60 / .pi).rounded()) + 120) % 120
      let (first, last) = ends[120 * row + column]
      return r >= first && r <= last
    }
  }

  /// Whether a point of its frame is bone.
  package func isBone(_ x: Double, _ y: Double, _ z: Double) -> Bool { rays.isBone(x, y, z) }

  private static func radius(_ table: [Double], along direction: SIMD3<Double>) -> Double {
    SphericalHarmonics(degree: 10, along: direction).sum(table)
  }

  /// The distance in mm at which a ray meets bone first.
  private static let firstBone = [
    245.21, 13.58, 6.57, -7.58, -21.39, 8.71, -4.42, 10.17, 7.24, -2.82, 0.09, -0.56, -0.98, -3.38,
    -2.27, 0.42, 1.91, -2.06, -0.17, 1.82, 0.42, 3.43, -2.03, 1.15, 5.26, -2.66, -0.59, -0.05,
    -1.10,
    -0.18, 1.70, -3.77, 1.74, 1.49, -0.49, -1.15, -0.57, 1.55, -0.81, 1.55, -0.18, -2.16, 0.43,
    0.94,
    0.50, 0.93, -0.89, -0.49, 0.16, -0.67, 1.07, 0.41, -0.75, -0.32, -0.61, 0.46, 0.28, -0.04,
    -0.50,
    0.41, -0.76, 0.13, 0.22, -0.50, 0.16, 0.18,
  ]

  /// The distance in mm at which it leaves bone for good.
  private static let lastBone = [
    283.32, 0.93, -6.28, -2.73, -5.20, 18.56, 1.57, 2.85, 0.73, -6.75, -7.18, -2.76, -1.40, -0.77,
    0.45, 1.31, 6.02, 2.71, 0.29, -1.03, 0.57, 5.50, -3.69, -3.76, 0.91, 0.01, -0.67, -0.51, -5.65,
    -2.30, 4.15, 1.39, -0.40, 0.54, 0.38, -0.83, 2.14, 5.43, -0.24, -2.48, -0.54, -0.13, 0.13, 0.50,
    1.23, 1.16, -3.94, -3.21, 1.13, 1.58, -0.04, -0.32, -0.69, -1.09, -1.78, -1.17, 0.34, 2.26,
    1.03,
    -1.34, -0.91, 0.06, 0.49, 0.58, 0.75, 1.35,
  ]
}
