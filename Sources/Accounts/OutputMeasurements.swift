/// What a written mask or surface measures, for accounts. A field is nil if the value has no such measure,
/// or it is not finite, which JSON cannot express.
///
/// *Units*: as in the names; `centroidIndex` in voxels.
public struct OutputMeasurements: Codable, Hashable, Sendable {
  public var voxels: Int?
  public var triangles: Int?
  public var volumeMM3: Double?
  public var areaMM2: Double?
  /// The size of the bounding box along the grid's own x, y, z.
  public var extentMM: SIMD3<Double>?
  public var centroidIndex: SIMD3<Double>?
  public var centroidLPS: SIMD3<Double>?

  package init() {}

  package init(
    voxels: Int, volume: Double, extent: SIMD3<Double>, centroidIndex: SIMD3<Double>?,
    centroid: SIMD3<Double>?
  ) {
    self.voxels = voxels
    volumeMM3 = Self.finite(volume)
    extentMM = Self.finite(extent)
    self.centroidIndex = centroidIndex.flatMap(Self.finite)
    centroidLPS = centroid.flatMap(Self.finite)
  }

  package init(triangles: Int, volume: Double, area: Double) {
    self.triangles = triangles
    volumeMM3 = Self.finite(volume)
    areaMM2 = Self.finite(area)
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

  private static func finite(_ value: SIMD3<Double>) -> SIMD3<Double>? {
    (0..<3).allSatisfy { value[$0].isFinite } ? value : nil
  }
}
