import CNeuralKernels

/// MONAI's DiceLoss of two classes: softmax, one-hot target, background included, summed over the
/// minibatch and its channels, its smoothing 1e-5 above and below the fraction.
///
/// A softmax over two classes depends on the difference of their logits alone, so one value a voxel
/// goes in and one gradient comes out.
final class DiceLoss {
  private let grid: cn_grid
  private let overlaps: UnsafeMutablePointer<cn_overlap>
  private static let smoothing = 1e-5

  init(_ grid: cn_grid, samples: Int) {
    self.grid = grid
    let count = samples * Int(grid.depth)
    overlaps = .allocate(capacity: count)
    overlaps.initialize(repeating: cn_overlap(), count: count)
  }

  deinit { overlaps.deallocate() }

  /// Bytes of a loss's sums.
  static func bytes(_ grid: cn_grid, samples: Int) -> Int {
    samples * Int(grid.depth) * MemoryLayout<cn_overlap>.stride
  }

  /// The weighted loss of all samples; turns logit differences (haloed) into their gradient.
  func turn(
    _ output: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, samples: Int,
    weight: Double, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) -> Double {
    let depths = Int(grid.depth)
    let size = grid.haloed
    let grid = grid
    team.run(samples * depths) { task in
      let at = task / depths * size
      kernels.pointee.dice_sums(
        grid, Int64(task % depths), output + at, target + at, overlaps + task)
    }
    let voxels = Double(grid.voxels)
    var loss = 0.0
    for sample in 0..<samples {
      let sums = sums(of: sample)
      // Foreground, then background: 1 − p and 1 − t.
      let sum = sums.predicted + sums.target + Self.smoothing
      let part = 2 * sums.overlap + Self.smoothing
      let otherSum = 2 * voxels - sums.predicted - sums.target + Self.smoothing
      let otherPart =
        2 * (voxels - sums.predicted - sums.target + sums.overlap) + Self.smoothing
      loss += weight * ((1 - part / sum) + (1 - otherPart / otherSum))
      // Derivative with respect to the foreground's probability, where the target is 1 and 0.
      let common = part / (sum * sum) - otherPart / (otherSum * otherSum)
      let inside = Float(weight * (common - 2 / sum))
      let outside = Float(weight * (common + 2 / otherSum))
      let at = sample * size
      team.run(depths) { depth in
        kernels.pointee.dice_gradient(
          grid, Int64(depth), output + at, target + at, inside, outside)
      }
    }
    return loss
  }

  /// The Dice coefficient of the foreground by argmax, of the last `turn`; 1 where neither has any.
  func foregroundDice(of sample: Int) -> Double {
    let sums = sums(of: sample)
    let total = Double(sums.chosen) + sums.target
    return total == 0 ? 1 : 2 * Double(sums.both) / total
  }

  private func sums(of sample: Int) -> cn_overlap {
    var total = cn_overlap()
    let depths = Int(grid.depth)
    for depth in 0..<depths {
      let sums = overlaps[sample * depths + depth]
      total.overlap += sums.overlap
      total.predicted += sums.predicted
      total.target += sums.target
      total.chosen += sums.chosen
      total.both += sums.both
    }
    return total
  }
}
