import Volumes

/// Where a mesh was broken or moved too far when it was reduced.
struct DecimationFlaws {
  /// A place, and how large it is in mm.
  struct Place {
    var centre: SIMD3<Float>
    var radius: Float
  }

  private(set) var places: [Place] = []
  /// The largest distance between the surfaces, where it is within the limit everywhere.
  private(set) var deviation: Float = 0

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
    // Half the side of a square of a triangle's mean area.
    let size = Float((reduced.area / Double(max(1, reduced.triangles.count))).squareRoot())
    var largest: Float = 0
    reducedTree.withWalk { walk in
      for vertex in mesh.vertices {
        if let distance = walk.distance(to: vertex, atMost: limit) {
          largest = max(largest, distance)
        } else {
          places.append(Place(centre: vertex, radius: size))
        }
      }
    }
    tree.withWalk { walk in
      for t in reduced.triangles.indices {
        for point in Self.points(of: t, in: reduced) {
          if let distance = walk.distance(to: point, atMost: limit) {
            largest = max(largest, distance)
          } else {
            places.append(Self.place(of: t, in: reduced))
            break
          }
        }
      }
    }
    deviation = largest
  }

  /// Marks the triangles of the mesh at these places.
  func mark(_ stays: inout [Bool], in mesh: TriangleMesh, growth: Float) {
    let ends = places.map { place in
      let reach = place.radius * growth
      return (place.centre, reach * reach)
    }
    for (number, t) in mesh.triangles.enumerated() where !stays[number] {
      let corner = mesh.vertices[Int(t.x)]
      stays[number] = ends.contains { centre, squared in
        let away = corner - centre
        return (away * away).sum() <= squared
      }
    }
  }

  /// Triangles at edges that do not have one triangle on each side, and such without area.
  private static func brokenTriangles(_ mesh: TriangleMesh) -> [Int] {
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
      if last - first != 2 { for i in first..<last { broken.append(Int(keys[i].triangle)) } }
      first = last
    }
    var number = 0
    mesh.forEachTriangle { a, b, c in
      if (b - a).cross(c - a) == .zero { broken.append(number) }
      number += 1
    }
    return broken
  }

  private static func place(of triangle: Int, in mesh: TriangleMesh) -> Place {
    let t = mesh.triangles[triangle]
    let (a, b, c) = (
      mesh.vertices[Int(t.x)], mesh.vertices[Int(t.y)], mesh.vertices[Int(t.z)]
    )
    let centre = (a + b + c) / 3
    let squared = [a - centre, b - centre, c - centre].map { ($0 * $0).sum() }.max() ?? 0
    return Place(centre: centre, radius: squared.squareRoot())
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
