@testable import Completion
@testable import ModelTraining
import NeuralEngine
import TensorFiles
import Testing
import Volumes

@Suite struct TrainingPartsTests {
  private let volumes = StoredVolumes(
    shape: SIMD3(2, 2, 2), classes: ["a", "b", "c"],
    volumes: (0..<60).map { $0 == 4 ? [] : [[UInt8($0)]] }, identity: "")

  @Test(arguments: [0, 0.01, 0.1, 0.5, 0.9]) func aSkullIsInOnePart(fraction: Double) {
    let split = TrainingSplit(volumes, fraction: fraction, seed: 3)
    let (a, b) = (Set(split.training.map(\.skull)), Set(split.validation.map(\.skull)))
    #expect(a.isDisjoint(with: b) && a.union(b) == Set(0..<20))
    #expect(b.count == (fraction == 0 ? 0 : max(1, Int(fraction * 20))))
    #expect(split.training.count + split.validation.count == 59)
  }

  @Test func ordersDependOnSeedStageAndEpochAlone() {
    let split = TrainingSplit(volumes, fraction: 0, seed: 3)
    let order = split.order(seed: 1, stage: 1, epoch: 7)
    #expect(order.sorted() == Array(0..<59))
    #expect(order == split.order(seed: 1, stage: 1, epoch: 7))
    #expect(order != split.order(seed: 2, stage: 1, epoch: 7))
    #expect(order != split.order(seed: 1, stage: 2, epoch: 7))
    #expect(order != split.order(seed: 1, stage: 1, epoch: 8))
    // Not a few fixed points too many: one is expected of a random order.
    #expect(zip(order, 0...).count { $0 == $1 } < 6)
  }

  /// An epoch's steps are counted, as other ranks may have divided its beginning otherwise.
  @Test func theSumsOfAnEpochAreKept() throws {
    var sums = EpochSums(classes: 2)
    (sums.samples, sums.steps, sums.dice, sums.gradientNorm) = (20, 7, 3.5, 14)
    (sums.foreground, sums.counts) = ([1, 2], [8, 12])
    (sums.means, sums.logVariances) = ([1, 2, 3, 4], [5, 6, 7, 8])
    func read(_ tensors: [NamedTensor]) throws -> EpochSums? {
      var archive = TensorArchive()
      for tensor in tensors { try archive.append(tensor) }
      return EpochSums(archive, classes: 2, latentSize: 2)
    }
    let tensors = sums.tensors(latentSize: 2)
    #expect(try read(tensors) == sums)

    // An older checkpoint has all but the steps.
    var old = tensors
    old[0] = NamedTensor(
      name: "epoch.sums", type: .float64, shape: [9], bytes: Array(tensors[0].bytes[..<72]))
    sums.steps = 0
    #expect(try read(old) == sums)

    var state = TrainingCheckpoint(classes: 2)
    (state.stage, state.sums) = (2, try #require(try read(tensors)))
    let record = EpochRecord(
      state, TrainingStage(epochs: 1), StepSettings(), nil, classes: ["a", "b"], latentSize: 2,
      seed: 1)
    #expect(record.gradientNorm == 2)
  }

  @Test func ratesFollowTheirCourse() {
    var rate = RateSchedule(rate: 2)
    #expect(rate.rate(at: 3, epochs: 9) == 2)
    rate.warmUp = 4
    #expect(rate.rate(at: 1, epochs: 9) == 0.5 && rate.rate(at: 4, epochs: 9) == 2)
    rate = RateSchedule(rate: 8)
    rate.course = .step(every: 2, factor: 0.5)
    // The last step of epoch 1, the first of epoch 2, one of epoch 5.
    #expect([2, 2.1, 6].map { rate.rate(at: $0, epochs: 9) } == [8, 4, 2])
    rate.course = .cosine(floor: 0.25)
    #expect(abs(rate.rate(at: 5, epochs: 10) - 5) < 1e-12)
    #expect(abs(rate.rate(at: 10, epochs: 10) - 2) < 1e-12)
  }

  @Test func betasFollowTheirCourse() {
    var beta = BetaSchedule(beta: 3)
    #expect(beta.beta(at: 0) == 3)
    beta.course = .annealed(epochs: 6)
    #expect([0, 2, 6, 9].map { beta.beta(at: $0) } == [0, 1, 3, 3])
    beta.course = .cyclic(period: 4, rising: 0.5)
    #expect([0, 1, 2, 3, 4, 5].map { beta.beta(at: $0) } == [0, 1.5, 3, 3, 0, 1.5])
  }

  @Test func normalNumbersAreNormal() {
    let values = RandomNumbers(seed: 1, .noise).normal(count: 100_001).map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(values.count)
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.015 && abs(fourth - 3) < 0.1)
    // The beginning does not depend on how many are wanted.
    #expect(RandomNumbers(seed: 1, .noise).normal(count: 7).map(Double.init) == Array(values[..<7]))
  }

  @Test func packedMasksHaveZFastest() {
    let geometry = Geometry(sizes: GridSize(3, 2, 5), spacing: SIMD3(repeating: 1))
    var mask = Mask(emptyOn: geometry)
    mask[1, 0, 2] = true
    mask[2, 1, 4] = true
    let bits = PackedMasks.pack(mask)
    #expect(bits.count == 4)
    // (x · ny + y) · nz + z
    #expect((0..<30).filter { bits[$0 / 8] >> UInt8($0 % 8) & 1 == 1 } == [12, 29])
    #expect(PackedMasks.unpack(bits, on: geometry) == mask)
    let volume = PackedMasks.volume((0..<30).map(Float.init), on: geometry)
    #expect(volume[1, 0, 2] == 12 && volume[2, 1, 4] == 29)
  }

  /// Golden: MONAI 1.6.1, DiceLoss(include_background=True, softmax=False, reduction="sum") on the
  /// probabilities and their complement.
  @Test func overlapIsTheReferencesLoss() {
    let overlap = Overlap(
      [0.1, 0.9, 0.6, 0.4, 0.8, 0.2, 0.3, 0.7, 0.55, 0.05][...], [0b0101_0110, 1])
    #expect(abs(overlap.loss - 0.661_057_06) < 1e-5)
    #expect(abs(overlap.dice - 0.8) < 1e-12)
  }

  @Test func posteriorsThatAreThePriorTellNothing() {
    let count = 300
    let statistics = PosteriorStatistics(
      means: Array(repeating: 0, count: count * 2),
      logVariances: Array(repeating: 0, count: count * 2), latentSize: 2,
      random: RandomNumbers(seed: 1, .information))
    #expect(statistics.divergence == [0, 0] && statistics.activeUnits == 0)
    #expect(abs(statistics.information) < 1e-6 && statistics.variance == [1, 1])
  }

  @Test func posteriorsFarApartTellWhichIsWhich() {
    let count = 64
    let statistics = PosteriorStatistics(
      means: (0..<count).map { Float($0) * 10 }, logVariances: Array(repeating: -4, count: count),
      latentSize: 1, random: RandomNumbers(seed: 1, .information))
    // log 64
    #expect(abs(statistics.information - 4.158_883) < 1e-3)
    #expect(statistics.activeUnits == 1)
  }
}
