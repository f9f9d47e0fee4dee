import CNeuralKernels
import Glibc

extension cn_adam {
  /// Adam, or AdamW with a weight decay: the settings of the step that is the `steps`th.
  ///
  /// *Source*: Kingma and Ba 2015; Loshchilov and Hutter 2019. As PyTorch's `Adam` and `AdamW`.
  init(_ settings: StepSettings, steps: Int, gradientNorm: Double) {
    self.init()
    rate = settings.rate
    decay1 = Float(settings.moments.x)
    decay2 = Float(settings.moments.y)
    rest1 = Float(1 - settings.moments.x)
    rest2 = Float(1 - settings.moments.y)
    epsilon = settings.epsilon
    correction1 = Float(1 - pow(settings.moments.x, Double(steps)))
    correction2 = Float(1 - pow(settings.moments.y, Double(steps)))
    weight_decay = settings.weightDecay
    let limit = Double(settings.clipNorm)
    scale = limit > 0 && gradientNorm > limit ? Float(limit / gradientNorm) : 1
  }
}
