/// What makes one synthetic skull differ from the template, but for the warp and the edge's noise.
///
/// The map from the template to the patient is p = R · S · D · q about the template's origin: sizes D,
/// shear S, rotation R. *Units*: mm and degrees, LPS.
public struct SkullParameters: Hashable, Sendable, Encodable {
  /// Natural logarithm of the size.
  public var logSize: Double
  /// Natural logarithms of the sizes along x, y, z, on top of that.
  public var logAxes: SIMD3<Double>
  /// Rotations about x (nodding), y (tilting) and z (turning), applied in this order, in degrees.
  public var angles: SIMD3<Double>
  /// How much further back a point lies for each mm that it lies higher.
  public var shear: Double
  /// How much the bone's surfaces move outwards, in mm; limited where bone is thin.
  public var thickness: Double
  /// How far above the lowest bone the scan begins, in mm.
  public var lowerCut: Double
  /// Air above the highest bone, in mm.
  public var headroom: Double
  /// The length of the scan along x and y, in mm; larger than drawn where the skull needs it.
  public var fieldOfView: Double
  /// Where the middle of the scan lies from the skull's origin along x and y, in mm.
  public var jitter: SIMD2<Double>

  /// The parameters of a case; `fieldOfView` and `jitter` as drawn.
  init(seed: UInt64, case number: Int) {
    var stream = RandomStream(seed: seed, case: number, purpose: .pose)
    func normal(_ sigma: Double) -> Double { sigma * stream.normal(limit: 2.25) }
    logSize = normal(0.035)
    logAxes = SIMD3(normal(0.025), normal(0.025), normal(0.025))
    // The template is a small head, and sums of draws are longer than heads are.
    let sums = logAxes + logSize
    let limit = SIMD3(repeating: 0.045)
    logAxes = pointwiseMin(limit, pointwiseMax(-limit, sums)) - logSize
    logSize += 0.02
    angles = SIMD3(normal(5), normal(5), normal(5))
    shear = normal(0.03)
    thickness = normal(0.35)
    lowerCut = stream.uniform(0...16)
    headroom = stream.uniform(6...14)
    fieldOfView = stream.uniform(Population.fieldsOfView)
    jitter = SIMD2(stream.uniform(-6...6), stream.uniform(-6...6))
  }
}
