import Errors
import Skulls
import Testing
import Volumes
import VoxelOps

@testable import SyntheticSkulls

@Suite struct RandomizedPopulationTests {
  static let size = GridSize(32, 32, 16)

  /// Nothing strays.
  static var calm: Randomization {
    var calm = Randomization()
    (calm.turn, calm.asymmetry, calm.sutures, calm.airCells, calm.cuts) = (0, 0, 0, 0, 0)
    (calm.dust, calm.analytic, calm.misplacement, calm.holes) = (0, 0, 0, 1)
    (calm.sizes, calm.thickness, calm.slices) = (1...1, 6.5...6.5, 0.4...0.4)
    calm.views = 400...400
    return calm
  }

  private func population(
    _ settings: Randomization = .init(), seed: UInt64 = 1, size: GridSize = size
  ) throws -> RandomizedPopulation {
    try RandomizedPopulation(
      template: SharedTemplates.analytic, seed: seed, size: size, settings: settings)
  }

  @Test func aSampleDependsOnSeedSkullEpochAndClassAlone() throws {
    let population = try population()
    func made(_ skull: Int, _ epoch: Int, _ number: Int, threads: Int = 1) throws -> Mask {
      try population.sample(
        skull, epoch: epoch, class: number, kinds: number == 0 ? [] : [.sphere, .prism],
        threads: threads
      ).scan
    }
    let first = try made(3, 1, 1)
    let others = try [made(4, 1, 1), made(3, 2, 1), made(3, 1, 2)]
    #expect(try made(3, 1, 1, threads: 3) == first)
    #expect(others.allSatisfy { $0 != first })
    let seed = try self.population(seed: 2)
    #expect(try seed.sample(3, epoch: 1, class: 1, kinds: [.sphere, .prism]).scan != first)
  }

  @Test func aCalmScanShowsTheHeadAsItIs() throws {
    let population = try population(Self.calm)
    let sample = try population.sample(0, epoch: 0)
    #expect(try sample.scan.dice(with: sample.complete)! > 0.85)
    #expect(sample.scan.components().count == 1)
    let share = Double(sample.complete.voxelCount) / Double(Self.size.count)
    #expect((0.03...0.2).contains(share), "\(share)")
  }

  @Test func holesTakeBoneOfTheScanAndNotOfTheHead() throws {
    let population = try population(Self.calm)
    let whole = try population.sample(0, epoch: 0, class: 1)
    let cut = try population.sample(0, epoch: 0, class: 1, kinds: [.sphere])
    #expect(cut.complete == whole.complete)
    let lost = 1 - Double(cut.scan.voxelCount) / Double(whole.scan.voxelCount)
    #expect((0.005...0.35).contains(lost), "\(lost)")
    #expect(try cut.scan.subtracting(whole.scan).isEmpty)
  }

  /// Each thing that strays does what it says.
  @Test func cutsSlicesAndThicknessShow() throws {
    let calm = try population(Self.calm).sample(1, epoch: 0)
    var settings = Self.calm
    settings.cuts = 1
    let lowest = try (0..<6).map { skull in
      let cut = try population(settings).sample(skull, epoch: 0)
      return (cut.scan.boundingBox()!.lower.z, cut.complete.boundingBox()!.lower.z)
    }
    // Some cuts lie below what the network sees.
    #expect(lowest.count { $0.0 > $0.1 } >= 3, "\(lowest)")

    settings = Self.calm
    settings.slices = 5...5
    settings.thickness = 2...2
    let thin = try population(settings).sample(1, epoch: 0)
    #expect(Double(thin.scan.voxelCount) < 0.6 * Double(calm.scan.voxelCount))
    // The head behind it stays thick enough for the cells of a network.
    #expect(Double(thin.complete.voxelCount) > 0.45 * Double(calm.complete.voxelCount))
    settings.thickness = 12...12
    let thick = try population(settings).sample(1, epoch: 0)
    #expect(Double(thick.complete.voxelCount) > 1.3 * Double(calm.complete.voxelCount))
  }

  /// The pose that is found in a skull of the population gives the grid that samples are made on.
  @Test(.enabled(if: SharedTemplates.hasSampleCT)) func theFrameIsThatOfTheFoundPose() throws {
    let template = try #require(SharedTemplates.real)
    let population = try Population(template: template, seed: 1, size: nil)
    let skull = population.skull(2, threads: 2)
    let parameters = population.parameters(of: 2)
    let pose = try #require(HeadPose.find(in: skull, threads: 2))
    #expect(pose.trust > HeadPose.leastTrust)
    let size =
      PowerSeries.exp(
        parameters.logSize
          + (parameters.logAxes.x + parameters.logAxes.y + parameters.logAxes.z) / 3)
    let turn = Matrix3.turning(
      x: parameters.angles.x * .pi / 180, y: parameters.angles.y * .pi / 180,
      z: parameters.angles.z * .pi / 180)
    let expected = HeadPose(
      rotation: turn.transposed, centre: turn * (size * Population.headPose.translation),
      scale: size * Population.headScale)
    let shape = GridSize(64, 64, 32)
    let difference = try #require(
      HeadBox.grid(of: shape, about: pose).mismatch(with: HeadBox.grid(of: shape, about: expected)))
    // 2° at a corner of the box.
    #expect(difference < 9, "\(difference) mm")
  }
}
