import Concurrency
public import Skulls
public import Volumes
internal import VoxelOps

/// The complete head that ``ShapeCompletion`` lays onto others.
///
/// *Frame*: mm; x to the patient's left with x = 0 in the mid-sagittal plane, y to the back, z to the top.
public struct ShapeTemplate: Sendable {
  /// Complete bone on cubic cells along the axes of the frame.
  public let bone: Mask
  /// Where this head lies in its frame, as ``HeadPose/find(in:threads:)`` finds it.
  public let pose: HeadPose
  /// The distance of every cell's centre from the surface of the bone, in mm, negative in the bone.
  let distances: Volume<Float>

  /// A template of bone in the frame above.
  ///
  /// - Complexity: O(cells); 5 bytes a cell.
  public init(bone: Mask, pose: HeadPose, threads: Int = 1) {
    self.bone = bone
    self.pose = pose
    // Distances go to the centres of cells; the surface lies half a cell before.
    let half = Float(bone.geometry.directions[0].x / 2)
    var distances = bone.signedDistances(threads: threads)
    distances.withMutableVoxels { out in
      for i in 0..<out.count {
        // Of bone without a surface.
        let d = max(-100, min(100, out[i]))
        out[i] = d > 0 ? d - half : d + half
      }
    }
    self.distances = distances
  }

  /// Calls `body` with a sampler of the distances.
  func withSampler<Result>(_ body: (TemplateSampler) -> Result) -> Result {
    distances.withVoxels { body(TemplateSampler($0.baseAddress!, distances.geometry)) }
  }
}

/// Reads a template's distances between the cells' centres.
struct TemplateSampler: @unchecked Sendable {
  private let base: UnsafePointer<Float>
  private let reader: TrilinearReader
  private let perCell: Double
  private let originX, originY, originZ: Double

  /// - Precondition: cubic cells along the axes, two along each at least.
  init(_ base: UnsafePointer<Float>, _ geometry: Geometry) {
    self.base = base
    reader = TrilinearReader(geometry.sizes, margin: 1e-6)
    perCell = 1 / geometry.directions[0].x
    (originX, originY, originZ) = (geometry.origin.x, geometry.origin.y, geometry.origin.z)
  }

  /// The value at a point; beyond the cells it is as on their border.
  @inline(__always)
  func callAsFunction(_ x: Double, _ y: Double, _ z: Double) -> Float {
    reader.value(
      base,
      at: reader.place(
        (x - originX) * perCell, (y - originY) * perCell, (z - originZ) * perCell))
  }

  /// The slope at a point, from the values a cell to each side.
  func gradient(_ p: SIMD3<Double>) -> SIMD3<Double> {
    let h = 1 / perCell
    func slope(_ a: Float, _ b: Float) -> Double { Double(b - a) / (2 * h) }
    return SIMD3(
      slope(self(p.x - h, p.y, p.z), self(p.x + h, p.y, p.z)),
      slope(self(p.x, p.y - h, p.z), self(p.x, p.y + h, p.z)),
      slope(self(p.x, p.y, p.z - h), self(p.x, p.y, p.z + h)))
  }
}
