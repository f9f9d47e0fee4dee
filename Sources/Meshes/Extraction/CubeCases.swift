import Volumes

/// The triangles of a marching cube for each of the 256 sets of inside corners.
///
/// *Numbering*: corner c lies at (c & 1, c >> 1 & 1, c >> 2 & 1). Edges 0…3 run along x at
/// (y, z) = bits of e, 4…7 along y at (x, z) = bits of e − 4, 8…11 along z at (x, y) = bits of
/// e − 8.
///
/// The table is derived when first used, not written down. Every cube face joins the crossings on
/// its border so that each run of outside corners is cut off: two inside corners across the
/// diagonal of a face stay joined, two outside corners do not. The rule sees the face's four corners
/// only, so the two cubes at a face agree. The crossings thus form closed loops in the cube's
/// surface, and a loop is filled without diagonals between two crossings of one face, since
/// the cube next door could use the same diagonal and four triangles would meet in it. With this face
/// rule such a filling exists for every loop, so no cube needs a vertex in its middle. Hence every
/// edge of the whole surface lies in exactly two triangles, whatever the mask.
///
/// *Source*: Lorensen and Cline, Marching Cubes, SIGGRAPH 1987 (the idea); the face rule is the
/// one of a surface that is 18-connected inside and 6-connected outside (Lachaud and Montanvert
/// 2000). No published table was used.
struct CubeCases: Sendable {
  /// Where the triangles of case c start; 257 numbers.
  let firstTriangle: [Int]
  /// Three edges a triangle, outward in a right-handed grid.
  let edges: [UInt8]

  static let all = CubeCases()

  private init() {
    var firstTriangle = [0]
    var edges: [UInt8] = []
    for inside in 0..<256 {
      for loop in Self.loops(ofInside: inside) {
        guard let filling = Self.filling(of: loop) else {
          preconditionFailure("the face rule leaves no loop without a filling")
        }
        edges += filling
      }
      firstTriangle.append(edges.count / 3)
    }
    self.firstTriangle = firstTriangle
    self.edges = edges
  }

  /// The middle of an edge in the unit cube.
  static func middle(ofEdge edge: Int) -> SIMD3<Double> {
    let (low, high) = (Double(edge & 1), Double(edge >> 1 & 1))
    return switch edge >> 2 {
    case 0: SIMD3(0.5, low, high)
    case 1: SIMD3(low, 0.5, high)
    default: SIMD3(low, high, 0.5)
    }
  }

  /// The edge between two corners that differ in one bit.
  private static func edge(_ a: Int, _ b: Int) -> UInt8 {
    let corner = a & b
    return switch a ^ b {
    case 1: UInt8(corner >> 1)
    case 2: UInt8(4 + (corner & 1) + (corner >> 2) * 2)
    default: UInt8(8 + corner)
    }
  }

  /// The four corners of each face, counter-clockwise seen from outside the cube.
  private static let faces: [[Int]] = (0..<3).flatMap { axis -> [[Int]] in
    let (a, b, c) = (1 << axis, 1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3))
    return [[0, c, b | c, b], [a, a | b, a | b | c, a | c]]
  }

  /// The crossed edges in cyclic order, one array a loop.
  static func loops(ofInside inside: Int) -> [[UInt8]] {
    var next = [UInt8?](repeating: nil, count: 12)
    for face in faces {
      for i in 0..<4 {
        let (from, to) = (face[i], face[(i + 1) % 4])
        guard inside >> from & 1 == 1, inside >> to & 1 == 0 else { continue }
        // Round the run of outside corners to where it ends; the segment runs backwards.
        var j = i + 1
        while inside >> face[(j + 1) % 4] & 1 == 0 { j += 1 }
        next[Int(edge(face[j % 4], face[(j + 1) % 4]))] = edge(from, to)
      }
    }
    var loops: [[UInt8]] = []
    for start in 0..<12 {
      var loop: [UInt8] = []
      var edge = start
      while let following = next[edge] {
        loop.append(UInt8(edge))
        next[edge] = nil
        edge = Int(following)
      }
      if !loop.isEmpty { loops.append(loop) }
    }
    return loops
  }

  /// Whether two edges lie in one face of the cube.
  static func shareFace(_ a: UInt8, _ b: UInt8) -> Bool {
    let (p, q) = (middle(ofEdge: Int(a)), middle(ofEdge: Int(b)))
    return (0..<3).contains { p[$0] == q[$0] && p[$0] != 0.5 }
  }

  /// The triangles of least area that fill a loop without a diagonal inside a cube face, or nil
  /// where there are none.
  private static func filling(of loop: [UInt8]) -> [UInt8]? {
    let n = loop.count
    let points = loop.map { middle(ofEdge: Int($0)) }
    // best[i][j]: the filling of the part of the loop from i to j, closed by the edge j → i.
    var best = [[(area: Double, triangles: [UInt8])?]](
      repeating: [(area: Double, triangles: [UInt8])?](repeating: nil, count: n), count: n)
    for i in 0..<n - 1 { best[i][i + 1] = (0, []) }
    for span in 2..<n {
      for i in 0..<n - span {
        let j = i + span
        guard span == n - 1 || !shareFace(loop[i], loop[j]) else { continue }
        for middle in i + 1..<j {
          guard let left = best[i][middle], let right = best[middle][j] else { continue }
          let normal = (points[middle] - points[i]).cross(points[j] - points[i])
          let area = left.area + right.area + normal.length / 2
          if area < (best[i][j]?.area ?? .infinity) - 1e-9 {
            best[i][j] = (
              area, left.triangles + right.triangles + [loop[i], loop[middle], loop[j]]
            )
          }
        }
      }
    }
    return best[0][n - 1]?.triangles
  }
}
