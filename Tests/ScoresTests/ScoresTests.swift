import Errors
import Foundation
import Scores
import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("MaskScores")
struct ScoresTests {
  @Test("Distances that are no numbers are values that cannot be formed")
  func notANumber() {
    let scores = MaskScores(dsc: 0.5, bdsc: nil, hd95: -.nan, hd: .infinity, status: .ok)
    #expect(scores.hd95 == nil && scores.hd == nil && scores.dsc == 0.5)
  }

  @Test(
    "equal numpy and scipy: Dice to 1e-12, distances to 1e-5 mm", arguments: ScoresFixture.all,
    1...3)
  func golden(_ fixture: ScoresFixture, threads: Int) throws {
    let scores = try fixture.mask(fixture.prediction).scores(
      against: fixture.mask(fixture.truth), defective: fixture.defective.map(fixture.mask),
      threads: threads)
    func equal(_ a: Double?, _ b: Double?, _ tolerance: Double) -> Bool {
      guard let a, let b else { return a == nil && b == nil }
      return abs(a - b) <= tolerance
    }
    #expect(equal(scores.dsc, fixture.dsc, 1e-12))
    #expect(equal(scores.bdsc, fixture.bdsc, 1e-12))
    #expect(equal(scores.hd95, fixture.hd95, 1e-5))
    #expect(equal(scores.hd, fixture.hd, 1e-5))
    let distances = try fixture.mask(fixture.prediction).surfaceDistances(
      to: fixture.mask(fixture.truth), threads: threads)
    #expect(distances?.count == fixture.surface)
  }

  @Test("empty masks are told, not scored as numbers")
  func empty() throws {
    let grid = Geometry(sizes: GridSize(4, 4, 4))
    let empty = Mask(emptyOn: grid)
    var one = empty
    one[1, 2, 3] = true
    #expect(try one.scores(against: one).status == .ok)
    #expect(
      try empty.scores(against: one)
        == MaskScores(dsc: 0, bdsc: nil, hd95: nil, hd: nil, status: .emptyPrediction))
    #expect(try one.scores(against: empty).status == .emptyTruth)
    #expect(
      try empty.scores(against: empty, defective: one)
        == MaskScores(dsc: nil, bdsc: nil, hd95: nil, hd: nil, status: .bothEmpty))
  }

  @Test("grids apart by more than 1e-3 mm are refused with the distance")
  func grids() {
    let grid = Geometry(sizes: GridSize(4, 4, 4))
    var moved = grid
    moved.origin.x = 0.002
    let error = #expect(throws: Diagnostic.self) {
      try Mask(emptyOn: grid).scores(against: Mask(emptyOn: moved))
    }
    #expect(error?.found == "0.002 mm")
    moved.origin.x = 0.0009
    #expect(throws: Never.self) { try Mask(emptyOn: grid).scores(against: Mask(emptyOn: moved)) }
  }

  @Test(
    "spacings of no skull are refused, not scored as 0",
    arguments: [1e-30, 9.9e-5, 1001, 1e30])
  func spacings(step: Double) throws {
    var mask = Mask(emptyOn: Geometry(sizes: GridSize(8, 4, 4), spacing: SIMD3(1, step, 1)))
    mask[1, 1, 1] = true
    #expect {
      try mask.scores(against: mask)
    } throws: {
      "\($0)".hasPrefix("spacing: expected ")
    }
  }

  @Test("grids of an infinite spacing cannot be compared")
  func infiniteSpacing() {
    var mask = Mask(emptyOn: Geometry(sizes: GridSize(8, 4, 4), spacing: SIMD3(1, .infinity, 1)))
    mask[1, 1, 1] = true
    #expect {
      try mask.scores(against: mask)
    } throws: {
      "\($0)".hasPrefix("grid: expected ")
    }
  }

  @Test("the smallest and the largest spacing are scored", arguments: [1e-4, 1e3])
  func spacingsAtTheEnds(step: Double) throws {
    let grid = Geometry(sizes: GridSize(8, 4, 4), spacing: SIMD3(repeating: step))
    var (a, b) = (Mask(emptyOn: grid), Mask(emptyOn: grid))
    a[1, 1, 1] = true
    b[4, 1, 1] = true
    let hd = try #require(try a.scores(against: b).hd)
    #expect(abs(hd / (3 * step) - 1) < 1e-6)
  }

  @Test("distances equal those to every voxel of the other surface", arguments: 0..<12)
  func bruteForce(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) + 7)
    let sizes = GridSize(
      .random(in: 1...80, using: &random), .random(in: 1...20, using: &random),
      .random(in: 1...20, using: &random))
    let spacing = SIMD3<Double>(
      .random(in: 0.2...3, using: &random), .random(in: 0.2...3, using: &random),
      .random(in: 0.2...3, using: &random))
    // From many voxels, all near, to a few far from each other.
    let density = [0.3, 0.01, 0.002][seed % 3]
    func mask() -> Mask {
      var mask = Mask(on: Geometry(sizes: sizes, spacing: spacing)) { bytes in
        for i in bytes.indices {
          bytes[i] = Double.random(in: 0..<1, using: &random) < density ? 1 : 0
        }
      }
      mask[sizes.x - 1, sizes.y / 2, 0] = true
      return mask
    }
    let (a, b) = (mask(), mask())
    func surface(_ mask: Mask) -> [SIMD3<Double>] {
      var points: [SIMD3<Double>] = []
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x where mask[x, y, z] {
            let isInner =
              x > 0 && y > 0 && z > 0 && x < sizes.x - 1 && y < sizes.y - 1 && z < sizes.z - 1
              && mask[x - 1, y, z] && mask[x + 1, y, z] && mask[x, y - 1, z] && mask[x, y + 1, z]
              && mask[x, y, z - 1] && mask[x, y, z + 1]
            if !isInner { points.append(SIMD3(Double(x), Double(y), Double(z)) * spacing) }
          }
        }
      }
      return points
    }
    let (p, q) = (surface(a), surface(b))
    func distances(_ p: [SIMD3<Double>], _ q: [SIMD3<Double>]) -> [Double] {
      p.map { point in q.map { (($0 - point) * ($0 - point)).sum() }.min()!.squareRoot() }
    }
    let all = (distances(p, q) + distances(q, p)).sorted()
    let found = try #require(try a.surfaceDistances(to: b, threads: 1 + seed % 3))
    #expect(found.count == all.count)
    #expect(abs(found.maximum - all.last!) < 1e-5)
    for percent in [0.0, 12.5, 50, 95, 100] {
      let rank = percent / 100 * Double(all.count - 1)
      let lower = all[Int(rank)]
      let upper = all[min(all.count - 1, Int(rank) + 1)]
      #expect(
        abs(found.percentile(percent) - (lower + (upper - lower) * (rank - rank.rounded(.down))))
          < 1e-5)
    }
  }
}

/// What `Fixtures/scores.py` wrote with numpy and scipy.
struct ScoresFixture: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let sizes: [Int]
  let directions: [[Double]]
  let prediction, truth: [Int]
  let defective: [Int]?
  let dsc, bdsc, hd95, hd: Double?
  let surface: Int?

  var testDescription: String { name }

  /// The mask of runs, of zeros and ones in turn.
  func mask(_ runs: [Int]) -> Mask {
    let geometry = Geometry(
      sizes: GridSize(sizes[0], sizes[1], sizes[2]), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(directions[0]), SIMD3(directions[1]), SIMD3(directions[2])),
      origin: SIMD3(10, -20, 30))
    return Mask(on: geometry) { bytes in
      var place = 0
      for (i, length) in runs.enumerated() {
        for x in place..<place + length { bytes[x] = i % 2 == 0 ? 0 : 1 }
        place += length
      }
    }
  }

  static let all: [ScoresFixture] = {
    struct File: Decodable { let cases: [ScoresFixture] }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try! Data(contentsOf: folder.appendingPathComponent("Fixtures/scores.json"))
    return try! JSONDecoder().decode(File.self, from: data).cases
  }()
}
