import Concurrency
public import Volumes

extension Mask {
  /// A grid of cubic cells along LPS that holds the mask with two cells to spare on each side, or
  /// nil where the mask is empty or its geometry singular.
  ///
  /// - Parameter cell: the edge of a cell in mm; larger where more than 320 cells would be needed
  ///   along an axis, so that no geometry asks for much memory.
  public func occupancyGrid(cell: Double, threads: Int = 1) -> Geometry? {
    guard let box = boundingBox(threads: threads), geometry.indexFromLPS != nil else { return nil }
    let corners = box.cornerPoints.map { geometry.lpsFromIndex * $0 }
    let lower = corners.reduce(corners[0], pointwiseMin)
    let upper = corners.reduce(corners[0], pointwiseMax)
    let cell = max(cell, (upper - lower).max() / 320)
    let steps = ((upper - lower) / cell).rounded(.up)
    let sizes = GridSize(Int(steps.x) + 5, Int(steps.y) + 5, Int(steps.z) + 5)
    return Geometry(
      sizes: sizes, space: .leftPosteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(repeating: cell)), origin: lower - 2 * cell)
  }

  /// The share of each cell of another, coarser grid that the mask fills, from 0 to about 1, or nil
  /// where a geometry is singular.
  ///
  /// Every voxel gives its volume to the eight cells around it with trilinear weights (cut into
  /// parts where it is longer than half a cell), so that thin bone is faint but not lost, as it
  /// would be with samples. What lies outside the other grid is dropped.
  ///
  /// *Shape*: the other grid; oblique and left-handed grids are right on both sides.
  /// - Complexity: one pass over the mask, 8 additions a voxel of it; one volume of floats. The same bytes at any number of
  ///   threads: each has layers of the other grid, and adds to them in the order of the voxels.
  public func occupancy(onto grid: Geometry, threads: Int = 1) -> Volume<Float>? {
    guard geometry.indexFromLPS != nil, let indexFromLPS = grid.indexFromLPS else { return nil }
    let map = indexFromLPS * geometry.lpsFromIndex
    let steps = map.linear.columns
    func parts(_ step: SIMD3<Double>) -> Int {
      Int(min(16, max(1, (2 * step.length).rounded(.up))))
    }
    let (partsX, partsY, partsZ) = (parts(steps.0), parts(steps.1), parts(steps.2))
    let weight = Float(abs(map.linear.determinant) / Double(partsX * partsY * partsZ))
    func part(_ i: Int, of count: Int) -> Double { (Double(i) + 0.5) / Double(count) - 0.5 }
    let sizes = sizes
    // How far from a voxel's own layer its parts can lie, with room for rounding.
    let spread = 0.5 * (abs(steps.0.z) + abs(steps.1.z) + abs(steps.2.z)) + 1e-6
    return Volume(on: grid) { out in
      let out = out.baseAddress!
      withBytes { bytes in
        let bytes = bytes.baseAddress!
        Slabs.run(grid.sizes.z, threads: threads) { slab in
          let splat = TrilinearSplat(out, grid.sizes, layers: slab)
          for z in 0..<sizes.z {
            for y in 0..<sizes.y {
              let begin = (map * SIMD3(0, Double(y), Double(z))).z
              let end = begin + Double(sizes.x - 1) * steps.0.z
              guard max(begin, end) + spread >= Double(slab.lowerBound - 1),
                min(begin, end) - spread < Double(slab.upperBound)
              else { continue }
              RowRuns.forEach(in: bytes + (z * sizes.y + y) * sizes.x, count: sizes.x) {
                start, end in
                for c in 0..<partsZ {
                  for b in 0..<partsY {
                    let first = SIMD3(
                      Double(start) + part(0, of: partsX), Double(y) + part(b, of: partsY),
                      Double(z) + part(c, of: partsZ))
                    splat.addLine(
                      from: map * first, step: steps.0 / Double(partsX),
                      count: (end - start) * partsX, weight: weight)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

extension IndexBox {
  /// The eight outermost voxel centres.
  package var cornerPoints: [SIMD3<Double>] {
    (0..<8).map { corner in
      SIMD3(
        Double(corner & 1 != 0 ? upper.x - 1 : lower.x),
        Double(corner & 2 != 0 ? upper.y - 1 : lower.y),
        Double(corner & 4 != 0 ? upper.z - 1 : lower.z))
    }
  }
}

/// Adds weights to the eight cells around a point.
private struct TrilinearSplat {
  private let cells: UnsafeMutablePointer<Float>
  private let sizes: GridSize
  /// Those that are added to.
  private let layers: Range<Int>

  init(_ cells: UnsafeMutablePointer<Float>, _ sizes: GridSize, layers: Range<Int>) {
    (self.cells, self.sizes, self.layers) = (cells, sizes, layers)
  }

  /// Adds `weight` at `count` points of a line of cell indices.
  @inline(__always)
  func addLine(from first: SIMD3<Double>, step: SIMD3<Double>, count: Int, weight: Float) {
    let ends = (first.z, first.z + Double(count - 1) * step.z)
    let (low, high) = (Swift.min(ends.0, ends.1), Swift.max(ends.0, ends.1))
    if high < Double(layers.lowerBound - 1) || low >= Double(layers.upperBound) { return }
    // A line that is within the layers by more than rounding needs no look at each point.
    if low >= Double(layers.lowerBound) + 1e-6, high < Double(layers.upperBound - 1) - 1e-6 {
      add(from: first, step: step, points: 0..<count, weight: weight, checksLayers: false)
      return
    }
    // Of a line across the layers, the points near them. One that hardly rises meets them where rounding says.
    var points = 0..<count
    if high - low > 1e-3 {
      let (a, b) = (
        (Double(layers.lowerBound - 1) - first.z) / step.z,
        (Double(layers.upperBound) - first.z) / step.z
      )
      let begin = max(0, min(a, b) - 1)
      let end = min(Double(count - 1), max(a, b) + 1)
      guard begin <= end else { return }
      points = Int(begin)..<Int(end) + 1
    }
    add(from: first, step: step, points: points, weight: weight, checksLayers: true)
  }

  @inline(__always)
  private func add(
    from first: SIMD3<Double>, step: SIMD3<Double>, points: Range<Int>, weight: Float,
    checksLayers: Bool
  ) {
    let (nx, nxy) = (sizes.x, sizes.x * sizes.y)
    let (lastX, lastY) = (Double(sizes.x - 1), Double(sizes.y - 1))
    let lastZ = Double(sizes.z - 1)
    // Scalars, not SIMD3: as fast when optimised, and tests without optimisation run in seconds.
    let (firstX, firstY, firstZ) = (first.x, first.y, first.z)
    let (stepX, stepY, stepZ) = (step.x, step.y, step.z)
    for i in points {
      let d = Double(i)
      let (x, y, z) = (firstX + d * stepX, firstY + d * stepY, firstZ + d * stepZ)
      if x < 0 || y < 0 || z < 0 || x >= lastX || y >= lastY || z >= lastZ { continue }
      let (ix, iy, iz) = (Int(x), Int(y), Int(z))
      let at = cells + (ix + nx * iy + nxy * iz)
      let (x1, y1) = (Float(x - Double(ix)), Float(y - Double(iy)))
      let z1 = Float(z - Double(iz)) * weight
      let (x0, y0, z0) = (1 - x1, 1 - y1, weight - z1)
      if !checksLayers || layers.contains(iz) {
        at[0] += x0 * y0 * z0
        at[1] += x1 * y0 * z0
        at[nx] += x0 * y1 * z0
        at[nx + 1] += x1 * y1 * z0
      }
      if !checksLayers || layers.contains(iz + 1) {
        at[nxy] += x0 * y0 * z1
        at[nxy + 1] += x1 * y0 * z1
        at[nxy + nx] += x0 * y1 * z1
        at[nxy + nx + 1] += x1 * y1 * z1
      }
    }
  }
}

extension Volume<Float> {
  /// Half as many cells along each axis, each the mean of eight (what is outside counts as 0).
  package func halved(threads: Int) -> Volume<Float> {
    let from = sizes
    let to = GridSize((from.x + 1) / 2, (from.y + 1) / 2, (from.z + 1) / 2)
    let d = geometry.directions
    var coarse = geometry
    coarse.sizes = to
    coarse.directions = Matrix3(2 * d[0], 2 * d[1], 2 * d[2])
    coarse.origin = geometry.origin + 0.5 * (d[0] + d[1] + d[2])
    return Volume(on: coarse) { out in
      withVoxels { voxels in
        let (out, voxels) = (out.baseAddress!, voxels.baseAddress!)
        Slabs.run(to.z, threads: threads) { slab in
          for z in slab {
            for y in 0..<to.y {
              for x in 0..<to.x {
                var sum: Float = 0
                for c in 2 * z..<Swift.min(2 * z + 2, from.z) {
                  for b in 2 * y..<Swift.min(2 * y + 2, from.y) {
                    for a in 2 * x..<Swift.min(2 * x + 2, from.x) {
                      sum += voxels[(c * from.y + b) * from.x + a]
                    }
                  }
                }
                out[(z * to.y + y) * to.x + x] = sum / 8
              }
            }
          }
        }
      }
    }
  }
}
