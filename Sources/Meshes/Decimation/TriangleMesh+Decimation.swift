import Volumes

/// A mesh with fewer triangles, and how far that moved the surface.
public struct Decimation: Equatable, Sendable {
  /// The triangles and vertices that are left.
  public var mesh: TriangleMesh
  /// The largest distance in mm between the two surfaces: of every vertex of the one to the other, and of
  /// seven points in each triangle of the other to the one.
  public var moved: Double

  /// How often flaws are mended before the mesh is left as it is.
  private static let rounds = 2...8
  /// No more triangles than these are checked in all rounds but two.
  private static let work = 3_000_000

  /// How often a mesh of so many triangles is looked at.
  static func rounds(_ triangles: Int) -> Int {
    max(rounds.lowerBound, min(rounds.upperBound, work / triangles))
  }
}

extension TriangleMesh {
  /// The mesh with at most so many triangles, or as few as the tolerance allows.
  ///
  /// The library's own measure of error is no bound (its maximum was found 1.4 to 8 times as large), and here and
  /// there it breaks a surface. So the result is checked: closed, in one fan at every vertex, with the Euler
  /// number and the parts that the mesh had, without self-intersections, and nowhere further away than `tolerance`.
  /// Where it is not, it is reduced less around the place, in the end not at all; if that does not help, the mesh
  /// stays as it is. One that itself does not pass these checks stays as it is too.
  ///
  /// - Parameters:
  ///   - triangles: the budget.
  ///   - tolerance: how far the surface may move, in mm.
  /// - Complexity: that of `SelfIntersections` and of a search for each vertex, up to eight times; for most meshes
  ///   twice. The same bytes at any thread count.
  public func decimated(to triangles: Int, within tolerance: Double, threads: Int = 1) -> Decimation
  {
    let unchanged = Decimation(mesh: self, moved: 0)
    let before = MeshCheck(self)
    guard self.triangles.count > triangles, tolerance > 0, before.isWatertight else {
      return unchanged
    }
    let tree = TriangleTree(self, threads: threads)
    var reduction = PatchedReduction(of: self, to: triangles, within: Float(tolerance))
    for _ in 0..<Decimation.rounds(self.triangles.count) {
      let reduced = reduction.reduced(threads: threads)
      let flaws = DecimationFlaws(
        of: reduced, from: self, in: tree, within: Float(tolerance), threads: threads)
      if flaws.places.isEmpty {
        let after = MeshCheck(reduced)
        let isSame =
          after.isWatertight && after.eulerNumber == before.eulerNumber
          && after.components == before.components
        if isSame { return Decimation(mesh: reduced, moved: Double(flaws.moved)) }
      }
      let places =
        flaws.places.isEmpty ? DecimationFlaws.changedShells(of: self, in: reduced) : flaws.places
      guard reduction.reduceLess(at: places, within: Float(tolerance)) else { break }
    }
    return unchanged
  }
}
