import Volumes

/// What is wrong or right with the topology of a mesh, in numbers.
///
/// Only indices count: two vertices at one place are two vertices. ``SelfIntersections`` and
/// ``MeshParts`` look at where they lie.
public struct MeshCheck: Hashable, Sendable {
  /// Triangles of the mesh, degenerate ones too.
  public private(set) var triangles = 0
  /// Vertices that some triangle uses.
  public private(set) var vertices = 0
  /// Vertices that no triangle uses.
  public private(set) var unusedVertices = 0
  /// Undirected edges, each counted once.
  public private(set) var edges = 0
  /// Edges in one triangle only.
  public private(set) var boundaryEdges = 0
  /// Edges in more than two triangles.
  public private(set) var nonManifoldEdges = 0
  /// Edges whose two triangles run through them in the same direction.
  public private(set) var inconsistentEdges = 0
  /// Vertices where more than one fan of triangles meets.
  public var nonManifoldVertices: Int { verticesOfSeveralFans.count }
  /// Those vertices.
  private(set) var verticesOfSeveralFans: [Int] = []
  /// Triangles that name a vertex twice or have no area.
  public private(set) var degenerateTriangles = 0
  /// Triangles with the same vertices as another before them, in whatever order.
  public private(set) var duplicateTriangles = 0
  /// Vertices with a coordinate that is not finite.
  public private(set) var nonFiniteVertices = 0
  /// Parts of the surface connected through shared vertices.
  public private(set) var components = 0

  /// Vertices − edges + triangles.
  public var eulerNumber: Int { vertices - edges + triangles }

  /// Whether every edge lies in exactly two triangles, in opposite directions.
  public var isClosed: Bool {
    boundaryEdges == 0 && nonManifoldEdges == 0 && inconsistentEdges == 0
  }

  /// Whether the surface is closed, every vertex has one fan, and nothing is degenerate: what
  /// printing software asks for. An empty mesh is not.
  public var isWatertight: Bool {
    triangles > 0 && isClosed && nonManifoldVertices == 0 && degenerateTriangles == 0
      && nonFiniteVertices == 0
  }

  /// The number of handles of all components together; nil where the surface is not a closed
  /// manifold.
  public var genus: Int? {
    isClosed && nonManifoldVertices == 0 ? components - eulerNumber / 2 : nil
  }

  /// Examines a mesh.
  ///
  /// - Complexity: O(triangles) for meshes whose vertices have few neighbours; about 60 bytes a
  ///   triangle.
  public init(_ mesh: TriangleMesh) {
    triangles = mesh.triangles.count
    nonFiniteVertices = mesh.vertices.count { !($0 - $0 == .zero) }
    countDegenerate(mesh)
    let corners = CornersByVertex(mesh)
    vertices = (0..<mesh.vertices.count).count { !corners[$0].isEmpty }
    unusedVertices = mesh.vertices.count - vertices
    countEdgesAndFans(mesh, corners)
    countDuplicates(mesh, corners)
    countComponents(mesh)
  }

  private mutating func countDegenerate(_ mesh: TriangleMesh) {
    var index = 0
    mesh.forEachTriangle { a, b, c in
      let t = mesh.triangles[index]
      index += 1
      let repeats = t.x == t.y || t.y == t.z || t.z == t.x
      if repeats || (b - a).cross(c - a) == .zero { degenerateTriangles += 1 }
    }
  }

  /// Goes round every vertex: each of its triangles has one edge that leaves it and one that
  /// arrives; an edge is counted at the smaller of its vertices.
  private mutating func countEdgesAndFans(_ mesh: TriangleMesh, _ corners: CornersByVertex) {
    var spokes: [Spoke] = []
    for vertex in 0..<mesh.vertices.count {
      spokes.removeAll(keepingCapacity: true)
      let around = corners[vertex]
      for (order, corner) in around.enumerated() {
        let t = mesh.triangles[Int(corner) / 3]
        let place = Int(corner) % 3
        spokes.append(Spoke(other: t[(place + 1) % 3], triangle: order, leaves: true))
        spokes.append(Spoke(other: t[(place + 2) % 3], triangle: order, leaves: false))
      }
      spokes.sort { $0.other < $1.other }
      var fans = DisjointSets(count: around.count)
      var first = 0
      while first < spokes.count {
        var last = first + 1
        while last < spokes.count, spokes[last].other == spokes[first].other { last += 1 }
        let group = spokes[first..<last]
        for spoke in group.dropFirst() { fans.join(spokes[first].triangle, spoke.triangle) }
        if spokes[first].other > vertex { countEdge(group) }
        first = last
      }
      if fans.setCount > 1 { verticesOfSeveralFans.append(vertex) }
    }
  }

  private mutating func countEdge(_ group: ArraySlice<Spoke>) {
    edges += 1
    switch group.count {
    case 1: boundaryEdges += 1
    case 2:
      if group.count(where: { $0.leaves }) != 1 { inconsistentEdges += 1 }
    default: nonManifoldEdges += 1
    }
  }

  /// Looks among the triangles that have a vertex as their least one.
  private mutating func countDuplicates(_ mesh: TriangleMesh, _ corners: CornersByVertex) {
    var others: [UInt64] = []
    for vertex in 0..<mesh.vertices.count {
      others.removeAll(keepingCapacity: true)
      for corner in corners[vertex] {
        let t = mesh.triangles[Int(corner) / 3]
        guard t.min() == UInt32(vertex), t.x != t.y, t.y != t.z, t.z != t.x else { continue }
        let rest = UInt64(t.x) + UInt64(t.y) + UInt64(t.z) - UInt64(vertex) - UInt64(t.max())
        others.append(rest << 32 | UInt64(t.max()))
      }
      guard others.count > 1 else { continue }
      others.sort()
      for i in 1..<others.count where others[i] == others[i - 1] { duplicateTriangles += 1 }
    }
  }

  private mutating func countComponents(_ mesh: TriangleMesh) {
    var sets = DisjointSets(count: mesh.vertices.count)
    for t in mesh.triangles {
      sets.join(Int(t.x), Int(t.y))
      sets.join(Int(t.x), Int(t.z))
    }
    components = sets.setCount - unusedVertices
  }

  /// One end of an edge as a vertex sees it.
  private struct Spoke {
    var other: UInt32
    var triangle: Int
    var leaves: Bool
  }
}

/// For every vertex, the corners (3 · triangle + place) that name it.
private struct CornersByVertex {
  private var starts: [UInt32]
  private var corners: [UInt32]

  init(_ mesh: TriangleMesh) {
    starts = [UInt32](repeating: 0, count: mesh.vertices.count + 1)
    corners = [UInt32](repeating: 0, count: mesh.triangles.count * 3)
    for t in mesh.triangles { for place in 0..<3 { starts[Int(t[place]) + 1] += 1 } }
    for vertex in 0..<mesh.vertices.count { starts[vertex + 1] += starts[vertex] }
    var next = starts
    for (index, t) in mesh.triangles.enumerated() {
      for place in 0..<3 {
        corners[Int(next[Int(t[place])])] = UInt32(index * 3 + place)
        next[Int(t[place])] += 1
      }
    }
  }

  subscript(vertex: Int) -> ArraySlice<UInt32> {
    corners[Int(starts[vertex])..<Int(starts[vertex + 1])]
  }
}
