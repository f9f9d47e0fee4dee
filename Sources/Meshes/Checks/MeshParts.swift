import Volumes

/// The shells of a surface: its parts connected through shared vertices, and what each of them is.
public struct MeshParts: Hashable, Sendable {
  public struct Shell: Hashable, Sendable {
    public var triangles: Int
    /// The volume in mm³: positive where normals point outward.
    public var volume: Double
    /// How many other shells it lies in.
    public var depth: Int

    /// Whether it bounds a solid from outside, by where it lies; otherwise it bounds a cavity.
    public var isOuter: Bool { depth.isMultiple(of: 2) }
    /// Whether its normals point out of the solid.
    public var isOutward: Bool { isOuter ? volume > 0 : volume < 0 }
  }

  /// The shells, by their first triangle.
  public private(set) var shells: [Shell] = []
  /// The shell of each triangle, as ``TriangleMesh/shellOfTriangles``.
  package private(set) var shellOfTriangle: [Int] = []
  /// Whether it was found which shells lie in which; among thousands it is not looked for, and all count
  /// as outer ones.
  public private(set) var knowsDepths = true

  /// Shells that bound solids.
  public var outerCount: Int { shells.count { $0.isOuter } }
  /// Shells that bound cavities.
  public var cavityCount: Int { shells.count { !$0.isOuter } }
  /// Shells whose normals point into the solid, or that enclose nothing.
  public var turnedCount: Int { shells.count { !$0.isOutward } }

  private static let mostForDepths = 1000

  /// Finds the shells of a closed mesh whose coordinates are finite.
  ///
  /// - Complexity: O(triangles), and for each shell as many steps as there are triangles on a line through
  ///   one of its corners.
  public init(of mesh: TriangleMesh) { self.init(of: mesh, in: TriangleTree(mesh)) }

  /// Finds the shells of a mesh over which there is a tree.
  package init(of mesh: TriangleMesh, in tree: TriangleTree) {
    let shellOf = mesh.shellOfTriangles
    shellOfTriangle = shellOf
    var firsts: [Int] = []
    var sums: [Double] = []
    let centre = mesh.boundingBox.map {
      (SIMD3<Double>($0.lowest) + SIMD3<Double>($0.highest)) / 2
    }
    var index = 0
    mesh.forEachTriangle { a, b, c in
      let shell = shellOf[index]
      if shell == firsts.count {
        firsts.append(index)
        sums.append(0)
        shells.append(Shell(triangles: 0, volume: 0, depth: 0))
      }
      shells[shell].triangles += 1
      let middle = centre ?? .zero
      sums[shell] += (a - middle).dot((b - middle).cross(c - middle))
      index += 1
    }
    for shell in shells.indices { shells[shell].volume = sums[shell] / 6 }
    guard shells.count > 1 else { return }
    guard shells.count <= Self.mostForDepths else {
      knowsDepths = false
      return
    }
    tree.withWalk { walk in
      for shell in shells.indices {
        shells[shell].depth = Self.depth(
          of: shell, from: mesh.triangles[firsts[shell]], mesh, shellOf, walk)
      }
    }
  }

  /// How many other shells the corner of a triangle lies in: those that a ray from it leaves more often
  /// than it enters them, or the reverse.
  private static func depth(
    of shell: Int, from triangle: SIMD3<UInt32>, _ mesh: TriangleMesh, _ shellOf: [Int],
    _ walk: TreeWalk
  ) -> Int {
    // In no direction that the surfaces of masks favour.
    let direction = SIMD3(0.5377, 0.3191, 0.7804)
    var origin = SIMD3<Double>(mesh.vertices[Int(triangle.x)])
    var balance: [Int: Int] = [:]
    var last = -1
    for _ in 0..<4096 {
      guard let hit = walk.firstHit(from: origin, towards: direction, skipping: last) else { break }
      if shellOf[hit.triangle] != shell {
        balance[shellOf[hit.triangle], default: 0] += hit.leaves ? 1 : -1
      }
      origin += direction * hit.distance
      last = hit.triangle
    }
    return balance.values.count { $0 != 0 }
  }
}
