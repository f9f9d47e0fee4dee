import Concurrency
import Volumes

/// Where a mesh was broken or moved too far when it was reduced.
struct DecimationFlaws {
  private(set) var places: [SIMD3<Float>] = []
  /// The largest distance between the surfaces, where it is within the limit everywhere.
  private(set) var moved: Float = 0

  init(
    of reduced: TriangleMesh, from mesh: TriangleMesh, in tree: TriangleTree, within limit: Float,
    threads: Int
  ) {
    for t in Self.brokenTriangles(reduced) { places.append(Self.place(of: t, in: reduced)) }
    let reducedTree = TriangleTree(reduced, threads: threads)
    let crossings = SelfIntersections(of: reduced, in: reducedTree, threads: threads)
    for pair in crossings.pairs {
      places.append(Self.place(of: pair.x, in: reduced))
      places.append(Self.place(of: pair.y, in: reduced))
    }
    for vertex in MeshCheck(reduced).verticesOfSeveralFans {
      places.append(reduced.vertices[vertex])
    }
    // What is broken is mended first: the next mesh lies elsewhere anyway.
    guard places.isEmpty else { return }
    let vertices = Self.distances(mesh.vertices.count, to: reducedTree, within: limit, threads) {
      [mesh.vertices[$0]]
    }
    let points = Self.distances(reduced.triangles.count, to: tree, within: limit, threads) {
      Self.points(of: $0, in: reduced)
    }
    for (number, distance) in vertices.enumerated() where distance > limit {
      places.append(mesh.vertices[number])
    }
    for (number, distance) in points.enumerated() where distance > limit {
      places.append(Self.place(of: number, in: reduced))
    }
    let largest = max(vertices.max() ?? 0, points.max() ?? 0)
    moved = largest
  }

  /// Vertices of shells that were lost, or whose Euler number is another; both meshes are closed.
  ///
  /// - Parameter reduced: its vertices are some of those of `mesh`.
  /// - Complexity: O(n), with a table of all vertices: for a mesh of which that is known.
  static func changedShells(of mesh: TriangleMesh, in reduced: TriangleMesh) -> [SIMD3<Float>] {
    var (shellOfVertex, count) = ([Int](repeating: 0, count: mesh.vertices.count), 0)
    for (t, shell) in zip(mesh.triangles, mesh.shellOfTriangles) {
      for corner in 0..<3 { shellOfVertex[Int(t[corner])] = shell }
      count = max(count, shell + 1)
    }
    var shellAt: [SIMD3<Float>: Int] = [:]
    for (vertex, shell) in zip(mesh.vertices, shellOfVertex) { shellAt[vertex] = shell }
    // Of a closed surface vertices less half the triangles are its Euler number.
    var change = [Int](repeating: 0, count: count)
    for shell in shellOfVertex { change[shell] += 2 }
    for t in mesh.triangles { change[shellOfVertex[Int(t.x)]] -= 1 }
    let shellOfReduced = reduced.vertices.map { shellAt[$0] ?? 0 }
    var isLost = [Bool](repeating: true, count: count)
    for shell in shellOfReduced { change[shell] -= 2 }
    for t in reduced.triangles {
      let shell = shellOfReduced[Int(t.x)]
      change[shell] += 1
      isLost[shell] = false
    }
    return zip(mesh.vertices, shellOfVertex).filter { change[$0.1] != 0 || isLost[$0.1] }.map(\.0)
  }

  /// The largest distance of some points of each of so many things to a surface; infinity where one of them
  /// is further than the limit.
  private static func distances(
    _ count: Int, to tree: TriangleTree, within limit: Float, _ threads: Int,
    of points: (Int) -> [SIMD3<Float>]
  ) -> [Float] {
    var distances = [Float](repeating: 0, count: count)
    distances.withUnsafeMutableBufferPointer { out in
      let out = Slots(base: out.baseAddress!)
      tree.withWalk { walk in
        Slabs.run(count, threads: threads) { slab in
          var place = -1
          for number in slab {
            for point in points(number) {
              let distance = walk.distance(to: point, atMost: limit, near: &place) ?? .infinity
              out.base[number] = max(out.base[number], distance)
              if distance > limit { break }
            }
          }
        }
      }
    }
    return distances
  }

  /// Places that several threads write, each its own.
  private struct Slots: @unchecked Sendable {
    // Invariant behind @unchecked: every index is written by one thread.
    let base: UnsafeMutablePointer<Float>
  }

  /// Triangles at edges that do not have one triangle on each side, and such without area.
  static func brokenTriangles(_ mesh: TriangleMesh, isOpen: Bool = false) -> [Int] {
    var keys: [(key: UInt64, triangle: UInt32)] = []
    var broken: [Int] = []
    for (number, t) in mesh.triangles.enumerated() {
      for corner in 0..<3 {
        let (from, to) = (t[corner], t[(corner + 1) % 3])
        keys.append((UInt64(min(from, to)) << 32 | UInt64(max(from, to)), UInt32(number)))
      }
    }
    keys.sort { $0.key < $1.key }
    var first = 0
    while first < keys.count {
      var last = first + 1
      while last < keys.count, keys[last].key == keys[first].key { last += 1 }
      if last - first != 2, !isOpen || last - first > 2 {
        for i in first..<last { broken.append(Int(keys[i].triangle)) }
      }
      first = last
    }
    var number = 0
    mesh.forEachTriangle { a, b, c in
      if (b - a).cross(c - a) == .zero { broken.append(number) }
      number += 1
    }
    return broken
  }

  private static func place(of triangle: Int, in mesh: TriangleMesh) -> SIMD3<Float> {
    let t = mesh.triangles[triangle]
    return (mesh.vertices[Int(t.x)] + mesh.vertices[Int(t.y)] + mesh.vertices[Int(t.z)]) / 3
  }

  /// Points in a triangle, other than its corners, which are vertices of the mesh that was reduced.
  private static func points(of triangle: Int, in mesh: TriangleMesh) -> [SIMD3<Float>] {
    let t = mesh.triangles[triangle]
    let (a, b, c) = (
      mesh.vertices[Int(t.x)], mesh.vertices[Int(t.y)], mesh.vertices[Int(t.z)]
    )
    let middle = (a + b + c) / 3
    return [
      middle, (a + b) / 2, (b + c) / 2, (c + a) / 2, (a + middle) / 2, (b + middle) / 2,
      (c + middle) / 2,
    ]
  }
}
