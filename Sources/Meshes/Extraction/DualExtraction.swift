import Concurrency
import Volumes

/// The dual of marching cubes over a ``BitGrid``.
///
/// Where marching cubes have loops of crossed edges in a cube, the dual has one vertex for each loop (``DualCases``); where
/// they have a vertex on a crossed edge, it has a polygon of the vertices of the four cubes around. Thus the vertices around
/// a vertex form one ring, as the loop is one, and an edge lies in the two polygons that share a segment of loops in
/// the face between two cubes. One thing would break that: a face with its outside corners across the diagonal has two
/// segments, and where these join the same two loops, two edges would be one. Such segments get a vertex of their own, in
/// their middle.
///
/// *Source*: Nielson, Dual marching cubes, IEEE Visualization 2004, whose exception the vertices in faces mend.
struct DualExtraction {
  let grid: BitGrid
  let lpsFromIndex: Affine
  let threads: Int
  /// Where between two voxel centres the surface lies; nil: half-way.
  var field: LevelCrossing?
  private let cases = DualCases.all
  /// The crossed cubes of each row, in order.
  private let rows: CrossedRows

  init(_ grid: BitGrid, _ lpsFromIndex: Affine, threads: Int, field: LevelCrossing? = nil) {
    (self.grid, self.lpsFromIndex, self.threads, self.field) = (grid, lpsFromIndex, threads, field)
    rows = CrossedRows(of: grid, threads: threads)
  }

  /// The surface.
  ///
  /// - Complexity: O(voxels / 64 + triangles); 9 bytes a crossed cube.
  func mesh() -> TriangleMesh {
    guard rows.vertexCount > 0 else { return TriangleMesh() }
    // Numbers of the vertices of cubes, then of those in faces.
    let points = Slabs.map(grid.layers - 1, threads: threads) { layers in
      layers.flatMap { k in self.points(ofLayer: k) }
    }
    let split = Slabs.map(grid.layers - 1, threads: threads) { layers in
      layers.flatMap { k in splitFaces(ofLayer: k) }
    }.flatMap { $0 }
    var faces: [Face: UInt32] = [:]
    for (number, face) in split.enumerated() {
      faces[face] = UInt32(rows.vertexCount + 2 * number)
    }
    var vertices = points.flatMap { $0 }
    for face in split { vertices += segmentMiddles(of: face) }
    let known = faces
    let placed = vertices
    let triangles = Slabs.map(grid.layers - 1, threads: threads) { layers in
      layers.flatMap { k in self.triangles(ofLayer: k, placed, known) }
    }
    return TriangleMesh(checkedVertices: vertices, triangles: triangles.flatMap { $0 })
  }

  /// The face of a cube towards the one before it along an axis.
  struct Face: Hashable {
    var cube: SIMD3<Int>
    var axis: Int
  }

  // MARK: Vertices

  private func points(ofLayer k: Int) -> [SIMD3<Float>] {
    var points: [SIMD3<Float>] = []
    for j in 0..<grid.rows - 1 {
      rows.forEach(in: j, k) { cube in
        let loops = cases.loops[Int(cube.inside)]
        for loop in loops {
          var sum = SIMD3<Double>.zero
          for edge in loop { sum += crossing(of: Int(edge), i: cube.i, j, k) }
          var place = sum / Double(loop.count)
          if loops.count == 1 { place = onLevel(place, i: cube.i, j, k) }
          points.append(world(place, cube.i, j, k))
        }
      }
    }
    return points
  }

  private func world(_ place: SIMD3<Double>, _ i: Int, _ j: Int, _ k: Int) -> SIMD3<Float> {
    SIMD3<Float>(
      lpsFromIndex * (place + SIMD3(Double(i - 1), Double(j - 1), Double(k - 1))))
  }

  /// Where an edge of a cube is crossed, in the unit cube.
  private func crossing(of edge: Int, i: Int, _ j: Int, _ k: Int) -> SIMD3<Double> {
    var place = CubeCases.middle(ofEdge: edge)
    guard let field else { return place }
    let axis = edge >> 2
    func bit(_ of: Int) -> Int { of != axis && place[of] == 1 ? 1 : 0 }
    place[axis] = field.crossing(i + bit(0), j + bit(1), k + bit(2), along: axis)
    return place
  }

  /// A place in the unit cube, moved along the slope to the level; it stays in the cube.
  private func onLevel(_ place: SIMD3<Double>, i: Int, _ j: Int, _ k: Int) -> SIMD3<Double> {
    guard let field else { return place }
    var c = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var isKnown = true
    func value(_ a: Int, _ b: Int, _ d: Int) -> Double {
      guard let value = field.value(i - 1 + a, j - 1 + b, k - 1 + d), value.isFinite else {
        isKnown = false
        return 0
      }
      return Double(value - field.level)
    }
    c = (
      value(0, 0, 0), value(1, 0, 0), value(0, 1, 0), value(1, 1, 0), value(0, 0, 1),
      value(1, 0, 1), value(0, 1, 1), value(1, 1, 1)
    )
    guard isKnown else { return place }
    let (x, y, z) = (place.x, place.y, place.z)
    let (a0, a1) = (c.0 + x * (c.1 - c.0), c.2 + x * (c.3 - c.2))
    let (b0, b1) = (c.4 + x * (c.5 - c.4), c.6 + x * (c.7 - c.6))
    let (low, high) = (a0 + y * (a1 - a0), b0 + y * (b1 - b0))
    func mix(_ p: Double, _ q: Double, _ r: Double, _ s: Double, _ t: Double, _ u: Double)
      -> Double
    { (1 - u) * ((1 - t) * p + t * q) + u * ((1 - t) * r + t * s) }
    let slope = SIMD3(
      mix(c.1 - c.0, c.3 - c.2, c.5 - c.4, c.7 - c.6, y, z),
      (1 - z) * (a1 - a0) + z * (b1 - b0), high - low)
    let square = slope.dot(slope)
    guard square > 1e-30 else { return place }
    let moved = place - (low + z * (high - low)) / square * slope
    return moved.clamped(
      lowerBound: SIMD3(repeating: 0.02), upperBound: SIMD3(repeating: 0.98))
  }

  // MARK: Faces whose two segments join the same loops

  private func splitFaces(ofLayer k: Int) -> [Face] {
    var faces: [Face] = []
    for j in 0..<grid.rows - 1 {
      rows.forEach(in: j, k) { cube in
        for axis in 0..<3 where DualCases.isAmbiguous(cube.inside, face: axis) {
          var before = SIMD3(cube.i, j, k)
          before[axis] -= 1
          guard before[axis] >= 0,
            let other = rows.cube(at: before), cases.joinsOnce(cube.inside, face: axis, far: false),
            cases.joinsOnce(other.inside, face: axis, far: true)
          else { continue }
          faces.append(Face(cube: SIMD3(cube.i, j, k), axis: axis))
        }
      }
    }
    return faces
  }

  /// The middles of the two segments of a face: that about its outside corner of lower, and of higher third axis.
  private func segmentMiddles(of face: Face) -> [SIMD3<Float>] {
    let (i, j, k) = (face.cube.x, face.cube.y, face.cube.z)
    let inside = rows.cube(at: face.cube)!.inside
    return (0..<2).map { high in
      let edges = DualCases.segment(of: inside, face: face.axis, high: high)
      let middle =
        (crossing(of: edges.0, i: i, j, k) + crossing(of: edges.1, i: i, j, k)) / 2
      return world(middle, i, j, k)
    }
  }

  // MARK: Polygons

  private func triangles(
    ofLayer k: Int, _ points: [SIMD3<Float>], _ faces: [Face: UInt32]
  ) -> [SIMD3<UInt32>] {
    var triangles: [SIMD3<UInt32>] = []
    let isLeftHanded = lpsFromIndex.linear.determinant < 0
    var polygon: [UInt32] = []
    for j in 0..<grid.rows - 1 {
      rows.forEach(in: j, k) { cube in
        for axis in 0..<3 {
          let first = cube.inside & 1
          guard first != cube.inside >> (1 << axis) & 1 else { continue }
          let corner = SIMD3(cube.i, j, k)
          let fan = addPolygon(
            around: corner, along: axis, outsideFirst: first == 0, faces, to: &polygon)
          // From the inside outwards the ring runs counter-clockwise.
          if (first == 0) != isLeftHanded { polygon.reverse() }
          let start = fan ? polygon.firstIndex { Int($0) >= rows.vertexCount } ?? 0 : 0
          if polygon.count == 4 && !fan {
            let crossing = world(crossing(of: axis << 2, i: cube.i, j, k), cube.i, j, k)
            func away(_ a: Int, _ b: Int) -> Float {
              let d = (points[Int(polygon[a])] + points[Int(polygon[b])]) / 2 - crossing
              return (d * d).sum()
            }
            // The diagonal that comes nearest to where the edge is crossed.
            let p = polygon
            triangles +=
              away(0, 2) <= away(1, 3)
              ? [SIMD3(p[0], p[1], p[2]), SIMD3(p[0], p[2], p[3])]
              : [SIMD3(p[1], p[2], p[3]), SIMD3(p[1], p[3], p[0])]
          } else {
            let n = polygon.count
            for step in 1..<n - 1 {
              triangles.append(
                SIMD3(polygon[start], polygon[(start + step) % n], polygon[(start + step + 1) % n]))
            }
          }
        }
      }
    }
    return triangles
  }

  /// The ring of vertices around a crossed edge, counter-clockwise about its axis.
  ///
  /// - Returns: whether there are vertices of faces among them.
  private func addPolygon(
    around corner: SIMD3<Int>, along axis: Int, outsideFirst: Bool, _ faces: [Face: UInt32],
    to polygon: inout [UInt32]
  ) -> Bool {
    polygon.removeAll(keepingCapacity: true)
    let (b, c) = ((axis + 1) % 3, (axis + 2) % 3)
    var hasFaces = false
    // Steps back along b and c: the quadrants in turn.
    for (quadrant, (back, down)) in [(0, 0), (1, 0), (1, 1), (0, 1)].enumerated() {
      var place = corner
      place[b] -= back
      place[c] -= down
      let cube = rows.cube(at: place)!
      let edge = DualCases.edge(axis, b: back, c: down)
      polygon.append(cube.firstVertex + UInt32(cases.loopOfEdge[Int(cube.inside)][edge]))
      guard !faces.isEmpty else { continue }
      // The face to the next quadrant is the near one of one of both cubes.
      var face = Face(cube: place, axis: quadrant.isMultiple(of: 2) ? b : c)
      switch quadrant {
      case 0, 1: break
      case 2: face.cube[b] += 1
      default: face.cube[c] += 1
      }
      guard let number = faces[face] else { continue }
      // The segment is that about the edge's outside end.
      var outside = corner
      if !outsideFirst { outside[axis] += 1 }
      let third = DualCases.axes(ofFace: face.axis).1
      polygon.append(number + UInt32(outside[third] - face.cube[third]))
      hasFaces = true
    }
    return hasFaces
  }
}
