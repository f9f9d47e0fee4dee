import Concurrency
internal import Volumes

/// Planes in any direction across which a surface is its own mirror image.
struct MirrorPlanes {
  /// A plane, and how badly it mirrors.
  struct Plane {
    /// Of length 1.
    var normal: SIMD3<Double>
    /// The distance from the centre along the normal, in mm.
    var offset: Double
    /// The mean distance of mirrored points from the surface in mm, each 10 at most.
    var cost: Double
  }

  private let points: [SIMD3<Double>]
  private let surface: BoneSurface
  private let centre: SIMD3<Double>

  /// - Parameter centre: in LPS mm, near the planes.
  init(of surface: BoneSurface, around centre: SIMD3<Double>) {
    points = surface.points.prefix(800).map { $0 - centre }
    self.surface = surface
    self.centre = centre
  }

  /// The best planes, turned by more than 20° against each other, the best first.
  ///
  /// - Complexity: 1,500 planes of 800 points, and 60 for each result.
  func best(_ count: Int, threads: Int) -> [Plane] {
    let planes = (0..<300).flatMap { n -> [Plane] in
      // Half of the sphere: a plane has two normals.
      let normal = Directions.even(n, of: 600)
      return [-12.0, -6, 0, 6, 12].map { Plane(normal: normal, offset: $0, cost: 0) }
    }
    let costs = Slabs.map(planes.count, threads: threads) { slab in
      slab.map { cost(planes[$0].normal, planes[$0].offset) }
    }.flatMap { $0 }
    let order = planes.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
    var chosen: [Plane] = []
    for i in order where chosen.count < count {
      let plane = planes[i]
      guard chosen.allSatisfy({ abs($0.normal.dot(plane.normal)) < 0.94 }) else { continue }
      chosen.append(refined(Plane(normal: plane.normal, offset: plane.offset, cost: costs[i])))
    }
    return chosen.sorted { $0.cost < $1.cost }
  }

  /// Downhill over the neighbours of a plane, halving the step where none is better.
  func refined(_ start: Plane) -> Plane {
    var here = start
    var step = 0.08
    while step > 0.004 {
      let a = Directions.perpendicular(to: here.normal)
      let b = here.normal.cross(a)
      var next = here
      for (turn, shift) in [(a, 0.0), (-a, 0), (b, 0), (-b, 0), (.zero, 50), (.zero, -50)] {
        let turned = here.normal + step * turn
        let normal = turned / turned.length
        let offset = here.offset + step * shift
        let cost = cost(normal, offset)
        if cost < next.cost - 1e-9 { next = Plane(normal: normal, offset: offset, cost: cost) }
      }
      if next.cost < here.cost { here = next } else { step /= 2 }
    }
    return here
  }

  private func cost(_ normal: SIMD3<Double>, _ offset: Double) -> Double {
    let (nx, ny, nz) = (normal.x, normal.y, normal.z)
    let (cx, cy, cz) = (centre.x, centre.y, centre.z)
    var sum = 0.0
    for p in points {
      let away = 2 * (p.x * nx + p.y * ny + p.z * nz - offset)
      sum += min(
        10, surface.distance(cx + p.x - away * nx, cy + p.y - away * ny, cz + p.z - away * nz))
    }
    return sum / Double(points.count)
  }
}
