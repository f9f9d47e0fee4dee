internal import Skulls
internal import Volumes
internal import VoxelOps

/// Lays points of a surface onto another surface by a rotation and a shift.
///
/// *Source*: the iterative closest point method against a distance field, with weights that forgive points far
/// from it (Fitzgibbon, "Robust registration of 2D and 3D point sets", 2003).
struct RigidFit: Sendable {
  /// From the points to the surface, both in LPS mm.
  let map: Affine
  /// The mean of the distances from the surface in mm, each at most ``RigidFit/most``.
  let cost: Double

  /// Where rotations are counted in mm: at this distance from the points' middle.
  private static let arm = 60.0
  /// The most that a point counts, in mm.
  static let most = 4.0

  /// What the surface weighs where there is also one that the points face.
  private static let besides = 0.2

  /// Improves a start.
  ///
  /// - Parameters:
  ///   - faced: a surface that some of the points touch from outside, as a piece does the rim of its hole.
  ///   - trim: the distances in mm from which on points do not count, of the last and the first step.
  /// - Complexity: steps × points.
  init(
    of samples: ArraySlice<SurfaceSample>, onto field: ShapeTemplate,
    facing faced: ShapeTemplate? = nil, from start: Affine, trim: ClosedRange<Double>, steps: Int
  ) {
    var map = start
    let middle = samples.reduce(SIMD3<Double>.zero) { $0 + $1.point } / Double(samples.count)
    for step in 0..<steps {
      let part = Double(step) / Double(max(1, steps - 1))
      let limit = trim.upperBound + part * (trim.lowerBound - trim.upperBound)
      var sums = Sums(centre: map * middle)
      field.withSampler {
        sums.add(
          samples, by: map, $0, trim: limit, faces: 1, weight: faced == nil ? 1 : Self.besides)
      }
      faced?.withSampler {
        sums.add(samples, by: map, $0, trim: limit, faces: -1, weight: 1)
      }
      guard let motion = sums.motion() else { break }
      map = motion * map
    }
    self.map = map
    cost = field.withSampler { distance in
      samples.reduce(0) { sum, sample in
        let p = map * sample.point
        return sum + min(Self.most, Double(abs(distance(p.x, p.y, p.z))))
      } / Double(max(1, samples.count))
    }
  }

  /// Weighted sums of a least-squares problem: three turns about the points' middle and a shift.
  private struct Sums {
    let centre: SIMD3<Double>
    private var matrix = [Double](repeating: 0, count: 21)
    private var right = [Double](repeating: 0, count: 6)
    private var count = 0

    init(centre: SIMD3<Double>) { self.centre = centre }

    /// - Parameter faces: 1 where the surfaces run the same way, −1 where they face each other.
    mutating func add(
      _ samples: ArraySlice<SurfaceSample>, by map: Affine, _ distance: TemplateSampler,
      trim: Double, faces: Double, weight: Double
    ) {
      for sample in samples {
        let p = map * sample.point
        let f = Double(distance(p.x, p.y, p.z))
        guard abs(f) < trim else { continue }
        let g = distance.gradient(p)
        guard g.length > 0.5, faces * g.dot(map.linear * sample.normal) > 0.6 * g.length
        else { continue }
        count += 1
        let ratio = 3 * f / trim
        let weight = weight / (1 + ratio * ratio)
        let turn = (p - centre).cross(g) / arm
        let row = [turn.x, turn.y, turn.z, g.x, g.y, g.z]
        var at = 0
        for i in 0..<6 {
          right[i] -= weight * row[i] * f
          for j in 0...i {
            matrix[at] += weight * row[i] * row[j]
            at += 1
          }
        }
      }
    }

    /// One step of Gauss and Newton; nil where too few points lie near the surface.
    func motion() -> Affine? {
      guard count >= 50 else { return nil }
      // A surface may turn in itself, as a ball does: such unknowns stay.
      var system = matrix
      for i in 0..<6 { system[i * (i + 1) / 2 + i] += 1e-3 * Double(count) }
      guard let d = SymmetricSystem(lowerTriangle: system, count: 6)?.solve(right) else {
        return nil
      }
      let rotation = Matrix3(turningBy: SIMD3(d[0], d[1], d[2]) / arm)
      return Affine(
        linear: rotation,
        translation: centre - rotation * centre + SIMD3(d[3], d[4], d[5]))
    }
  }
}

extension ShapeTemplate {
  /// The surface of a mask, in LPS mm, on cubic cells of so many mm; nil where it is empty.
  init?(surfaceOf mask: Mask, cell: Double, threads: Int) {
    guard var grid = mask.occupancyGrid(cell: cell, threads: threads) else { return nil }
    // Room for distances around it.
    let room = 12
    grid.sizes = GridSize(
      grid.sizes.x + 2 * room, grid.sizes.y + 2 * room, grid.sizes.z + 2 * room)
    grid.origin -= Double(room) * grid.directions[0].x
    guard let share = mask.occupancy(onto: grid, threads: threads) else { return nil }
    let bone = Mask(on: grid) { out in
      share.withVoxels { share in for i in out.indices { out[i] = share[i] >= 0.5 ? 1 : 0 } }
    }
    self.init(
      bone: bone, pose: HeadPose(rotation: .identity, centre: .zero), threads: threads)
  }
}
