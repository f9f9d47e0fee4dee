import Meshes
import Volumes
import VoxelOps

extension Volume<Float> {
  /// The part below 0 without tunnels through it, as far as that can be had: they are filled, or where bone
  /// on the way in forbids that, what leads around them is cut.
  ///
  /// - Parameters:
  ///   - barrier: where the part may be, below 0.
  ///   - least: the smallest further piece in mm³.
  ///   - largestCut: the area of a cut in mm²; a tunnel that would need a larger one stays.
  mutating func removeTunnels(
    within barrier: Volume<Float>, minPart least: Double, largestCut: Double = Self.largestCut,
    threads: Int
  ) {
    var left = tunnelCount(threads: threads)
    // What is full of them is no part; the gate says so.
    guard left <= Self.mostTunnels else { return }
    left = fillTunnels(left, within: barrier, threads: threads)
    let whole = countBelowZero(threads: threads)
    for _ in 0..<Self.rounds where left > 0 {
      var cut = tunnelsCut(by: Self.cut, area: largestCut, threads: threads)
      guard cut.keepParts(from: least, threads: threads) > 0,
        Double(cut.countBelowZero(threads: threads)) > Self.mostCut * Double(whole)
      else { return }
      let tunnels = cut.tunnelCount(threads: threads)
      guard tunnels < left else { return }
      (self, left) = (cut, tunnels)
    }
  }

  /// Fills tunnels as far as a barrier allows.
  /// - Parameter count: how many there are.
  /// - Returns: how many are left.
  mutating func fillTunnels(_ count: Int, within barrier: Volume<Float>, threads: Int) -> Int {
    var left = count
    for radius in Self.closings where left > 0 {
      var filled = closed(by: radius, within: barrier, threads: threads)
      filled.fillCavities(within: barrier, threads: threads)
      let tunnels = filled.tunnelCount(threads: threads)
      if tunnels < left { (self, left) = (filled, tunnels) }
    }
    return left
  }

  private static let mostTunnels = 64
  /// Radii in mm.
  private static let closings: [Float] = [1, 1.5, 2, 3, 4]
  private static let cut: Float = 0.75
  /// In mm²: a strut of some 8 mm, no plate.
  static var largestCut: Double { 60 }
  /// A cut can open a way that shares no face with what was there; then once more.
  private static let rounds = 3
  /// The share of the part that is left at least when it is cut.
  private static let mostCut = 0.85

  /// Tunnels through the surface of what is below 0.
  func tunnelCount(threads: Int) -> Int {
    let found = MeshCheck(TriangleMesh(surfaceOf: self, threads: threads))
    return found.genus ?? 0
  }

  /// The part with what a ball of so many mm cannot get into filled, as far as a barrier allows: a closing.
  func closed(by radius: Float, within barrier: Volume<Float>, threads: Int) -> Volume<Float> {
    let side = Float(geometry.spacing.x)
    let outside = negative(threads: threads).distances(threads: threads)
      .inside(from: radius + side / 2, threads: threads)
    let depth = outside.distances(threads: threads)
    var closed = self
    let count = sizes.count
    closed.withMutableVoxels { out in
      depth.withVoxels { depth in
        barrier.withVoxels { barrier in
          for i in 0..<count where out[i] >= 0 {
            let beyond = radius + side / 2 - depth[i]
            if beyond < 0 { out[i] = Swift.min(out[i], Swift.max(beyond, barrier[i])) }
          }
        }
      }
    }
    return closed
  }
}
