import Concurrency

internal import Volumes
internal import VoxelOps

/// The search behind ``MidsagittalPlane/find(in:threads:)``.
struct MidsagittalSearch {
  /// Yaw and roll in degrees, offset in mm.
  typealias Pose = SIMD3<Double>

  private let centre: SIMD3<Double>
  /// Cells of about 8, 4 and 2 mm.
  private let levels: [SymmetryLevel]
  /// Every cell of 2 mm, for the score that is reported.
  private let all: SymmetryLevel
  private let threads: Int

  /// Nil where the mask is empty or its geometry singular.
  init?(_ mask: Mask, threads: Int) {
    guard
      let centre = mask.measurement(threads: threads).centroid,
      let grid = mask.occupancyGrid(cell: 2, threads: threads),
      let fine = mask.occupancy(onto: grid, threads: threads)
    else { return nil }
    let middle = fine.halved(threads: threads)
    self.centre = centre
    self.threads = threads
    let coarse = middle.halved(threads: threads)
    levels = [(coarse, 3_000), (middle, 8_000), (fine, 20_000)].map {
      SymmetryLevel($0.0, centre: centre, sampleCount: $0.1)
    }
    all = SymmetryLevel(fine, centre: centre, sampleCount: .max)
  }

  /// The plane of greatest overlap.
  func best() -> MidsagittalPlane {
    var starts = coarseBest(count: 3)
    starts = starts.map { climb(from: $0, on: levels[1], step: 3, until: 0.7) }
    var pose = bestOf(starts, on: levels[1]).pose
    pose = climb(from: pose, on: levels[2], step: 0.6, until: 0.03)
    return MidsagittalPlane(
      centre: centre, yaw: pose.x, roll: pose.y, offset: pose.z,
      overlap: min(1, max(0, all.overlap(pose))))
  }

  /// The best local maxima of a grid of poses on the coarsest cells, nearest to the start first
  /// among equals.
  private func coarseBest(count: Int) -> [Pose] {
    var poses: [Pose] = []
    for yaw in stride(from: -30.0, through: 30, by: 6) {
      for roll in stride(from: -30.0, through: 30, by: 6) {
        for offset in stride(from: -24.0, through: 24, by: 8) {
          poses.append(Pose(yaw, roll, offset))
        }
      }
    }
    poses.sort { $0.dot($0) < $1.dot($1) }
    let scores = overlaps(poses, on: levels[0])
    // Stable: equal scores keep the order of distance from the start.
    let order = poses.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var chosen: [Pose] = []
    for i in order where chosen.count < count {
      if chosen.allSatisfy({ ($0 - poses[i]).length > 11 }) { chosen.append(poses[i]) }
    }
    return chosen
  }

  /// Goes uphill over the six neighbours of a pose, halving the step where none is higher.
  private func climb(
    from start: Pose, on level: SymmetryLevel, step first: Double, until last: Double
  ) -> Pose {
    var here = (pose: start, score: level.overlap(start))
    var step = first
    while step >= last {
      let neighbours = [-step, step].flatMap { d in
        [Pose(d, 0, 0), Pose(0, d, 0), Pose(0, 0, d)].map { here.pose + $0 }
      }
      let next = bestOf(neighbours, on: level)
      // A plateau is no slope: without the margin rounding would walk along it.
      if next.score > here.score + 1e-7 { here = next } else { step /= 2 }
    }
    return here.pose
  }

  private func bestOf(_ poses: [Pose], on level: SymmetryLevel) -> (pose: Pose, score: Double) {
    let scores = overlaps(poses, on: level)
    var best = 0
    for i in poses.indices where scores[i] > scores[best] { best = i }
    return (poses[best], scores[best])
  }

  private func overlaps(_ poses: [Pose], on level: SymmetryLevel) -> [Double] {
    Slabs.map(poses.count, threads: threads) { slab in slab.map { level.overlap(poses[$0]) } }
      .flatMap { $0 }
  }
}

/// Bone densities on cubic cells along LPS, and some of the cells that hold bone.
private struct SymmetryLevel {
  /// A cell centre minus the centroid in mm, and the density there.
  private struct Sample {
    let x, y, z, density: Float
  }

  private let density: Volume<Float>
  private let samples: [Sample]
  private let perCell: Float
  /// The index of the centroid.
  private let centre: SIMD3<Float>
  private let norm: Double

  /// - Parameter sampleCount: about how many cells to compare at most. They are taken at even
  ///   intervals of the list, whose order has nothing to do with symmetry.
  init(_ density: Volume<Float>, centre: SIMD3<Double>, sampleCount: Int) {
    self.density = density
    let (geometry, sizes) = (density.geometry, density.sizes)
    let cell = Float(geometry.directions[0].x)
    let centre = SIMD3<Float>((centre - geometry.origin) / geometry.directions[0].x)
    // Faint cells cost as much time as full ones and tell little.
    let least: Float = 0.1
    let total = density.withVoxels { voxels in
      var count = 0
      for i in 0..<voxels.count where voxels[i] > least { count += 1 }
      return count
    }
    let interval = max(1, total / max(1, sampleCount))
    var samples: [Sample] = []
    var norm = 0.0
    density.withVoxels { voxels in
      var i = 0
      var number = 0
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let f = voxels[i]
            i += 1
            guard f > least else { continue }
            number += 1
            guard number % interval == 0 else { continue }
            norm += Double(f) * Double(f)
            samples.append(
              Sample(
                x: (Float(x) - centre.x) * cell, y: (Float(y) - centre.y) * cell,
                z: (Float(z) - centre.z) * cell, density: f))
          }
        }
      }
    }
    perCell = 1 / cell
    self.centre = centre
    self.samples = samples
    self.norm = norm
  }

  /// Σ f·f′ / Σ f² at a pose; f′ by trilinear interpolation.
  ///
  /// Scalars, not SIMD3: as fast when optimised, and tests without optimisation run in seconds.
  func overlap(_ pose: SIMD3<Double>) -> Double {
    guard norm > 0 else { return 0 }
    let normal = MidsagittalPlane.normal(yaw: pose.x, roll: pose.y)
    let (nx, ny, nz) = (Float(normal.x), Float(normal.y), Float(normal.z))
    let offset = Float(pose.z)
    let (cx, cy, cz, scale) = (centre.x, centre.y, centre.z, perCell)
    let (up, far) = (density.sizes.x, density.sizes.x * density.sizes.y)
    let (lastX, lastY) = (Float(density.sizes.x - 1), Float(density.sizes.y - 1))
    let lastZ = Float(density.sizes.z - 1)
    return density.withVoxels { voxels in
      samples.withUnsafeBufferPointer { samples in
        let f = voxels.baseAddress!
        var total = 0.0
        for i in 0..<samples.count {
          let s = samples[i]
          let away = 2 * (s.x * nx + s.y * ny + s.z * nz - offset)
          let x = (s.x - away * nx) * scale + cx
          let y = (s.y - away * ny) * scale + cy
          let z = (s.z - away * nz) * scale + cz
          if x < 0 || y < 0 || z < 0 || x >= lastX || y >= lastY || z >= lastZ { continue }
          let (ix, iy, iz) = (Int(x), Int(y), Int(z))
          let (tx, ty, tz) = (x - Float(ix), y - Float(iy), z - Float(iz))
          let at = f + (ix + up * iy + far * iz)
          let a = at[0] + tx * (at[1] - at[0])
          let b = at[up] + tx * (at[up + 1] - at[up])
          let c = at[far] + tx * (at[far + 1] - at[far])
          let d = at[far + up] + tx * (at[far + up + 1] - at[far + up])
          let near = a + ty * (b - a)
          total += Double(s.density * (near + tz * (c + ty * (d - c) - near)))
        }
        return total / norm
      }
    }
  }
}
