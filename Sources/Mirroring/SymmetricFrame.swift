internal import Skulls
internal import Volumes
internal import VoxelOps

/// A skull on cubic cells that are symmetric about its mid-sagittal plane: mirroring is reversing x.
///
/// All that needs distances and smoothing happens here, so that its time and memory depend on the
/// size of the head and not on the spacing of the scan.
struct SymmetricFrame {
  let plane: MidsagittalPlane
  /// The grid; x runs to the patient's left, its middle column lies in the plane.
  let geometry: Geometry
  /// The edge of a cell in mm.
  let cell: Double
  /// Unit vectors of the grid's axes in LPS.
  let axes: Matrix3
  /// Distance to the surface of the bone in mm, negative inside; row-major as ``Volume``.
  let distances: Volume<Float>

  var sizes: GridSize { geometry.sizes }

  /// Nil where the mask is empty or its geometry singular.
  init?(_ mask: Mask, plane: MidsagittalPlane, cell wanted: Double, threads: Int) {
    guard let box = mask.boundingBox(threads: threads) else { return nil }
    // The plane's normal, the superior direction as far as it lies in the plane, and the third.
    let x = plane.normal
    let up = SIMD3(0.0, 0, 1) - x.z * x
    let z = up / up.length
    let y = z.cross(x)
    axes = Matrix3(x, y, z)
    self.plane = plane

    let toFrame = axes.transposed
    let corners = (0..<8).map { corner in
      let index = SIMD3(
        Double(corner & 1 != 0 ? box.upper.x - 1 : box.lower.x),
        Double(corner & 2 != 0 ? box.upper.y - 1 : box.lower.y),
        Double(corner & 4 != 0 ? box.upper.z - 1 : box.lower.z))
      return toFrame * (mask.geometry.lpsFromIndex * index - plane.point)
    }
    let low = corners.reduce(corners[0], pointwiseMin)
    let high = corners.reduce(corners[0], pointwiseMax)
    // No geometry may ask for much memory: at most 320 cells along an axis.
    let half = max(abs(low.x), abs(high.x))
    let cell = max(wanted, max(2 * half, high.y - low.y, high.z - low.z) / 320)
    self.cell = cell
    let margin = 4.0
    func cells(_ length: Double) -> Int { Int((length / cell).rounded(.up)) }
    let halfCells = cells(half) + Int(margin)
    let sizes = GridSize(
      2 * halfCells + 1, cells(high.y - low.y) + 2 * Int(margin) + 1,
      cells(high.z - low.z) + 2 * Int(margin) + 1)
    let first = SIMD3(
      -Double(halfCells) * cell, low.y - margin * cell, low.z - margin * cell)
    geometry = Geometry(
      sizes: sizes, space: .leftPosteriorSuperior,
      directions: Matrix3(axes[0] * cell, axes[1] * cell, axes[2] * cell),
      origin: plane.point + axes * first)

    guard let density = mask.occupancy(onto: geometry, threads: threads) else { return nil }
    distances = Self.signedDistances(density, cell: Float(cell), threads: threads)
  }

  /// Signed distances of the cells that are bone to a good part. The threshold is below one half so
  /// that bone thinner than a cell counts; it thickens both sides of the head alike.
  private static func signedDistances(
    _ density: Volume<Float>, cell: Float, threads: Int
  ) -> Volume<Float> {
    let bone = Mask(on: density.geometry) { out in
      density.withVoxels { voxels in
        for i in 0..<voxels.count { out[i] = voxels[i] > 0.3 ? 1 : 0 }
      }
    }
    var signed = bone.distances(threads: threads)
    let inside = bone.inverted(threads: threads).distances(threads: threads)
    signed.withMutableVoxels { signed in
      inside.withVoxels { inside in
        // Distances go to cell centres; the surface lies half a cell before.
        for i in 0..<signed.count {
          signed[i] = inside[i] > 0 ? cell / 2 - inside[i] : signed[i] - cell / 2
        }
      }
    }
    return signed
  }

  /// The share of the bone whose mirror point lies in bone or within `tolerance` mm of it.
  func symmetry(within tolerance: Float) -> Double {
    let (nx, rows) = (sizes.x, sizes.y * sizes.z)
    return distances.withVoxels { d in
      var bone = 0
      var matched = 0
      for row in 0..<rows {
        for x in 0..<nx where d[row * nx + x] < 0 {
          bone += 1
          if d[row * nx + nx - 1 - x] <= tolerance { matched += 1 }
        }
      }
      return bone == 0 ? 0 : Double(matched) / Double(bone)
    }
  }
}

/// Distances of the mirror image, with their slope, at any place of the frame.
struct MirroredDistances {
  let distances: UnsafePointer<Float>
  let sizes: GridSize
  let perCell: Float

  /// The distance at a cell index of the mirror image in mm, and its gradient by mm.
  @inline(__always)
  func callAsFunction(_ index: SIMD3<Float>) -> (value: Float, gradient: SIMD3<Float>) {
    // Scalars: as fast when optimised, and tests without optimisation run in seconds.
    let lastX = Float(sizes.x - 1)
    let qx = min(max(lastX - index.x, 0), lastX - 1e-3)
    let qy = min(max(index.y, 0), Float(sizes.y - 1) - 1e-3)
    let qz = min(max(index.z, 0), Float(sizes.z - 1) - 1e-3)
    let (ix, iy, iz) = (Int(qx), Int(qy), Int(qz))
    let (tx, ty, tz) = (qx - Float(ix), qy - Float(iy), qz - Float(iz))
    let (up, far) = (sizes.x, sizes.x * sizes.y)
    let at = distances + (ix + up * iy + far * iz)
    let (a, b) = (at[0] + tx * (at[1] - at[0]), at[up] + tx * (at[up + 1] - at[up]))
    let c = at[far] + tx * (at[far + 1] - at[far])
    let d = at[far + up] + tx * (at[far + up + 1] - at[far + up])
    let (near, further) = (a + ty * (b - a), c + ty * (d - c))
    func mean(_ p: Float, _ q: Float, _ r: Float, _ s: Float) -> Float {
      let low = p + ty * (q - p)
      return low + tz * (r + ty * (s - r) - low)
    }
    let slopeX = mean(
      at[1] - at[0], at[up + 1] - at[up], at[far + 1] - at[far], at[far + up + 1] - at[far + up])
    let slopeY = b - a + tz * (d - c - (b - a))
    return (
      near + tz * (further - near), SIMD3(-slopeX, slopeY, further - near) * perCell
    )
  }
}
