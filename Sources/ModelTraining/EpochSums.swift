import TensorFiles

/// What is summed over the steps of an epoch.
struct EpochSums: Equatable {
  var samples = 0
  /// Steps, which another number of ranks may have divided otherwise.
  var steps = 0
  /// The weighted Dice loss, summed.
  var dice = 0.0
  /// The KL divergence in nats, summed.
  var divergence = 0.0
  /// The norms of the gradients, summed over steps.
  var gradientNorm = 0.0
  var seconds = 0.0
  /// The foreground's Dice, summed by class.
  var foreground: [Double]
  /// Samples by class.
  var counts: [Double]
  /// Posterior means, (sample, dimension).
  var means: [Float] = []
  /// Log variances, (sample, dimension).
  var logVariances: [Float] = []

  init(classes: Int) {
    foreground = Array(repeating: 0, count: classes)
    counts = foreground
  }

  /// The sums as a checkpoint holds them.
  func tensors(latentSize: Int) -> [NamedTensor] {
    let numbers =
      [Double(samples), dice, divergence, gradientNorm, seconds] + foreground + counts
      + [Double(steps)]
    let bytes = numbers.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
    }
    func floats(_ name: String, _ values: [Float]) -> NamedTensor {
      NamedTensor(
        name: name, type: .float32, shape: [values.count / latentSize, latentSize],
        bytes: values.flatMap { value in
          (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        })
    }
    return [
      NamedTensor(name: "epoch.sums", type: .float64, shape: [numbers.count], bytes: bytes),
      floats("epoch.means", means), floats("epoch.log_variances", logVariances),
    ]
  }

  /// The sums of a checkpoint; nil where they do not fit.
  init?(_ archive: TensorArchive, classes: Int, latentSize: Int) {
    self.init(classes: classes)
    guard let sums = archive["epoch.sums"], sums.type == .float64,
      sums.shape == [6 + 2 * classes] || sums.shape == [5 + 2 * classes],
      let means = archive["epoch.means"], let logs = archive["epoch.log_variances"],
      means.shape == logs.shape, means.shape.count == 2, means.shape[1] == latentSize,
      let meanValues = try? means.floats(), let logValues = try? logs.floats()
    else { return nil }
    let numbers = stride(from: 0, to: sums.bytes.count, by: 8).map { start in
      Double(
        bitPattern: sums.bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    guard numbers.allSatisfy(\.isFinite), let samples = Int(exactly: numbers[0]), samples >= 0,
      // Older checkpoints do not count them.
      let steps = Int(exactly: numbers.count > 5 + 2 * classes ? numbers.last! : 0), steps >= 0
    else { return nil }
    (self.samples, self.steps) = (samples, steps)
    (dice, divergence, gradientNorm, seconds) = (numbers[1], numbers[2], numbers[3], numbers[4])
    foreground = Array(numbers[5..<5 + classes])
    counts = Array(numbers[(5 + classes)..<(5 + 2 * classes)])
    (self.means, logVariances) = (meanValues, logValues)
  }
}
