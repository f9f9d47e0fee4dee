import CMeshOptimizer
import Volumes

/// A mesh with fewer triangles, and how far that moved the surface.
public struct Decimation: Equatable, Sendable {
  /// The triangles and vertices that are left.
  public var mesh: TriangleMesh
  /// The largest distance in mm between the two surfaces: of every vertex of the one to the other, and of
  /// seven points in each triangle of the other to the one.
  public var deviation: Double

  /// How often it is tried again with less deviation.
  static let attempts = 5
}

extension TriangleMesh {
  /// The mesh with at most so many triangles, or as few as the deviation allows.
  ///
  /// The library's own measure of error is no bound (its maximum was found 1.4 to 8 times as large), and at tight
  /// limits it may break a surface. So each result is checked: closed, in one fan at every vertex, with the
  /// Euler number and the parts that the mesh had, without self-intersections, and nowhere further away than
  /// `limit`. Where it is not, it is undone, and tried again with half the error; in the end the mesh stays as it is.
  /// A mesh that itself does not pass these checks stays as it is too.
  ///
  /// - Parameters:
  ///   - triangles: the budget.
  ///   - limit: how far the surface may move, in mm.
  /// - Complexity: that of `SelfIntersections` and of a search for each vertex, up to five times.
  ///
  /// *Source*: Garland and Heckbert, Surface simplification using quadric error metrics, SIGGRAPH 1997, by
  /// libmeshoptimizer.
  public func decimated(to triangles: Int, within limit: Double, threads: Int = 1) -> Decimation {
    let unchanged = Decimation(mesh: self, deviation: 0)
    let before = MeshCheck(self)
    guard self.triangles.count > triangles, limit > 0, before.isWatertight else { return unchanged }
    let tree = TriangleTree(self, threads: threads)
    guard SelfIntersections(of: self, in: tree, threads: threads).crossings == 0 else {
      return unchanged
    }
    var error = Float(limit)
    for _ in 0..<Decimation.attempts {
      let reduced = simplified(to: triangles, error: error)
      error /= 2
      let after = MeshCheck(reduced)
      guard after.isWatertight, after.eulerNumber == before.eulerNumber,
        after.components == before.components
      else { continue }
      let reducedTree = TriangleTree(reduced, threads: threads)
      let crossings = SelfIntersections(of: reduced, in: reducedTree, threads: threads)
      guard crossings.crossings == 0, crossings.isComplete,
        let deviation = largestDistance(tree, to: reduced, reducedTree, within: Float(limit))
      else { continue }
      return Decimation(mesh: reduced, deviation: Double(deviation))
    }
    return unchanged
  }

  /// What libmeshoptimizer leaves of the mesh, without vertices that no triangle uses.
  private func simplified(to count: Int, error: Float) -> TriangleMesh {
    let indices = triangles.flatMap { [$0.x, $0.y, $0.z] }
    let stride = MemoryLayout<SIMD3<Float>>.stride
    let left = vertices.withUnsafeBytes { vertices -> [UInt32] in
      let positions = vertices.baseAddress!.assumingMemoryBound(to: Float.self)
      // The error is counted in lengths of the mesh.
      let scale = meshopt_simplifyScale(positions, self.vertices.count, stride)
      return [UInt32](unsafeUninitializedCapacity: indices.count) { left, made in
        made = meshopt_simplify(
          left.baseAddress, indices, indices.count, positions, self.vertices.count, stride,
          count * 3, error / max(scale, .leastNormalMagnitude), 0, nil)
      }
    }
    var numbers = [UInt32](repeating: .max, count: vertices.count)
    var points: [SIMD3<Float>] = []
    func number(_ index: UInt32) -> UInt32 {
      if numbers[Int(index)] == .max {
        numbers[Int(index)] = UInt32(points.count)
        points.append(vertices[Int(index)])
      }
      return numbers[Int(index)]
    }
    var kept: [SIMD3<UInt32>] = []
    for first in Swift.stride(from: 0, to: left.count, by: 3) {
      kept.append(SIMD3(number(left[first]), number(left[first + 1]), number(left[first + 2])))
    }
    return TriangleMesh(checkedVertices: points, triangles: kept)
  }

  /// The largest distance between this mesh and a reduced one; nil where it is more than `limit`.
  private func largestDistance(
    _ tree: TriangleTree, to reduced: TriangleMesh, _ reducedTree: TriangleTree, within limit: Float
  ) -> Float? {
    var largest: Float = 0
    let isNear = reducedTree.withWalk { walk in
      vertices.allSatisfy { vertex in
        guard let distance = walk.distance(to: vertex, atMost: limit) else { return false }
        largest = max(largest, distance)
        return true
      }
    }
    guard isNear else { return nil }
    // Corners of the reduced mesh are vertices of this one.
    let places: [SIMD3<Float>] = [
      SIMD3(1, 1, 1) / 3, SIMD3(0.5, 0.5, 0), SIMD3(0, 0.5, 0.5), SIMD3(0.5, 0, 0.5),
      SIMD3(4, 1, 1) / 6, SIMD3(1, 4, 1) / 6, SIMD3(1, 1, 4) / 6,
    ]
    let comesNear = tree.withWalk { walk in
      reduced.triangles.allSatisfy { t in
        let (a, b, c) = (
          reduced.vertices[Int(t.x)], reduced.vertices[Int(t.y)], reduced.vertices[Int(t.z)]
        )
        return places.allSatisfy { place in
          let point = a * place.x + b * place.y + c * place.z
          guard let distance = walk.distance(to: point, atMost: limit) else { return false }
          largest = max(largest, distance)
          return true
        }
      }
    }
    return comesNear ? largest : nil
  }
}
