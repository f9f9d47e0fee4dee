public import Errors
public import Volumes

extension Geometry {
  /// The distance in mm above which two grids are not the same.
  public static var matchTolerance: Double { 1e-3 }

  /// Makes sure that two volumes share a grid.
  ///
  /// - Throws: `Diagnostic` with code `gridMismatch` where the sizes differ or a corner lies further
  ///   than ``matchTolerance`` from its counterpart, with the distance in mm.
  public func requireMatch(with other: Geometry) throws(Diagnostic) {
    guard let distance = mismatch(with: other) else {
      throw Diagnostic(
        .gridMismatch, field: "grid", expected: "sizes \(sizes)", found: "\(other.sizes)",
        remedy: "resample one onto the grid of the other")
    }
    guard distance <= Self.matchTolerance else {
      throw Diagnostic(
        .gridMismatch, field: "grid",
        expected: "corners within \(Self.matchTolerance) mm of each other",
        found: "\(distance) mm", remedy: "resample one onto the grid of the other")
    }
  }
}
