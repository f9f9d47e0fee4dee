import CMeshOptimizer
import Volumes

/// A mesh with fewer triangles, and how far that moved the surface.
public struct Decimation: Equatable, Sendable {
  /// The triangles and vertices that are left.
  public var mesh: TriangleMesh
  /// The largest distance in mm between the two surfaces: of every vertex of the one to the other, and of
  /// seven points in each triangle of the other to the one.
  public var deviation: Double

  /// How often the whole is reduced less, before the mesh is left as it is.
  static let attempts = 6
  /// How often what broke is undone, before the whole is reduced less.
  static let rounds = 8
  /// How often that is checked in all, as each check takes its time.
  static let checks = 16
  /// No more triangles than these are checked in all, but for two checks.
  static let work = 1_500_000
  /// In how many places that is done.
  static let fewPlaces = 1000
}

extension TriangleMesh {
  /// The mesh with at most so many triangles, or as few as the deviation allows.
  ///
  /// The library's own measure of error is no bound (its maximum was found 1.4 to 8 times as large), and here and
  /// there it breaks a surface. So the result is checked: closed, in one fan at every vertex, with the Euler
  /// number and the parts that the mesh had, without self-intersections, and nowhere further away than `limit`.
  /// Where it is not, the triangles that were there stay, and the rest is reduced again; in the end the
  /// mesh stays as it is. One that itself does not pass these checks stays as it is too.
  ///
  /// - Parameters:
  ///   - triangles: the budget.
  ///   - limit: how far the surface may move, in mm.
  /// - Complexity: that of `SelfIntersections` and of a search for each vertex, up to sixteen times.
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
    // What stays is a few triangles at each flaw: their corners lie on a border then, which the library
    // leaves in place, and all around them may be reduced.
    let edge = Float((2 * area / Double(self.triangles.count)).squareRoot())
    // The library's error is a mean over planes; the largest distance is about twice that.
    var error = Float(limit) / 2
    var left = max(2, min(Decimation.checks, Decimation.work / self.triangles.count))
    for _ in 0..<Decimation.attempts {
      var stays = [Bool](repeating: false, count: self.triangles.count)
      var reach = edge
      for round in 0..<Decimation.rounds where left > 0 {
        left -= 1
        let reduced = simplified(to: triangles, error: error, except: stays)
        let flaws = DecimationFlaws(
          of: reduced, from: self, in: tree, within: Float(limit), isFirst: round == 0,
          threads: threads)
        if flaws.places.isEmpty {
          let after = MeshCheck(reduced)
          let isSame =
            after.isWatertight && after.eulerNumber == before.eulerNumber
            && after.components == before.components
          if isSame { return Decimation(mesh: reduced, deviation: Double(flaws.deviation)) }
          break
        }
        guard flaws.places.count <= Decimation.fewPlaces else { break }
        flaws.mark(&stays, in: self, within: reach)
        reach *= 1.4
      }
      error /= 2
    }
    return unchanged
  }

  /// What libmeshoptimizer leaves of the triangles other than some, with those, without vertices that no
  /// triangle uses.
  private func simplified(to count: Int, error: Float, except stays: [Bool]) -> TriangleMesh {
    var indices: [UInt32] = []
    var kept: [SIMD3<UInt32>] = []
    for (number, t) in triangles.enumerated() {
      if stays[number] { kept.append(t) } else { indices += [t.x, t.y, t.z] }
    }
    let stride = MemoryLayout<SIMD3<Float>>.stride
    // The borders to what stays are not touched.
    let options = UInt32(meshopt_SimplifyLockBorder)
    let left = vertices.withUnsafeBytes { vertices -> [UInt32] in
      let positions = vertices.baseAddress!.assumingMemoryBound(to: Float.self)
      // The error is counted in lengths of the mesh.
      let scale = meshopt_simplifyScale(positions, self.vertices.count, stride)
      return [UInt32](unsafeUninitializedCapacity: indices.count) { left, made in
        made = meshopt_simplify(
          left.baseAddress, indices, indices.count, positions, self.vertices.count, stride,
          max(0, count - kept.count) * 3, error / max(scale, .leastNormalMagnitude), options, nil)
      }
    }
    for first in Swift.stride(from: 0, to: left.count, by: 3) {
      kept.append(SIMD3(left[first], left[first + 1], left[first + 2]))
    }
    var numbers = [UInt32](repeating: .max, count: vertices.count)
    var points: [SIMD3<Float>] = []
    for t in kept.indices {
      for corner in 0..<3 {
        let index = Int(kept[t][corner])
        if numbers[index] == .max {
          numbers[index] = UInt32(points.count)
          points.append(vertices[index])
        }
        kept[t][corner] = numbers[index]
      }
    }
    return TriangleMesh(checkedVertices: points, triangles: kept)
  }
}
