import Errors
import Testing
import Volumes
import VoxelOps

@testable import SyntheticSkulls

@Suite struct PopulationTests {
  static let size = GridSize(32, 32, 16)

  func population(seed: UInt64 = 1, size: GridSize? = size) throws -> Population {
    try Population(template: SharedTemplates.analytic, seed: seed, size: size)
  }

  @Test func aSkullDependsOnSeedAndNumberAlone() throws {
    let population = try population()
    let skulls = (0..<2).map { population.skull($0) }
    for number in [1, 0] {
      #expect(population.skull(number, threads: 3) == skulls[number], "skull \(number)")
    }
    #expect(skulls[0] != skulls[1])
    #expect(try self.population(seed: 2).skull(0) != skulls[0])
    #expect(population.geometry(of: 1) == skulls[1].geometry)
  }

  @Test func skullsLieWithinTheirGridsAsStated() throws {
    // Voxels of less than 4 mm: the first centre lies within the 2 mm that a skull keeps from the sides.
    let size = GridSize(60, 60, 24)
    let population = try population(size: size)
    for number in 0..<2 {
      let made = population.synthesize(number)
      let (skull, parameters) = (made.mask, made.parameters)
      let geometry = skull.geometry
      #expect(geometry.space == .leftPosteriorSuperior)
      #expect(skull.components().count == 1)
      #expect(abs(geometry.spacing.x * 60 - parameters.fieldOfView) < 1e-9)
      #expect(Population.fieldsOfView.contains(parameters.fieldOfView))
      #expect(abs(parameters.jitter.x) <= 6 && abs(parameters.jitter.y) <= 6)
      let box = try #require(skull.boundingBox())
      // Cut below, air on the other sides.
      #expect(box.lower.z == 0)
      #expect(box.lower.x > 0 && box.lower.y > 0 && box.upper.x < 60 && box.upper.y < 60)
      let air = Double(size.z - box.upper.z) * geometry.spacing.z
      #expect(abs(air - parameters.headroom) < geometry.spacing.z + 2, "\(air)")
    }
  }

  @Test func nativeGridsHaveTheTemplatesSpacing() throws {
    let population = try population(size: nil)
    let skull = population.skull(0, threads: 2)
    #expect((skull.geometry.spacing - SIMD3(repeating: 4)).length < 1e-9)
    let coarse = try self.population(size: GridSize(skull.sizes.x, skull.sizes.y, skull.sizes.z))
    // Nearly the same grid, so nearly the same skull but for the noise of its edge.
    let same = try #require(
      try Mask(nonzeroOf: coarse.skull(0).asVolume.reoriented(skull.geometry)).dice(with: skull))
    #expect(same > 0.85, "\(same)")
  }

  @Test(arguments: [GridSize(8, 64, 32), GridSize(64, 64, 2048), GridSize(1024, 1024, 512)])
  func badSizes(size: GridSize) {
    #expect { try population(size: size) } throws: { ($0 as? Diagnostic)?.code == .badSize }
  }

  @Test func framingCentresTheVault() throws {
    let skull = try population(size: GridSize(64, 64, 48)).skull(1)
    let size = GridSize(64, 64, 32)
    let framed = try #require(SkullFraming.geometry(for: skull, size: size))
    #expect(abs(framed.spacing.x - 222.0 / 64) < 1e-9)
    let middle = framed.lpsFromIndex * SIMD3(31.5, 31.5, 15.5)
    let vault = try #require(skull.lpsBox(above: 20))
    #expect(abs(middle.x - (vault.lower.x + vault.upper.x) / 2) < 4)
    #expect(abs(middle.y - (vault.lower.y + vault.upper.y) / 2) < 4)
    let box = try #require(skull.lpsBox(above: -.infinity))
    let top = framed.origin.z + 31.5 * framed.spacing.z
    #expect(abs(top - box.upper.z - Population.meanHeadroom) < 1e-9)
    #expect(SkullFraming.geometry(for: Mask(emptyOn: skull.geometry), size: size) == nil)
  }

  /// The population of the sample CT, in small: sizes, share of bone, and how alike skulls are.
  @Test(.enabled(if: SharedTemplates.hasSampleCT)) func statisticsOfTheSampleCT() throws {
    let template = try #require(SharedTemplates.real)
    let size = GridSize(48, 48, 24)
    let population = try Population(template: template, seed: 1, size: size)
    let skulls = (0..<8).map { population.skull($0, threads: 2) }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let shares = skulls.map { Double($0.voxelCount) / Double(size.count) }
    #expect((0.08...0.1).contains(mean(shares)), "\(shares)")
    let extents = skulls.map { $0.measurement().extent }
    for (axis, range) in [(0, 138.0...156), (1, 191...218), (2, 147...174)] {
      #expect(range.contains(mean(extents.map { $0[axis] })), "axis \(axis): \(extents)")
      #expect(
        extents.allSatisfy { (range.lowerBound - 10...range.upperBound + 10).contains($0[axis]) },
        "axis \(axis): \(extents)")
    }
    var dice: [Double] = []
    for i in skulls.indices {
      for j in 0..<i {
        let other = Mask(nonzeroOf: skulls[j].asVolume.reoriented(skulls[i].geometry))
        dice.append(try #require(try skulls[i].dice(with: other)))
      }
    }
    #expect((0.34...0.46).contains(mean(dice)), "\(mean(dice))")
  }
}
