import Concurrency
public import Volumes

extension TriangleMesh {
  /// The surface of a mask: closed, and with every edge in exactly two triangles, for any mask.
  ///
  /// Marching cubes over the voxel centres, with vertices half-way between a voxel inside and one
  /// outside; everything beyond the grid is outside. Voxels that touch along an edge are joined,
  /// voxels that touch only at a corner are not. Normals point outward, in left-handed and oblique
  /// grids too. ``init(surfaceOf:smoothing:threads:)`` smooths away the steps of the voxels.
  ///
  /// *Units*: vertices in LPS mm. *Order*: vertices and triangles by row of the grid; the same
  /// bytes at any thread count.
  ///
  /// - Complexity: O(voxels + triangles), two passes over one bit a voxel; beyond the result an
  ///   eighth of the mask's bytes and 16 bytes a row.
  public init(surfaceOf mask: Mask, threads: Int = 1) {
    let grid = BitGrid(mask, threads: threads)
    self = grid.words.withUnsafeBufferPointer { words in
      SurfaceExtraction(
        words: words.baseAddress!, grid: grid, lpsFromIndex: mask.geometry.lpsFromIndex,
        threads: threads
      ).mesh()
    }
  }

  /// The surface where a field falls below a level: closed, and with every edge in exactly two triangles, for any
  /// field. A signed distance (mm, negative inside) gives its surface to a small part of a voxel, a probability, with
  /// its sign turned, that of one half.
  ///
  /// As ``init(surfaceOf:threads:)`` of the voxels below the level, but with each vertex where the field, taken as
  /// linear between two voxel centres, has the level; a hundredth of a voxel from a centre at least, so that no
  /// triangle is a point. At the border of the grid vertices lie half a voxel outside. NaN is outside.
  ///
  /// - Complexity: as for a mask, and a byte a voxel for the time of the work.
  public init(surfaceOf field: Volume<Float>, below level: Float = 0, threads: Int = 1) {
    let inside = Mask(below: level, in: field, threads: threads)
    let grid = BitGrid(inside, threads: threads)
    self = field.withVoxels { field in
      grid.words.withUnsafeBufferPointer { words in
        SurfaceExtraction(
          words: words.baseAddress!, grid: grid, lpsFromIndex: inside.geometry.lpsFromIndex,
          threads: threads,
          field: LevelCrossing(
            values: field.baseAddress!, sizes: inside.sizes, level: level)
        ).mesh()
      }
    }
  }

  /// How many triangles ``init(surfaceOf:threads:)`` would make from a mask; its memory follows
  /// from this. For noise, there are more triangles than voxels.
  ///
  /// - Complexity: a quarter of the surface's own.
  public static func triangleCount(ofSurfaceOf mask: Mask, threads: Int = 1) -> Int {
    let grid = BitGrid(mask, threads: threads)
    return grid.words.withUnsafeBufferPointer { words in
      SurfaceExtraction(
        words: words.baseAddress!, grid: grid, lpsFromIndex: mask.geometry.lpsFromIndex,
        threads: threads
      ).counted().reduce(0) { $0 + Int($1.triangle) }
    }
  }
}

/// One run of marching cubes over a ``BitGrid``.
///
/// A cube is named by its lowest corner (i, j, k) in the padded grid. Row (j, k) owns the vertices
/// on the edges that leave its voxels in the directions x, y and z. The first pass counts them; sums
/// of the counts give every row its place, so the second pass finds the number of any vertex by
/// counting along with the cubes, and rows are independent.
private struct SurfaceExtraction {
  /// The numbers of the first vertices and the first triangle of a row.
  struct RowStart {
    var x: UInt32 = 0
    var y: UInt32 = 0
    var z: UInt32 = 0
    var triangle: UInt32 = 0
  }

  let words: UnsafePointer<UInt64>
  let grid: BitGrid
  let lpsFromIndex: Affine
  let threads: Int
  /// Where between two voxel centres vertices lie; nil: half-way.
  var field: LevelCrossing?
  let cases = CubeCases.all

  func mesh() -> TriangleMesh {
    var starts = counted()
    var vertices = 0
    var triangles = 0
    for row in 0..<starts.count {
      let counts = starts[row]
      starts[row] = RowStart(
        x: UInt32(vertices), y: UInt32(vertices + Int(counts.x)),
        z: UInt32(vertices + Int(counts.x) + Int(counts.y)),
        triangle: UInt32(triangles))
      vertices += Int(counts.x) + Int(counts.y) + Int(counts.z)
      triangles += Int(counts.triangle)
    }
    // An array of no capacity is shared by all threads, and its count must not be written.
    guard triangles > 0 else { return TriangleMesh() }
    // 2³² numbers are a mesh of 100 GB; the conversions above trap there.
    var points: [SIMD3<Float>] = []
    let corners = [SIMD3<UInt32>](unsafeUninitializedCapacity: triangles) { corners, made in
      points = [SIMD3<Float>](unsafeUninitializedCapacity: vertices) { points, placed in
        starts.withUnsafeBufferPointer { starts in
          Parallel.forEach(grid.layers - 1, threads: threads) { _, k in
            for j in 0..<grid.rows - 1 { fillRow(j, k, starts, points, corners) }
          }
        }
        placed = vertices
      }
      made = triangles
    }
    return TriangleMesh(checkedVertices: points, triangles: corners)
  }

  /// How many vertices and triangles each row owns.
  func counted() -> [RowStart] {
    let rowCount = grid.rows * grid.layers
    return [RowStart](unsafeUninitializedCapacity: rowCount) { counts, made in
      counts.initialize(repeating: RowStart())
      cases.firstTriangle.withUnsafeBufferPointer { firstTriangle in
        Parallel.forEach(grid.layers - 1, threads: threads) { _, k in
          for j in 0..<grid.rows - 1 {
            var row = RowStart()
            grid.forEachCrossedCube(words, j, k) { _, inside in
              row.x &+= UInt32((inside ^ inside >> 1) & 1)
              row.y &+= UInt32((inside ^ inside >> 2) & 1)
              row.z &+= UInt32((inside ^ inside >> 4) & 1)
              row.triangle &+= UInt32(firstTriangle[inside + 1] - firstTriangle[inside])
            }
            counts[k * grid.rows + j] = row
          }
        }
      }
      made = rowCount
    }
  }
}

extension SurfaceExtraction {
  /// Writes the vertices that row (j, k) owns and the triangles of its cubes.
  private func fillRow(
    _ j: Int, _ k: Int, _ starts: UnsafeBufferPointer<RowStart>,
    _ points: UnsafeMutableBufferPointer<SIMD3<Float>>,
    _ corners: UnsafeMutableBufferPointer<SIMD3<UInt32>>
  ) {
    let row = k * grid.rows + j
    let (here, right) = (starts[row], starts[row + 1])
    let (above, aboveRight) = (starts[row + grid.rows], starts[row + grid.rows + 1])
    if here.triangle == right.triangle { return }

    // Outward normals need the triangles turned where the grid is left-handed.
    let turned = lpsFromIndex.linear.determinant < 0
    let (dx, dy, dz) = lpsFromIndex.linear.columns
    let start = lpsFromIndex * SIMD3(-1, Double(j - 1), Double(k - 1))
    var triangle = Int(here.triangle)
    // Numbers of the next vertex on each of the twelve edges; the x = 1 ones are set per cube.
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 12) { number in
      number.initialize(repeating: 0)
      (number[0], number[1], number[2], number[3]) = (here.x, right.x, above.x, aboveRight.x)
      (number[4], number[6]) = (here.y, above.y)
      (number[8], number[10]) = (here.z, right.z)
      grid.forEachCrossedCube(words, j, k) { i, inside in
        let crossing = { (a: Int, b: Int) -> UInt32 in UInt32((inside >> a ^ inside >> b) & 1) }
        let (y0, y1, z0, z1) = (crossing(0, 2), crossing(4, 6), crossing(0, 4), crossing(2, 6))
        number[5] = number[4] &+ y0
        number[7] = number[6] &+ y1
        number[9] = number[8] &+ z0
        number[11] = number[10] &+ z1

        let corner = start + dx * Double(i)
        if crossing(0, 1) != 0 {
          let way = field?.crossing(i, j, k, along: 0) ?? 0.5
          points[Int(number[0])] = SIMD3<Float>(corner + dx * way)
        }
        if y0 != 0 {
          let way = field?.crossing(i, j, k, along: 1) ?? 0.5
          points[Int(number[4])] = SIMD3<Float>(corner + dy * way)
        }
        if z0 != 0 {
          let way = field?.crossing(i, j, k, along: 2) ?? 0.5
          points[Int(number[8])] = SIMD3<Float>(corner + dz * way)
        }

        var entry = cases.firstTriangle[inside] * 3
        let end = cases.firstTriangle[inside + 1] * 3
        while entry < end {
          let first = number[Int(cases.edges[entry])]
          let second = number[Int(cases.edges[entry + 1])]
          let third = number[Int(cases.edges[entry + 2])]
          corners[triangle] =
            turned ? SIMD3(first, third, second) : SIMD3(first, second, third)
          triangle += 1
          entry += 3
        }

        number[0] &+= crossing(0, 1)
        number[1] &+= crossing(2, 3)
        number[2] &+= crossing(4, 5)
        number[3] &+= crossing(6, 7)
        number[4] = number[5]
        number[6] = number[7]
        number[8] = number[9]
        number[10] = number[11]
      }
    }
  }
}
