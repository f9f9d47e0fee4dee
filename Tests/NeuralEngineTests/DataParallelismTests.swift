import MessagePassing
import TestSupport
import Testing

@testable import NeuralEngine

/// Ranks that learn as one, as threads here: the same sums as of one network with all samples.
@Suite struct DataParallelismTests {
  static let architecture = Architecture(
    inputShape: SIMD3(8, 8, 8), channels: [6, 20], latentSize: 4)

  /// Samples that come in every step, and random starts; the same for the same seed.
  struct Samples {
    let masks: [UInt8]
    let noise: [Float]
    let start: [Parameter]
    let architecture: Architecture

    init(_ count: Int, _ architecture: Architecture, decoderOnly: Bool = false) {
      var generator = SplitMix(state: 11)
      func uniform() -> Float { Float.random(in: -1...1, using: &generator) }
      self.architecture = architecture
      masks = (0..<count * architecture.voxels / 8).map { _ in
        UInt8(truncatingIfNeeded: Int((uniform() + 1) * 127))
      }
      noise = (0..<count * architecture.latentSize).map { _ in uniform() }
      start = architecture.parameterShapes(decoderOnly: decoderOnly).map { name, shape in
        let isScale = name.hasSuffix("var") || name.hasSuffix("N.weight")
        let values = (0..<shape.reduce(1, *)).map { _ -> Float in
          isScale ? 1 + 0.2 * uniform() : 0.3 * uniform()
        }
        return Parameter(name: name, shape: shape, values: values)
      }
    }

    /// Samples of a range, as a minibatch.
    func minibatch(_ range: Range<Int>, decoderOnly: Bool = false) -> Minibatch {
      let (bytes, size) = (architecture.voxels / 8, architecture.latentSize)
      let bits = Array(masks[range.lowerBound * bytes..<range.upperBound * bytes])
      return Minibatch(
        count: range.count, input: decoderOnly ? [] : bits, target: bits,
        noise: Array(noise[range.lowerBound * size..<range.upperBound * size]))
    }
  }

  /// What training of some steps gives: the losses of each, and the parameters.
  struct Course: Equatable, Sendable {
    var losses: [StepLosses] = []
    var parameters: [Parameter] = []
    var sums = 0
  }

  static func train(
    _ samples: Samples, steps: [Int], minibatch: Int, decoderOnly: Bool = false,
    freeBits: Float = 0, synchronizes: Bool = true, ranks: ThreadRanks?
  ) throws -> Course {
    let network = try CPUEngine().trainableNetwork(
      samples.architecture, minibatch: minibatch, decoderOnly: decoderOnly, threads: 1,
      parallelism: ranks.map {
        DataParallelism(ranks: $0, synchronizesNormalization: synchronizes)
      })
    try network.setParameters(samples.start)
    var settings = StepSettings()
    (settings.beta, settings.rate, settings.freeBits) = (0.01, 0.002, freeBits)
    var course = Course()
    for count in steps {
      let own = ranks?.part(of: count) ?? 0..<count
      course.losses.append(
        network.step(samples.minibatch(own, decoderOnly: decoderOnly), settings))
    }
    course.parameters = network.parameters()
    course.sums = ranks?.calls.sums ?? 0
    return course
  }

  /// Steps of which some have fewer samples than there are ranks.
  static let steps = [8, 8, 3, 8, 1, 8, 8, 5] + Array(repeating: 8, count: 14)

  @Test(arguments: [2, 4], [false, true])
  func rankTimesMinibatchIsOneMinibatch(ranks: Int, decoderOnly: Bool) throws {
    let samples = Samples(8, Self.architecture, decoderOnly: decoderOnly)
    let freeBits: Float = decoderOnly ? 0 : 0.05
    let alone = try Self.train(
      samples, steps: Self.steps, minibatch: 8, decoderOnly: decoderOnly, freeBits: freeBits,
      ranks: nil)
    let together = try ThreadRanks.run(ranks) { ranks in
      try Self.train(
        samples, steps: Self.steps, minibatch: 8 / ranks.count, decoderOnly: decoderOnly,
        freeBits: freeBits, ranks: ranks)
    }.map { try $0.get() }
    for (a, b) in zip(alone.losses, together[0].losses) {
      #expect(abs(a.dice - b.dice) <= 1e-4 * a.dice)
      #expect(abs(a.divergence - b.divergence) <= 1e-4 * max(1e-3, abs(a.divergence)))
      #expect(abs(a.gradientNorm - b.gradientNorm) <= 1e-3 * a.gradientNorm)
    }
    // It learned something, so that equal losses mean something.
    #expect(alone.losses.last!.dice < 0.95 * alone.losses[0].dice)
    for other in together { #expect(other.parameters == together[0].parameters) }
  }

  @Test func theSameRanksGiveTheSameBytes() throws {
    let samples = Samples(8, Self.architecture)
    let courses = try (0..<2).map { _ in
      try ThreadRanks.run(3) { ranks in
        try Self.train(samples, steps: Self.steps, minibatch: 3, ranks: ranks)
      }.map { try $0.get() }
    }
    #expect(courses[0] == courses[1])
  }

  /// Each rank by its own samples: other losses, but one network all the same.
  @Test func withoutSynchronizedNormalizationTheRanksStillAgree() throws {
    let samples = Samples(8, Self.architecture)
    func course(_ synchronizes: Bool) throws -> [Course] {
      try ThreadRanks.run(4) { ranks in
        try Self.train(
          samples, steps: Self.steps, minibatch: 2, synchronizes: synchronizes, ranks: ranks)
      }.map { try $0.get() }
    }
    let (own, shared) = (try course(false), try course(true))
    for other in own {
      #expect(other.parameters == own[0].parameters)
      #expect(other.parameters.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }
    #expect(abs(own[0].losses[5].dice - shared[0].losses[5].dice) > 1e-4)
  }

  /// Of four ranks only one has a sample: the running statistics are its own.
  @Test func aRankWithoutSamplesHasNoPartInRunningStatistics() throws {
    let samples = Samples(1, Self.architecture)
    func statistics(_ course: Course) -> [Parameter] {
      course.parameters.filter { $0.name.contains("running_") }
    }
    let alone = statistics(try Self.train(samples, steps: [1], minibatch: 1, ranks: nil))
    let together = try ThreadRanks.run(4) { ranks in
      try Self.train(samples, steps: [1], minibatch: 1, synchronizes: false, ranks: ranks)
    }.map { statistics(try $0.get()) }
    #expect(!alone.isEmpty)
    for other in together { #expect(other == alone) }
  }

  /// A large network sends its last layers' gradients while the others are being formed; `ThreadRanks` finds out who
  /// writes to what is under way.
  @Test func gradientsAreSentInPieces() throws {
    let large = Architecture(inputShape: SIMD3(16, 16, 16), channels: [16, 32], latentSize: 160)
    let samples = Samples(2, large)
    let together = try ThreadRanks.run(2) { ranks in
      try Self.train(samples, steps: [2, 2], minibatch: 1, ranks: ranks)
    }.map { try $0.get() }
    // The decoder with its linear layer, the two of the latent, and the rest.
    #expect(together[0].sums >= 2 * 3)
    let alone = try Self.train(samples, steps: [2, 2], minibatch: 2, ranks: nil)
    #expect(abs(alone.losses[1].dice - together[1].losses[1].dice) < 1e-4 * alone.losses[1].dice)
  }
}
