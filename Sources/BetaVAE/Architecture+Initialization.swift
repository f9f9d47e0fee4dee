import Completion
public import NeuralEngine

extension Architecture {
  /// The parameters that a training begins with, in the order of ``parameterShapes(decoderOnly:)``.
  ///
  /// Weights and biases of convolutions, transposed convolutions and linear layers are even over
  /// ±1/√(second axis · kernel), which is Kaiming's uniform with a = √5; batch normalization begins as
  /// the identity, slopes at 0.25.
  ///
  /// Each tensor's numbers depend on the seed, `stage` and its name alone.
  ///
  /// *Source*: `reset_parameters` of PyTorch 2's layers.
  public func initialParameters(seed: UInt64, stage: Int = 1, decoderOnly: Bool = false)
    -> [Parameter]
  {
    var bound = 0.0
    return parameterShapes(decoderOnly: decoderOnly).map { name, shape in
      let count = shape.reduce(1, *)
      func constant(_ value: Float) -> Parameter {
        Parameter(name: name, shape: shape, values: Array(repeating: value, count: count))
      }
      if name.hasSuffix(".adn.A.weight") { return constant(0.25) }
      if name.hasSuffix(".adn.N.weight") || name.hasSuffix(".running_var") { return constant(1) }
      if name.hasSuffix(".adn.N.bias") || name.hasSuffix(".running_mean") { return constant(0) }
      // A bias comes right after its weight and has the same bound.
      if shape.count > 1 { bound = 1 / Double(shape.dropFirst().reduce(1, *)).squareRoot() }
      let random = RandomNumbers(
        seed: seed, .initialization, UInt64(stage), RandomNumbers.part(name))
      let width = bound
      return Parameter(
        name: name, shape: shape,
        values: (0..<count).map { Float((2 * random.unit($0) - 1) * width) })
    }
  }
}
