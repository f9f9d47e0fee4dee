public import Dataflow
public import Implants
public import Meshes
import Volumes

extension ImplantDesign: StageValue {
  public static var kind: String { "design" }
  /// Four bytes a cell of each part, and as many of the part before its tabs, holes and label.
  public var extent: Extent {
    Extent(bytes: parts.reduce(0) { $0 + (design.hasFeatures ? 8 : 4) * $1.field.sizes.count })
  }
}

/// The mould of a part, whose halves are taken one by one.
public struct CastMould: StageValue {
  public static let kind = "mould"

  /// Nil where there is no part.
  public let mould: Mould?

  public init(_ mould: Mould?) { self.mould = mould }

  /// Four bytes a cell of each half.
  public var extent: Extent {
    Extent(bytes: mould.map { $0.inner.byteCount + $0.outer.byteCount } ?? 0)
  }
}

/// A surface, and what the gate found of it.
public struct CheckedSurface: StageValue {
  public static let kind = "checked surface"

  public var mesh: TriangleMesh
  /// Without checks for a surface without triangles.
  public var report: GateReport
  /// The part of the design that each triangle belongs to, from 0; empty: all to one.
  public var partOfTriangle: [Int] = []
  /// The ways out of the parts, in LPS, of length 1, in the order of the design; empty where there is no design.
  public var ways: [SIMD3<Double>] = []

  /// The surface of each part, in the order of the design.
  public var parts: [TriangleMesh] {
    partOfTriangle.contains { $0 > 0 } ? mesh.separated(by: partOfTriangle) : [mesh]
  }

  /// The surface and a number a triangle; the report is nothing beside them.
  public var extent: Extent { Extent(bytes: mesh.extent.bytes + 8 * partOfTriangle.count) }
}

/// What the gate found is told to the account.
extension GateReport: StageFact {}

/// What was measured for the chart is told to the account.
extension ImplantMeasures: StageFact {}
