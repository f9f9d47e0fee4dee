import Concurrency

internal import Volumes
internal import VoxelOps

/// Local thickness: each cell of the bone gets the radius of the largest ball in the bone that holds
/// it.
///
/// *Source*: T. Hildebrand, P. Rüegsegger, "A new method for the model-independent assessment of
/// thickness in three-dimensional images", J. Microsc. 185 (1997); here balls are painted about the
/// cells whose ball no neighbour's ball holds.
enum HalfThickness {
  /// - Parameter reach: how far outside the bone values still go, in mm.
  /// - Complexity: O(ridge cells × volume of their balls); one volume of floats.
  static func of(_ distances: Volume<Float>, reach: Double, threads: Int) -> Volume<Float> {
    let sizes = distances.sizes
    let cell = Float(distances.geometry.directions[0].x)
    let balls = distances.withVoxels { ridges($0, sizes, cell: cell, threads: threads) }
    return Volume(on: distances.geometry) { out in
      let base = out.baseAddress!
      // Slabs of z paint their own planes of every ball that reaches them.
      Slabs.run(sizes.z, threads: threads, perThread: 1) { slab in
        for ball in balls { paint(ball, base, sizes, cell: cell, reach: Float(reach), slab) }
      }
    }
  }

  private struct Ball {
    var x, y, z: Int32
    var radius: Float
  }

  private static func ridges(
    _ d: UnsafeBufferPointer<Float>, _ sizes: GridSize, cell: Float, threads: Int
  ) -> [Ball] {
    let (nx, nxy) = (sizes.x, sizes.x * sizes.y)
    var steps: [(offset: Int, length: Float)] = []
    for z in -1...1 {
      for y in -1...1 {
        for x in -1...1 where x != 0 || y != 0 || z != 0 {
          steps.append((x + nx * y + nxy * z, Float(x * x + y * y + z * z).squareRoot() * cell))
        }
      }
    }
    return Slabs.map(max(1, sizes.z - 2), threads: threads) { slab -> [Ball] in
      var balls: [Ball] = []
      for z in slab.lowerBound + 1..<min(slab.upperBound + 1, sizes.z - 1) {
        for y in 1..<sizes.y - 1 {
          let row = nx * y + nxy * z
          for x in 1..<nx - 1 where d[row + x] < 0 {
            let depth = -d[row + x]
            var isHeld = false
            // Distances have steps of half a cell: a tenth of a cell of slack drops twins.
            for step in steps where -d[row + x + step.offset] >= depth + 0.9 * step.length {
              isHeld = true
              break
            }
            if !isHeld { balls.append(Ball(x: Int32(x), y: Int32(y), z: Int32(z), radius: depth)) }
          }
        }
      }
      return balls
    }.flatMap { $0 }
  }

  private static func paint(
    _ ball: Ball, _ out: UnsafeMutablePointer<Float>, _ sizes: GridSize, cell: Float, reach: Float,
    _ slab: Range<Int>
  ) {
    let radius = (ball.radius + reach) / cell
    let square = radius * radius
    let steps = Int(radius)
    let (cx, cy, cz) = (Int(ball.x), Int(ball.y), Int(ball.z))
    let (first, last) = (max(slab.lowerBound, cz - steps), min(slab.upperBound - 1, cz + steps))
    guard first <= last else { return }
    for z in first...last {
      for y in max(0, cy - steps)...min(sizes.y - 1, cy + steps) {
        let rest = square - Float((z - cz) * (z - cz) + (y - cy) * (y - cy))
        guard rest >= 0 else { continue }
        let width = Int(rest.squareRoot())
        let row = sizes.x * (y + sizes.y * z)
        for i in row + max(0, cx - width)...row + min(sizes.x - 1, cx + width) {
          if out[i] < ball.radius { out[i] = ball.radius }
        }
      }
    }
  }
}
