public import Meshes
public import Dataflow

extension TriangleMesh: StageValue {
  public static var kind: String { "surface" }
  /// Sixteen bytes per vertex and per triangle: three numbers each, aligned to four.
  public var extent: Extent {
    Extent(bytes: vertices.count * 16 + triangles.count * 16)
  }
}
