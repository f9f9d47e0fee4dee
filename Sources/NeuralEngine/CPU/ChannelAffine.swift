/// What a channel is multiplied with, and what is added.
struct ChannelAffine {
  var scale: Float
  var shift: Float

  /// The logit behind a head of normalization, activation and ReLU.
  @inline(__always)
  func logit(_ x: Float, slope: Float) -> Float {
    let u = x * scale + shift
    return max(0, u > 0 ? u : u * slope)
  }
}
