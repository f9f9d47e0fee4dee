public import Dataflow
public import Implants
public import Meshes
import Volumes

extension ImplantDesign: StageValue {
  public static var kind: String { "design" }
  /// Four bytes a cell of each part.
  public var extent: Extent { Extent(bytes: parts.reduce(0) { $0 + 4 * $1.field.sizes.count }) }
}

/// A surface, and what the gate found of it.
public struct CheckedSurface: StageValue {
  public static let kind = "checked surface"

  public var mesh: TriangleMesh
  /// Without checks for a surface without triangles.
  public var report: GateReport

  /// The surface's extent; the report's is nothing beside it.
  public var extent: Extent { mesh.extent }
}

/// What the gate found is told to the account.
extension GateReport: StageFact {}
