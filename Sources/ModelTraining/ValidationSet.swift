import Completion
import MessagePassing
import NeuralEngine

/// The volumes that judge an epoch, held as bits.
package struct ValidationSet {
  /// The scores of a model on this set; losses are per sample.
  package struct Verdict: Equatable {
    /// The foreground's Dice by class, nil where the class has no volume.
    var dice: [Double?]
    /// The weighted Dice loss.
    var diceLoss: Double
    var divergence: Double
    /// The mean over the classes.
    var meanDice: Double {
      let known = dice.compactMap { $0 }
      return known.reduce(0, +) / Double(max(1, known.count))
    }
  }

  private let items: [TrainingItem]
  private let bits: [[UInt8]]
  /// The complete skulls behind them; empty where no training stage asks for them.
  private let complete: [[UInt8]]
  private let classes: Int

  /// - Complexity: a bit a voxel.
  init(_ volumes: any TrainingVolumes, _ items: [TrainingItem], withComplete: Bool = false) throws {
    self.items = items
    classes = volumes.classes.count
    if withComplete {
      let pairs = try items.map { try volumes.pair(skull: $0.skull, class: $0.class, epoch: 0) }
      (bits, complete) = (pairs.map(\.scan), pairs.map(\.complete))
    } else {
      bits = try items.map { try volumes.bits(skull: $0.skull, class: $0.class, epoch: 0) }
      complete = []
    }
  }

  var isEmpty: Bool { items.isEmpty }

  /// Encodes and decodes all volumes, and compares with them or with the complete skulls; of
  /// ``LatentMode/sample`` the mean is taken. Of several ranks each judges a part of them, and all get the
  /// same verdict.
  ///
  /// - Precondition: the set was made with complete skulls where they are the target.
  func verdict(
    on network: any InferenceNetwork, _ architecture: Architecture, mode: LatentMode,
    target: TrainingStage.Target = .scan, diceWeight: Double, minibatch: Int,
    ranks: (any RankGroup)? = nil
  ) -> Verdict {
    let truth = target == .complete ? complete : bits
    let settled: LatentMode = mode == .sample ? .mean : mode
    let voxels = architecture.voxels
    let own = ranks?.part(of: items.count) ?? 0..<items.count
    // Dice, Dice loss and divergence of each item.
    var scores = [Double](repeating: 0, count: 3 * items.count)
    for first in stride(from: own.lowerBound, to: own.upperBound, by: minibatch) {
      let last = min(own.upperBound, first + minibatch)
      let (mean, logVariance) = network.encode(
        bits[first..<last].flatMap { $0 }, count: last - first)
      let latents = mean.indices.map {
        settled.latent(mean: mean[$0], logVariance: logVariance[$0], noise: 0)
      }
      let size = architecture.latentSize
      for (place, (m, l)) in zip(mean, logVariance).enumerated() {
        let sigma = Double(standardDeviation(ofLogVariance: l))
        scores[3 * (first + place / size) + 2] +=
          0.5 * (Double(m) * Double(m) + sigma * sigma - 1 - Double(l)) / Double(items.count)
      }
      let probabilities = network.decode(latents, count: last - first)
      for sample in first..<last {
        let start = (sample - first) * voxels
        let overlap = Overlap(probabilities[start..<start + voxels], truth[sample])
        scores[3 * sample] = overlap.dice
        scores[3 * sample + 1] = diceWeight * overlap.loss / Double(items.count)
      }
    }
    ranks?.sum(&scores)
    var sums = [Double](repeating: 0, count: classes)
    var counts = sums
    var verdict = Verdict(dice: [], diceLoss: 0, divergence: 0)
    for (sample, item) in items.enumerated() {
      sums[item.class] += scores[3 * sample]
      counts[item.class] += 1
      verdict.diceLoss += scores[3 * sample + 1]
      verdict.divergence += scores[3 * sample + 2]
    }
    verdict.dice = zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
    return verdict
  }
}

/// How probabilities of the foreground and a mask overlap.
struct Overlap {
  /// The foreground's Dice of argmax against the mask; 1 where both are empty.
  let dice: Double
  /// The Dice losses of background and foreground added, [0, 2].
  ///
  /// *Source*: MONAI 1.6, `DiceLoss` with its standard smoothing of 1e-5.
  let loss: Double

  init(_ probabilities: ArraySlice<Float>, _ bits: [UInt8]) {
    var (sum, both) = (0.0, 0.0)
    var (truth, hard, hardBoth) = (0, 0, 0)
    probabilities.withUnsafeBufferPointer { p in
      bits.withUnsafeBufferPointer { bits in
        // A byte at a time, so that single precision adds eight numbers only.
        for byte in 0..<bits.count {
          var (part, partBoth): (Float, Float) = (0, 0)
          for bit in 0..<min(8, p.count &- 8 &* byte) {
            let value = p[8 &* byte &+ bit]
            let isBone = (bits[byte] &>> UInt8(truncatingIfNeeded: bit)) & 1 != 0
            part += value
            if isBone {
              partBoth += value
              truth &+= 1
            }
            if value > 0.5 {
              hard &+= 1
              if isBone { hardBoth &+= 1 }
            }
          }
          sum += Double(part)
          both += Double(partBoth)
        }
      }
    }
    let (n, t) = (Double(probabilities.count), Double(truth))
    dice = hard + truth == 0 ? 1 : 2 * Double(hardBoth) / Double(hard + truth)
    let foreground = 1 - (2 * both + 1e-5) / (sum + t + 1e-5)
    let backgroundBoth = n - sum - t + both
    let background = 1 - (2 * backgroundBoth + 1e-5) / (n - sum + n - t + 1e-5)
    loss = foreground + background
  }
}
