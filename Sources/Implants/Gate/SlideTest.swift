import Concurrency
import Meshes
import VoxelOps
import Volumes

/// Whether a part can be put in on a straight way: points of its surface, moved out along it, are held
/// against the surface of the bone.
///
/// It knows nothing of how the part was designed: the bone is the mask's surface, the part its triangles.
struct SlideTest {
  /// The least gap on the way, in mm, below 0 in bone; nil where no bone is near.
  private(set) var least: Double?
  /// Points that come nearer to bone than the gap that was asked for.
  private(set) var collisions = 0
  /// Points that were moved.
  private(set) var points = 0
  /// The way out of each separate piece, in LPS, in the order of their triangles.
  private(set) var ways: [SIMD3<Double>] = []

  /// How far out points are moved, in mm.
  private static let reach = 60.0
  /// To which distance from bone a way is looked for in long steps, in mm.
  private static let near = 8.0
  /// Points of a piece.
  private static let most = 3000

  /// Moves points of each piece of the part out.
  ///
  /// - Parameters:
  ///   - pieces: the number of the piece of each triangle.
  ///   - known: ways that the part was designed for; of each piece the one is taken on which fewest points
  ///     collide. None: they are looked for, whatever gap is asked for, so that it does not change the figures.
  ///   - bone: the bone near the part, whose triangles are in `tree`.
  ///   - whole: all bone: beyond that no point may lie in one of its voxels.
  ///   - limit: the gap that is asked for, in mm.
  init(
    of mesh: TriangleMesh, pieces: [Int], known: [SIMD3<Double>], through bone: Mask,
    in tree: TriangleTree, of whole: Mask, limit: Double, threads: Int
  ) {
    let all = mesh.samples(count: Self.most * ((pieces.max() ?? 0) + 1))
    let middle = bone.measurement(threads: threads).centroid ?? .zero
    // To the surface, half a voxel before the centres.
    let half = bone.geometry.spacing.min() / 2
    let tolerance = bone.geometry.spacing.max() / 2
    let far = known.isEmpty ? FarBone(of: whole, threads: threads) : nil
    // In bone too, as the limit may lie in it.
    let voxel = 2 * Float(half)
    let field =
      known.isEmpty
      ? bone.signedDistances(upTo: Self.near, threads: threads).mapped(threads: threads) { d in
        abs(d) < voxel ? d / 2 : d < 0 ? d + voxel / 2 : d - voxel / 2
      } : nil
    let indexFromLPS = bone.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    for piece in 0...(pieces.max() ?? 0) {
      let samples = all.filter { pieces[$0.triangle] == piece }.map(\.point)
      guard !samples.isEmpty else { continue }
      func gaps(_ samples: [SIMD3<Double>], along way: SIMD3<Double>) -> [Double] {
        Self.gaps(
          samples, along: way, in: tree, on: bone.geometry, of: whole, floor: -tolerance,
          step: half,
          threads: threads)
      }
      var way = known.first ?? .zero
      if let field {
        let own = samples.reduce(.zero, +) / Double(samples.count)
        // A way for a narrow gap may touch bone here and there, one for a wide gap lose much elsewhere.
        let points = samples.map { SIMD3<Float>(indexFromLPS * $0) }
        let found = [-tolerance, 0, tolerance].map { clearance in
          WaySearch(bone: field, far: far, clearance: Float(clearance), points: points)
            .best(around: own - middle, threads: threads).way
        }
        let rooms = found.map { gaps(samples, along: $0).min() ?? .infinity }
        way = found[rooms.indices.max { rooms[$0] < rooms[$1] } ?? 0]
      } else if known.count > 1 {
        let some = stride(from: 0, to: samples.count, by: 10).map { samples[$0] }
        let collisions = known.map { gaps(some, along: $0).count { $0 < limit } }
        way = known[collisions.indices.min { collisions[$0] < collisions[$1] } ?? 0]
      }
      ways.append(way)
      let found = gaps(samples, along: way)
      points += samples.count
      collisions += found.count { $0 < limit }
      let nearest = found.min() ?? .infinity
      if nearest.isFinite { least = min(least ?? .infinity, nearest) }
    }
  }

  /// The least gap of each point to the surface of the bone while it is moved out, in mm; of points that come further into
  /// bone than `floor` less a millimetre, that.
  private static func gaps(
    _ points: [SIMD3<Double>], along way: SIMD3<Double>, in tree: TriangleTree,
    on near: Geometry, of whole: Mask, floor: Double, step: Double, threads: Int
  ) -> [Double] {
    let indexFromLPS = whole.geometry.indexFromLPS ?? Affine(linear: .identity)
    let nearFromLPS = near.indexFromLPS ?? Affine(linear: .identity)
    let last = SIMD3(Double(near.sizes.x), Double(near.sizes.y), Double(near.sizes.z)) - 1
    var gaps = [Double](repeating: .infinity, count: points.count)
    gaps.withUnsafeMutableBufferPointer { gaps in
      let gaps = Slots(base: gaps.baseAddress!)
      tree.withWalk { walk in
        Parallel.forEach(points.count, threads: threads) { _, i in
          var moved = 0.0
          while moved <= reach {
            let point = points[i] + moved * way
            let index = nearFromLPS * point
            // Where the near bone is cut off it has a surface that is none.
            if any(index .< 0 .| index .> last), whole.contains(indexFromLPS * point) {
              gaps.base[i] = min(gaps.base[i], floor - step)
              break
            }
            guard let distance = walk.distance(to: SIMD3<Float>(point), atMost: BoneFit.reach)
            else {
              // Far from the bone near the part there may be other bone.
              let look = max(step, 0.1)
              let (first, forward) = (indexFromLPS * point, look * (indexFromLPS.linear * way))
              let looks = Int(Double(BoneFit.reach) / look)
              if (0..<looks).contains(where: { whole.contains(first + Double($0) * forward) }) {
                gaps.base[i] = min(gaps.base[i], floor - step)
                break
              }
              moved += Double(BoneFit.reach)
              continue
            }
            let gap = Double(distance) * (walk.encloses(point) ? -1 : 1)
            gaps.base[i] = min(gaps.base[i], gap)
            guard gap > floor - 1 else { break }
            // Before that no gap is smaller than the least one so far; near it, steps below half a voxel.
            moved += max(step * 0.9, gap - gaps.base[i])
          }
        }
      }
    }
    return gaps
  }

  /// Places that several threads write, each its own.
  private struct Slots: @unchecked Sendable {
    // Invariant behind @unchecked: every index is written by one thread.
    let base: UnsafeMutablePointer<Double>
  }

  /// The checks: no point comes nearer to bone than half a voxel lets a mask know.
  func checks(clearance: Double, tolerance: Double) -> [PartCheck] {
    let named = ways.map { way in
      "(" + (0..<3).map { "\((way[$0] * 1000).rounded() / 1000)" }.joined(separator: ", ") + ")"
    }
    return [
      PartCheck(
        "slideLeast", least, unit: "mm", limit: .atLeast(clearance - tolerance),
        remark:
          "the least gap while the part is moved out along \(named.joined(separator: ", ")) LPS"),
      PartCheck(
        "slideCollisions", Double(collisions),
        remark: "of \(points) points on the surface"),
    ]
  }
}

extension Mask {
  /// Whether the voxel at a position, in voxels, belongs to the mask.
  @inline(__always)
  fileprivate func contains(_ index: SIMD3<Double>) -> Bool {
    let (low, high) = (
      SIMD3<Double>(repeating: -0.5),
      SIMD3(Double(sizes.x), Double(sizes.y), Double(sizes.z)) - 0.5
    )
    guard all(index .>= low), all(index .< high) else { return false }
    let voxel = SIMD3<Int>(index, rounding: .toNearestOrAwayFromZero)
    return self[
      min(max(voxel.x, 0), sizes.x - 1), min(max(voxel.y, 0), sizes.y - 1),
      min(max(voxel.z, 0), sizes.z - 1)]
  }
}
