import Volumes

extension TriangleMesh {
  /// The volumes in mm³ that the shells enclose, by their first vertices: below 0 for cavities.
  ///
  /// Shells are parts connected through shared vertices; normals point out of the solid.
  /// - Complexity: a few passes over the triangles.
  public var shellVolumes: [Double] {
    let shells = Shells(of: self)
    return shells.volumes(of: self)
  }

  /// The mesh, once smoothed, without the shells that smoothing shrank to a point: cavities are left out, bodies get back
  /// the shape that they had.
  ///
  /// A shell about one voxel has eight triangles and no vertex that smoothing leaves where it was.
  /// - Parameters:
  ///   - rough: the same mesh before it was smoothed.
  ///   - volume: shells that enclose less mm³ have collapsed.
  func mendingShells(below volume: Double, of rough: TriangleMesh) -> TriangleMesh {
    let shells = Shells(of: self)
    let (volumes, before) = (shells.volumes(of: self), shells.volumes(of: rough))
    guard volumes.contains(where: { abs($0) < volume }) else { return self }
    var numbers = [UInt32](repeating: 0, count: vertices.count)
    var points: [SIMD3<Float>] = []
    func isDropped(_ shell: Int) -> Bool { abs(volumes[shell]) < volume && before[shell] < 0 }
    for vertex in vertices.indices where !isDropped(shells.ofVertex(vertex)) {
      numbers[vertex] = UInt32(points.count)
      let hasCollapsed = abs(volumes[shells.ofVertex(vertex)]) < volume
      points.append(hasCollapsed ? rough.vertices[vertex] : vertices[vertex])
    }
    let kept = triangles.filter { !isDropped(shells.ofVertex(Int($0.x))) }
    return TriangleMesh(
      checkedVertices: points,
      triangles: kept.map { SIMD3(numbers[Int($0.x)], numbers[Int($0.y)], numbers[Int($0.z)]) })
  }
}

/// Which vertices hang together by triangles.
private struct Shells {
  /// The shell of each vertex, by the shells' first vertices.
  private let shellOf: [Int32]
  private let count: Int

  init(of mesh: TriangleMesh) {
    var sets = DisjointSets(count: mesh.vertices.count)
    for t in mesh.triangles {
      sets.join(Int(t.x), Int(t.y))
      sets.join(Int(t.x), Int(t.z))
    }
    var shellOf = [Int32](repeating: 0, count: mesh.vertices.count)
    var count: Int32 = 0
    for vertex in shellOf.indices {
      // A root is the least member of its set, so it comes first.
      let root = sets.root(of: vertex)
      if root == vertex {
        shellOf[vertex] = count
        count += 1
      } else {
        shellOf[vertex] = shellOf[root]
      }
    }
    (self.shellOf, self.count) = (shellOf, Int(count))
  }

  func ofVertex(_ vertex: Int) -> Int { Int(shellOf[vertex]) }

  func volumes(of mesh: TriangleMesh) -> [Double] {
    guard let box = mesh.boundingBox else { return [] }
    let middle = (SIMD3<Double>(box.lowest) + SIMD3<Double>(box.highest)) / 2
    var sums = [Double](repeating: 0, count: count)
    var index = 0
    mesh.forEachTriangle { a, b, c in
      let shell = ofVertex(Int(mesh.triangles[index].x))
      index += 1
      sums[shell] += (a - middle).dot((b - middle).cross(c - middle)) / 6
    }
    return sums
  }
}
