/// A decoder whose losses can be followed back to its latent, for searching the latent that explains a shape.
/// Not safe to share between threads; any one at a time may call.
public protocol DecoderGradients: AnyObject {
  /// A loss of what a latent decodes to, and its gradient by the latent.
  ///
  /// - Parameters:
  ///   - latent: one number a dimension.
  ///   - loss: takes the foreground's probabilities, (x, y, z) with z fastest; writes the derivative by each of them,
  ///     and returns the loss.
  func gradient(
    at latent: [Float],
    of loss: (
      _ probabilities: UnsafeBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double
  ) -> (loss: Double, gradient: [Float])
}
