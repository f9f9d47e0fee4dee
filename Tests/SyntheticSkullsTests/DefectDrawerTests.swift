import Errors
import Testing
import Volumes
import VoxelOps

@testable import SyntheticSkulls

@Suite struct DefectDrawerTests {
  static let skull: Mask = {
    let size = GridSize(40, 40, 24)
    guard let population = try? Population(template: SharedTemplates.analytic, seed: 1, size: size)
    else { preconditionFailure("a good size") }
    return population.skull(0)
  }()
  static let drawer = DefectDrawer(skull: skull)

  @Test(arguments: Defect.Kind.allCases) func theTruthIsExact(kind: Defect.Kind) throws {
    for variation in 0..<2 {
      let defect = try Self.drawer.defect(kind, seed: 5, case: 0, variation: variation)
      #expect(try defect.implant.subtracting(Self.skull).isEmpty)
      #expect(try Self.skull.subtracting(defect.implant) == defect.defective)
      #expect(try defect.defective.union(defect.implant) == Self.skull)
      let fraction = Double(defect.implant.voxelCount) / Double(Self.skull.voxelCount)
      #expect(DefectDrawer.fractions.contains(fraction) && fraction == defect.fraction)
      #expect((1...DefectDrawer.limit).contains(defect.tries))
      let implant = try Self.drawer.implant(kind, seed: 5, case: 0, variation: variation)
      #expect(implant == defect.implant)
    }
  }

  @Test(arguments: Defect.Kind.allCases) func aHoleDependsOnItsKeyAlone(kind: Defect.Kind) throws {
    let first = try Self.drawer.implant(kind, seed: 5, case: 0)
    _ = try Self.drawer.implant(kind, seed: 5, case: 0, variation: 1)
    #expect(try DefectDrawer(skull: Self.skull).implant(kind, seed: 5, case: 0) == first)
    var others: Set<Int> = []
    for (seed, number, variation) in [(6, 0, 0), (5, 1, 0), (5, 0, 1), (5, 0, -1)] {
      let other = try Self.drawer.implant(
        kind, seed: UInt64(seed), case: number, variation: variation)
      if other != first { others.insert(others.count) }
    }
    #expect(others.count == 4)
  }

  /// Where each kind lies, by the points of its implant about the middle of the vault.
  @Test(arguments: Defect.Kind.allCases) func kindsLieWhereTheyShould(kind: Defect.Kind) throws {
    let points = Self.drawer.points
    let map = Self.skull.geometry.lpsFromIndex
    let sizes = Self.skull.sizes
    // BonePoints' own origin, from its first voxel.
    let first = try #require(Self.skull.withBytes { $0.firstIndex(of: 1) })
    func world(_ offset: Int) -> SIMD3<Double> {
      map
        * SIMD3(
          Double(offset % sizes.x), Double(offset / sizes.x % sizes.y),
          Double(offset / (sizes.x * sizes.y)))
    }
    let origin = world(first) - SIMD3<Double>(points.point(0))
    for variation in 0..<3 {
      let offsets = try Self.drawer.offsets(kind, seed: 2, case: 0, variation: variation).offsets
      let inside = offsets.map { world(Int($0)) - origin }
      let mean = inside.reduce(SIMD3<Double>.zero, +) / Double(inside.count)
      let low = inside.reduce(inside[0], pointwiseMin)
      let high = inside.reduce(inside[0], pointwiseMax)
      let length = Double(points.upper.y - points.lower.y)
      switch kind {
      case .prism: #expect(mean.z > 20 && low.z > 0, "\(mean), \(low)")
      case .cube, .sphere, .polygon, .random: #expect(mean.z > -10, "\(mean)")
      case .bilateral:
        #expect(abs(mean.x) < 8, "\(mean)")
        #expect(abs(low.x + high.x) < 14, "\(low), \(high)")
      case .frontoorbital: #expect(mean.y < -40 && abs(mean.z) < 50, "\(mean)")
      case .parietotemporal: #expect(abs(mean.x) > 30, "\(mean)")
      case .facial:
        #expect(high.y <= Double(points.lower.y) + 0.19 * length + 1e-3)
        let isWhole = inside.count == points.inside(Front(limit: Float(high.y) + 1e-3)).count
        // From one side: it reaches the front's end there.
        let reach = points.inside(Front(limit: Float(high.y) + 1e-3)).map {
          world(Int($0)) - origin
        }
        let ends = (reach.map(\.x).min() ?? 0, reach.map(\.x).max() ?? 0)
        #expect(isWhole || abs(low.x - ends.0) < 1e-3 || abs(high.x - ends.1) < 1e-3)
      }
    }
  }

  private struct Front: Hole {
    let limit: Float
    func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool { y <= limit }
  }

  @Test func whatIsNoSkullHasNoHole() {
    var small = Mask(emptyOn: Geometry(sizes: GridSize(8, 8, 8)))
    var far = Geometry(sizes: GridSize(8, 8, 8), spacing: SIMD3(1e300, 1, 1))
    far.origin = SIMD3(repeating: -1e308)
    var huge = Mask(emptyOn: far)
    for i in 0..<8 { huge[i, i, i] = true }
    let empty = small
    small[4, 4, 4] = true
    let broken = Mask(
      nonzeroOf: huge.asVolume.reoriented(
        {
          var geometry = far
          geometry.directions = Matrix3(diagonal: SIMD3(.nan, 1, 1))
          return geometry
        }()))
    for mask in [empty, small, huge, broken] {
      let drawer = DefectDrawer(skull: mask)
      for kind in [Defect.Kind.prism, .bilateral, .facial] {
        #expect {
          try drawer.defect(kind, seed: 1, case: 0)
        } throws: {
          ($0 as? Diagnostic)?.code == .noDefectFits
        }
      }
    }
  }
}
