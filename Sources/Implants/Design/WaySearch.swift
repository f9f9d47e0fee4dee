import Concurrency
import Glibc
import Volumes

/// Looks for the straight way on which a part loses least to the bone beside it.
struct WaySearch {
  /// Distances from the bone around the part in mm.
  let bone: Volume<Float>
  /// All bone, for the way beyond that.
  var far: FarBone?
  /// The gap to keep, in mm.
  let clearance: Float
  /// Places in the part, in voxels of the grid.
  let points: [SIMD3<Float>]

  /// Directions all over the sphere, 6° apart.
  private static let directions = 1000
  /// Of so many points one is looked at for them.
  private static let coarser = 3
  /// How far from the outward one a direction may be, in degrees.
  private static let most = 75.0
  /// Directions around the best ones that are looked at then, 1.3° apart, and how far they reach in degrees.
  private static let finer = 100
  private static let reach = 8.0
  /// Directions on which no more than this share of the points more is lost than on the best are as good.
  private static let tolerance = 0.002

  /// The way, of length 1 in LPS, and the share of the points that come nearer to bone on it than the
  /// gap.
  ///
  /// Of directions that are as good, the one in their middle: it has most play.
  /// - Parameter outward: from the middle of the bone to that of the part, in mm; where both are at one
  ///   place, any direction may be the way.
  /// - Complexity: O(directions × points).
  func best(around outward: SIMD3<Double>, threads: Int) -> (way: SIMD3<Double>, lost: Double) {
    let isKnown = outward.length > 3
    let out = isKnown ? outward / outward.length : SIMD3(0, 0, 1)
    let all = (0..<Self.directions).map { Self.even($0, of: Self.directions) }
    let some = stride(from: 0, to: points.count, by: Self.coarser).map { points[$0] }
    let coarse = WaySearch(bone: bone, far: far, clearance: clearance, points: some).middle(
      of: [out] + all.filter { !isKnown || $0.dot(out) >= cos(Self.most * .pi / 180) },
      nearest: out, threads: threads)
    let near = Self.cap(around: coarse.way, degrees: Self.reach, count: Self.finer)
    return middle(of: [coarse.way] + near, nearest: coarse.way, threads: threads)
  }

  /// Of the directions on which least is lost, the middle one of those about the one that is nearest to a
  /// direction.
  private func middle(
    of candidates: [SIMD3<Double>], nearest to: SIMD3<Double>, threads: Int
  ) -> (way: SIMD3<Double>, lost: Double) {
    let grid = bone.geometry
    let slack = Int(Self.tolerance * Double(points.count))
    let lost = withFields { bone, far in
      Slabs.map(candidates.count, threads: threads, perThread: 1) { slab -> [Int] in
        var least = Int.max / 2
        return slab.map { n -> Int in
          let way = InsertionWay(candidates[n], on: grid)
          var lost = 0
          for point in points where way.comesNearer(than: clearance, point, to: bone, far) {
            lost += 1
            // Worse than one that was looked at; by how much does not matter.
            if lost > least + slack { return Int.max / 2 }
          }
          least = min(least, lost)
          return lost
        }
      }.flatMap { $0 }
    }
    let least = lost.min() ?? 0
    let good = candidates.indices.filter { lost[$0] <= least + slack }
    let first = good.max { candidates[$0].dot(to) < candidates[$1].dot(to) } ?? 0
    // Others may be good on the far side of the part.
    let cone = good.filter { candidates[$0].dot(candidates[first]) > 0.7 }
    let sum = cone.reduce(SIMD3<Double>.zero) { $0 + candidates[$1] }
    let best = cone.max { candidates[$0].dot(sum) < candidates[$1].dot(sum) } ?? first
    return (candidates[best], Double(lost[best]) / Double(max(1, points.count)))
  }

  private func withFields<Result>(_ body: (DistanceField, FarField?) -> Result) -> Result {
    bone.withField { near in
      far?.withField(on: bone.geometry) { body(near, $0) } ?? body(near, nil)
    }
  }

  /// Directions spread evenly over a cap of the sphere.
  private static func cap(
    around axis: SIMD3<Double>, degrees: Double, count: Int
  ) -> [SIMD3<Double>] {
    let aside = abs(axis.z) < 0.9 ? SIMD3<Double>(0, 0, 1) : SIMD3(1, 0, 0)
    let cross = axis.cross(aside)
    let (first, second) = (cross / cross.length, axis.cross(cross / cross.length))
    let depth = 1 - cos(degrees * .pi / 180)
    return (0..<count).map { n in
      let z = 1 - depth * (Double(n) + 0.5) / Double(count)
      let across = max(0, 1 - z * z).squareRoot()
      let turns = (Double(n) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      return z * axis + across * (cos(2 * .pi * turns) * first + sin(2 * .pi * turns) * second)
    }
  }

  /// *Source*: the Fibonacci lattice on the sphere.
  private static func even(_ n: Int, of count: Int) -> SIMD3<Double> {
    let z = 1 - 2 * (Double(n) + 0.5) / Double(count)
    let across = max(0, 1 - z * z).squareRoot()
    let turns = (Double(n) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    return SIMD3(across * cos(2 * .pi * turns), across * sin(2 * .pi * turns), z)
  }
}
