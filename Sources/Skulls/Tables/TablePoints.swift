import Concurrency
package import Errors
package import Volumes
internal import VoxelOps

/// A point of a table's surface, between voxels.
package struct TablePoint: Sendable {
  /// In LPS mm.
  package var point: SIMD3<Double>
  /// Out of the bone; of length 1.
  package var normal: SIMD3<Double>
}

/// The outer and the inner table of bone as points of its smoothed surface.
///
/// A table is outer where it faces away from the head's middle and no further bone lies beyond it, inner where it
/// faces the middle and none lies before it. Walls of holes, and of cells in the bone, are neither.
package struct TablePoints: Sendable {
  package private(set) var outer: [TablePoint] = []
  package private(set) var inner: [TablePoint] = []
  /// Points of surfaces that face neither way, in LPS mm.
  package private(set) var walls: [SIMD3<Double>] = []

  /// How far beyond a table there must be no further bone, in mm.
  package static let clearance = 8.0
  /// The least cosine between a table's normal and the way to the head's middle.
  private static let leastCosine = 0.5

  package subscript(side: TableSide) -> [TablePoint] { side == .outer ? outer : inner }

  /// The standard deviation in mm that takes the steps of the voxels from a surface and little else.
  package static func smoothing(for geometry: Geometry) -> Double {
    max(0.8, 0.5 * geometry.spacing.max())
  }

  /// The tables of bone in its grid.
  ///
  /// - Parameters:
  ///   - all: on the same grid; what must not lie beyond a table. Nil: the bone itself.
  ///   - middle: of the head, in LPS mm, such as the centroid of its bone.
  /// - Throws: `Diagnostic` for a grid of no sane spacing.
  /// - Complexity: O(voxels); 4 bytes a voxel. The same at any `threads`.
  package init(
    of bone: Mask, among all: Mask? = nil, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) {
    guard let indexFromLPS = bone.geometry.indexFromLPS else { return }
    let field = try bone.smoothed(sigma: Self.smoothing(for: bone.geometry), threads: threads)
    let sizes = bone.sizes
    let parts = field.withVoxels { field in
      (all ?? bone).withBytes { bytes in
        let scan = Scan(
          field: field.baseAddress!, bytes: bytes.baseAddress!, sizes: sizes,
          lpsFromIndex: bone.geometry.lpsFromIndex, indexFromLPS: indexFromLPS, middle: middle,
          step: max(0.2, 0.7 * bone.geometry.spacing.min()),
          start: max(1.5, 1.5 * bone.geometry.spacing.max()))
        return Slabs.map(sizes.z, threads: threads) { scan.tables(planes: $0) }
      }
    }
    for part in parts {
      outer += part.outer
      inner += part.inner
      walls += part.walls
    }
  }

  package init() {}

  /// Looks for the surface between neighbouring voxels.
  private struct Scan {
    let field: UnsafePointer<Float>
    let bytes: UnsafePointer<UInt8>
    let sizes: GridSize
    let lpsFromIndex: Affine
    let indexFromLPS: Affine
    let middle: SIMD3<Double>
    /// From where on bone beyond a table is looked for, and between looks, in mm.
    let step: Double
    let start: Double

    func tables(planes: Range<Int>) -> TablePoints {
      var found = TablePoints()
      let steps = [1, sizes.x, sizes.x * sizes.y]
      for z in planes {
        for y in 0..<sizes.y {
          let row = sizes.x * (y + sizes.y * z)
          let isLast = [false, y + 1 == sizes.y, z + 1 == sizes.z]
          for x in 0..<sizes.x {
            let value = field[row + x]
            for axis in 0..<3 where !(axis == 0 ? x + 1 == sizes.x : isLast[axis]) {
              let next = field[row + x + steps[axis]]
              guard (value >= 0.5) != (next >= 0.5) else { continue }
              let part = Double((value - 0.5) / (value - next))
              add(to: &found, x, y, z, axis: axis, part)
            }
          }
        }
      }
      return found
    }

    private func add(
      to found: inout TablePoints, _ x: Int, _ y: Int, _ z: Int, axis: Int, _ part: Double
    ) {
      var index = SIMD3(Double(x), Double(y), Double(z))
      index[axis] += part
      var next = (x, y, z)
      switch axis {
      case 0: next.0 += 1
      case 1: next.1 += 1
      default: next.2 += 1
      }
      let slope =
        (1 - part) * gradient(x, y, z) + part * gradient(next.0, next.1, next.2)
      let inwards = indexFromLPS.linear.transposed * slope
      let length = inwards.length
      guard length > 1e-9 else { return }
      let point = lpsFromIndex * index
      let normal = -inwards / length
      let away = point - middle
      let outwards = away / max(1e-9, away.length)
      let cosine = normal.dot(outwards)
      guard abs(cosine) > TablePoints.leastCosine else {
        found.walls.append(point)
        return
      }
      let way = cosine > 0 ? outwards : -outwards
      guard isClear(index, indexFromLPS.linear * way) else { return }
      let table = TablePoint(point: point, normal: normal)
      if cosine > 0 { found.outer.append(table) } else { found.inner.append(table) }
    }

    /// Whether no bone lies on the way from a point; `way` is that of 1 mm, in voxels.
    private func isClear(_ index: SIMD3<Double>, _ way: SIMD3<Double>) -> Bool {
      var t = start
      while t <= TablePoints.clearance {
        let p = index + t * way + 0.5
        guard p.min() >= 0 else { return true }
        let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
        guard i < sizes.x, j < sizes.y, k < sizes.z else { return true }
        if bytes[i + sizes.x * (j + sizes.y * k)] != 0 { return false }
        t += step
      }
      return true
    }

    /// The slope of the field in its own axes, a voxel.
    private func gradient(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Double> {
      let at = x + sizes.x * (y + sizes.y * z)
      func slope(_ i: Int, _ count: Int, _ step: Int) -> Double {
        let (up, down) = (i + 1 < count, i > 0)
        guard up || down else { return 0 }
        let difference = field[up ? at + step : at] - field[down ? at - step : at]
        return Double(difference) / (up && down ? 2 : 1)
      }
      return SIMD3(
        slope(x, sizes.x, 1), slope(y, sizes.y, sizes.x), slope(z, sizes.z, sizes.x * sizes.y))
    }
  }
}
