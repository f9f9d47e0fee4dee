import Concurrency
import Errors
import Volumes
import VoxelOps

extension Mask {
  /// Signed distances from the surface in mm, negative inside, on cubic cells.
  ///
  /// The surface lies half-way between a voxel inside and one outside, in any direction, and between slices
  /// where distances within them say (shape-based interpolation). A grid whose axes are not at right angles
  /// is first laid onto the cells.
  ///
  /// - Parameter most: the distance that stands for all larger ones, in mm.
  ///
  /// *Source*: Raya and Udupa, Shape-based interpolation of multidimensional objects, IEEE TMI 1990.
  func signedDistances(
    on cells: Geometry, upTo most: Float, threads: Int
  ) throws(Diagnostic) -> Volume<Float> {
    guard geometry.isOrthogonal else {
      return try fraction(onto: cells, by: .linear, threads: threads)
        .inside(from: 0.5, threads: threads)
        .signedDistances(on: cells, upTo: most, threads: threads)
    }
    let distances = signedDistances(upTo: Double(most), threads: threads)
    return try surfaceDistances(distances, on: cells, upTo: most, threads: threads)
  }

  /// Signed distances that keep every voxel: as ``signedDistances(on:upTo:threads:)``, and below 0 within so many mm of
  /// each voxel's centre. Walls of a voxel, which lie between centres, are not lost so.
  func signedDistances(
    on cells: Geometry, keeping radius: Float, upTo most: Float, threads: Int
  ) throws(Diagnostic) -> Volume<Float> {
    guard geometry.isOrthogonal else {
      return try signedDistances(on: cells, upTo: most, threads: threads)
    }
    let distances = signedDistances(upTo: Double(most), threads: threads)
    let surface = try surfaceDistances(distances, on: cells, upTo: most, threads: threads)
    return try distances.mapped(threads: threads) { max(0, $0) }
      .resampled(onto: cells, by: .linear, background: Double(most), threads: threads)
      .combined(with: surface, threads: threads) { min($0 - radius, $1) }
  }

  /// Distances to the surface on cubic cells, from those between centres.
  private func surfaceDistances(
    _ distances: Volume<Float>, on cells: Geometry, upTo most: Float, threads: Int
  ) throws(Diagnostic) -> Volume<Float> {
    // From centre to centre they are; half of that near the surface, and less half a voxel further off.
    let voxel = Float(geometry.spacing.min())
    return try distances.mapped(threads: threads) { d in
      let beyond = d < 0 ? max(d + voxel / 2, -most) : d - voxel / 2
      return abs(d) < voxel ? d / 2 : beyond
    }.resampled(onto: cells, by: .linear, background: Double(most), threads: threads)
  }

  /// Distances in mm to the nearest voxel centre of the mask, on cubic cells; in the mask `inside`. On a
  /// grid whose axes are not at right angles, those on the same grid as if they were.
  func centreDistances(
    on cells: Geometry, inside: Float, upTo most: Float, threads: Int
  ) throws(Diagnostic) -> Volume<Float> {
    return try distances(upTo: Double(most), threads: threads)
      .mapped(threads: threads) { $0 > 0 ? $0 : inside }
      .resampled(onto: cells, by: .linear, background: Double(most), threads: threads)
  }
}

extension Volume<Float> {
  /// Signed distances smoothed by a Gaussian, the surface nowhere moved by more than a limit in mm.
  ///
  /// A Gaussian across a wall lifts the ridge in its middle, and with it the surfaces of thin walls: what it would
  /// do to a flat wall of that thickness is taken back.
  func smoothed(sigma: Double, moving limit: Float, threads: Int) throws(Diagnostic) -> Volume {
    guard sigma > 0 else { return self }
    let lift = RidgeLift(sigma: Float(sigma))
    let halves = deepest(within: 2 * Float(sigma), threads: threads)
    let smooth = try smoothed(sigma: sigma, threads: threads)
    return Volume(unwrittenOn: geometry) { out in
      let (out, count) = (Voxels(base: out.baseAddress!), out.count)
      smooth.withField { smooth in
        halves.withField { halves in
          withField { own in
            Slabs.run(count, threads: threads) { slab in
              for i in slab {
                let value = lift.corrected(smooth[i], of: own[i], half: halves[i])
                out.base[i] = Swift.max(own[i] - limit, Swift.min(own[i] + limit, value))
              }
            }
          }
        }
      }
    }
  }

  /// How deep the deepest cell of a cube around each cell lies inside, in mm; not below 0.
  private func deepest(within radius: Float, threads: Int) -> Volume<Float> {
    let sizes = sizes
    let steps = Int(radius / Float(geometry.spacing.x))
    var deepest = mapped(threads: threads) { Swift.max(0, -$0) }
    let (row, plane) = (sizes.x, sizes.x * sizes.y)
    deepest.withMutableVoxels { out in
      let out = Voxels(base: out.baseAddress!)
      Slabs.run(sizes.z, threads: threads) { slab in
        for z in slab {
          for y in 0..<sizes.y {
            Self.spread(
              out.base + sizes.offset(0, y, z), count: sizes.x, stride: 1, width: 1, steps)
          }
          Self.spread(out.base + z * plane, count: sizes.y, stride: row, width: row, steps)
        }
      }
      Slabs.run(sizes.y, threads: threads) { slab in
        for y in slab {
          Self.spread(out.base + y * row, count: sizes.z, stride: plane, width: row, steps)
        }
      }
    }
    return deepest
  }

  /// The largest value within so many steps along a line of rows, each `width` numbers wide.
  ///
  /// The largest of 2, 4, 8 … rows from each on is that of two shorter stretches; so is that of the whole
  /// window.
  private static func spread(
    _ line: UnsafeMutablePointer<Float>, count: Int, stride: Int, width: Int, _ steps: Int
  ) {
    guard steps > 0 else { return }
    // With so many rows of 0 at both ends each window is whole.
    let rows = count + 2 * steps
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * width) { copy in
      let copy = copy.baseAddress!
      copy.initialize(repeating: 0, count: rows * width)
      for n in 0..<count {
        (copy + (n + steps) * width).update(from: line + n * stride, count: width)
      }
      let window = 2 * steps + 1
      var length = 1
      while 2 * length <= window {
        let (end, ahead) = ((rows - length) * width, length * width)
        for i in 0..<end { copy[i] = Swift.max(copy[i], copy[i + ahead]) }
        length *= 2
      }
      let ahead = (window - length) * width
      for n in 0..<count {
        let (from, to) = (copy + n * width, line + n * stride)
        for i in 0..<width { to[i] = Swift.max(from[i], from[i + ahead]) }
      }
    }
  }

  /// Both fields voxel by voxel.
  func combined(
    with other: Volume<Float>, threads: Int, _ value: (Float, Float) -> Float
  ) -> Volume<Float> {
    Volume(unwrittenOn: geometry) { out in
      let (out, count) = (Voxels(base: out.baseAddress!), out.count)
      withVoxels { own in
        other.withVoxels { other in
          let (own, other) = (own.baseAddress!, other.baseAddress!)
          Slabs.run(count, threads: threads) { slab in
            for i in slab { out.base[i] = value(own[i], other[i]) }
          }
        }
      }
    }
  }
}

/// Voxels that several threads write, each its own.
struct Voxels<Scalar>: @unchecked Sendable {
  // Invariant behind @unchecked: slabs write voxels of their own.
  let base: UnsafeMutablePointer<Scalar>
}

extension Volume<Float> {
  /// The values mapped one by one.
  func mapped(threads: Int, _ value: (Float) -> Float) -> Volume<Float> {
    Volume(unwrittenOn: geometry) { out in
      let (out, count) = (Voxels(base: out.baseAddress!), out.count)
      withVoxels { values in
        let values = values.baseAddress!
        Slabs.run(count, threads: threads) { for i in $0 { out.base[i] = value(values[i]) } }
      }
    }
  }

  /// The voxels of at least a value.
  func inside(from least: Float, threads: Int) -> Mask {
    Mask(on: geometry) { out in
      let (out, count) = (Voxels(base: out.baseAddress!), out.count)
      withVoxels { values in
        let values = values.baseAddress!
        Slabs.run(count, threads: threads) {
          for i in $0 { out.base[i] = values[i] >= least ? 1 : 0 }
        }
      }
    }
  }

  /// The voxels below 0: the inside of signed distances.
  func negative(threads: Int) -> Mask {
    Mask(on: geometry) { out in
      let (out, count) = (Voxels(base: out.baseAddress!), out.count)
      withVoxels { values in
        let values = values.baseAddress!
        Slabs.run(count, threads: threads) { for i in $0 { out.base[i] = values[i] < 0 ? 1 : 0 } }
      }
    }
  }
}
