public import Volumes

/// A surface of triangles.
///
/// *Units*: mm, in LPS coordinates. *Convention*: seen from outside, the corners of a triangle run
/// counter-clockwise, so normals point outward and the signed volume of a solid is positive.
/// *Memory*: 16 bytes a vertex and 16 bytes a triangle.
public struct TriangleMesh: Sendable, Equatable {
  /// The vertices, in LPS mm.
  public var vertices: [SIMD3<Float>]
  /// Three indices into ``vertices`` a triangle.
  public var triangles: [SIMD3<UInt32>]

  /// A mesh of vertices and triangles.
  ///
  /// - Precondition: every index names a vertex.
  public init(vertices: [SIMD3<Float>] = [], triangles: [SIMD3<UInt32>] = []) {
    precondition(vertices.count <= Int(UInt32.max), "more vertices than an index can name")
    precondition(
      triangles.allSatisfy { Int($0.max()) < vertices.count }, "an index names no vertex")
    self.vertices = vertices
    self.triangles = triangles
  }

  /// Takes vertices and triangles that are known to fit each other, without the pass over them.
  package init(checkedVertices vertices: [SIMD3<Float>], triangles: [SIMD3<UInt32>]) {
    self.vertices = vertices
    self.triangles = triangles
  }

  /// Several meshes as one; they share no vertex.
  ///
  /// - Precondition: together they have no more vertices than an index can name.
  public init(joining meshes: [TriangleMesh]) {
    self.init()
    vertices.reserveCapacity(meshes.reduce(0) { $0 + $1.vertices.count })
    triangles.reserveCapacity(meshes.reduce(0) { $0 + $1.triangles.count })
    for mesh in meshes {
      let first = SIMD3(repeating: UInt32(vertices.count))
      vertices += mesh.vertices
      precondition(vertices.count <= Int(UInt32.max), "more vertices than an index can name")
      triangles += mesh.triangles.map { $0 &+ first }
    }
  }

  public var isEmpty: Bool { triangles.isEmpty }

  /// The enclosed volume in mm³: positive where normals point outward. Means something for closed
  /// meshes only.
  ///
  /// Sums the tetrahedra over every triangle and the centre of the bounding box in double
  /// precision, so that a mesh far from the origin loses no digits.
  ///
  /// - Complexity: one pass over the triangles.
  public var signedVolume: Double {
    guard let box = boundingBox else { return 0 }
    let centre = (SIMD3<Double>(box.lowest) + SIMD3<Double>(box.highest)) / 2
    var sixfold = 0.0
    forEachTriangle { a, b, c in
      sixfold += (a - centre).dot((b - centre).cross(c - centre))
    }
    return sixfold / 6
  }

  /// The area of all triangles in mm².
  ///
  /// - Complexity: one pass over the triangles.
  public var area: Double {
    var twofold = 0.0
    forEachTriangle { a, b, c in twofold += (b - a).cross(c - a).length }
    return twofold / 2
  }

  /// The smallest box along the LPS axes that holds every vertex, in mm; nil without vertices.
  public var boundingBox: (lowest: SIMD3<Float>, highest: SIMD3<Float>)? {
    guard let first = vertices.first else { return nil }
    var (lowest, highest) = (first, first)
    for vertex in vertices {
      lowest = pointwiseMin(lowest, vertex)
      highest = pointwiseMax(highest, vertex)
    }
    return (lowest, highest)
  }

  /// The mesh with every vertex mapped. A map that mirrors also turns the triangles, so that
  /// normals go on pointing outward.
  public func transformed(by map: Affine) -> TriangleMesh {
    let mirrors = map.linear.determinant < 0
    return TriangleMesh(
      checkedVertices: vertices.map { SIMD3<Float>(map * SIMD3<Double>($0)) },
      triangles: mirrors ? triangles.map { SIMD3($0.x, $0.z, $0.y) } : triangles)
  }

  /// Calls `body` with the corners of every triangle, in double precision.
  @inline(__always)
  package func forEachTriangle(_ body: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) -> Void) {
    vertices.withUnsafeBufferPointer { vertices in
      for triangle in triangles {
        body(
          SIMD3(vertices[Int(triangle.x)]), SIMD3(vertices[Int(triangle.y)]),
          SIMD3(vertices[Int(triangle.z)]))
      }
    }
  }
}
