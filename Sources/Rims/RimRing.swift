internal import Skulls
internal import Volumes

/// The surroundings of holes.
struct RimRing: Sendable {
  private let holes: PointCells
  /// How far from the holes it begins, in mm.
  let least: Double
  private let most: Double

  /// Between points that stand for a hole, in mm.
  private static let step = 2.0

  /// - Parameters:
  ///   - holes: voxels in them.
  ///   - least: how far from the voxels the ring begins, in mm.
  init(around holes: Mask, from least: Double, to most: Double) {
    let sizes = holes.sizes
    let spacing = holes.geometry.spacing
    func step(_ axis: Int) -> Int { max(1, Int(min(1e6, Self.step / spacing[axis]))) }
    let map = holes.geometry.lpsFromIndex
    let points = holes.withBytes { bytes in
      var points: [SIMD3<Double>] = []
      for z in stride(from: 0, to: sizes.z, by: step(2)) {
        for y in stride(from: 0, to: sizes.y, by: step(1)) {
          let row = sizes.offset(0, y, z)
          for x in stride(from: 0, to: sizes.x, by: step(0)) where bytes[row + x] != 0 {
            points.append(map * SIMD3(Double(x), Double(y), Double(z)))
          }
        }
      }
      return points
    }
    self.holes = PointCells(points, cell: 8)
    (self.least, self.most) = (least, most)
  }

  /// The distance of a point from the holes, in mm; nil outside of the ring.
  func distance(of p: SIMD3<Double>) -> Double? {
    guard let distance = holes.distance(to: p, within: most), distance >= least else { return nil }
    return distance
  }
}
