internal import Skulls
internal import Volumes

/// The shape of one head: how it differs from a template, without how it lies.
struct RandomHead {
  /// Head's mm about the template's origin → template, before the warp.
  let templateFromHead: Matrix3
  /// How much larger than the template it is, in the mean of its axes.
  let size: Double
  let warp: Warp
  /// How much the bone's surfaces move outwards, in mm of the template.
  let thicker: Float
  /// The part of its half-thickness by which bone is thinner on each side.
  let thinner: Float
  /// The same for the complete head, whose bone is never so thin that it falls between the cells.
  let thinnerWhole: Float
  let isAnalytic: Bool

  /// The thickness of a template's vault in mm.
  static let vault = 6.5
  /// The least thickness of the complete head's vault, in mm of the template.
  private static let leastWhole = 4.5

  init(_ settings: Randomization, seed: UInt64, case number: Int) {
    let base = SkullParameters(seed: seed, case: number)
    var stream = RandomStream(seed: seed, case: number, purpose: .randomHead)
    // Adults are more frequent than children: the mean of two draws on the upper side.
    let (low, high) = (settings.sizes.lowerBound, settings.sizes.upperBound)
    let place = max(stream.unit(), stream.unit())
    let scale = low + (high - low) * place
    let skew = settings.asymmetry * stream.uniform(-1...1) * stream.unit()
    let thickness = min(
      settings.thickness.upperBound,
      max(
        settings.thickness.lowerBound, Self.vault * PowerSeries.exp(0.3 * stream.normal(limit: 2.5))
      ))
    isAnalytic = stream.unit() < settings.analytic
    let axes = SIMD3(
      scale * PowerSeries.exp(1.3 * base.logAxes.x), scale * PowerSeries.exp(1.3 * base.logAxes.y),
      scale * PowerSeries.exp(1.3 * base.logAxes.z))
    let shape =
      Matrix3(SIMD3(1, skew, 0), SIMD3(0, 1, 0), SIMD3(0, 1.3 * base.shear, 1))
      * Matrix3(diagonal: axes)
    guard let inverse = shape.inverse else { preconditionFailure("a shape is never singular") }
    templateFromHead = inverse
    size = scale
    warp = Warp(seed: seed, case: number)
    // In mm of the template, which a small head shrinks.
    let wanted = thickness / scale
    thicker = Float(max(0, (wanted - Self.vault) / 2))
    thinner = Float(max(0, 1 - wanted / Self.vault))
    thinnerWhole = Float(max(0, 1 - max(wanted, Self.leastWhole) / Self.vault))
  }
}
