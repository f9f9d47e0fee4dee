@testable import Completion
import Implants
import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct ContinuationCompletionTests {
  /// A head whose vault is 8 mm thick or more, turned, on a grid of 2.5 mm.
  static func head(_ holes: [(centre: SIMD3<Double>, radius: Double)]) -> Mask {
    let x = SIMD3(0.8, 0.6, 0)
    let y = SIMD3(-0.48, 0.64, 0.6)
    return TurnedHead(rotation: Matrix3(x, y, x.cross(y)), holes: holes).mask(spacing: 2.5)
  }

  /// On a side, over the midline, on both sides at once.
  static let holes: [[(centre: SIMD3<Double>, radius: Double)]] = [
    [(SIMD3(55, 0, 55), 24)], [(SIMD3(0, 10, 80), 26)],
    [(SIMD3(68, 20, 30), 20), (SIMD3(-68, 20, 30), 20)],
  ]

  @Test(arguments: holes.indices)
  func continuesTheVault(number: Int) throws {
    let defective = Self.head(Self.holes[number])
    let truth = try Self.head([]).subtracting(defective)
    let completion = try ContinuationCompletion().complete(
      defective, in: CompletionContext(threads: 2))
    #expect(try defective.subtracting(completion.mask).isEmpty, "bone was lost")
    #expect(completion.scores["holes"] == Double(Self.holes[number].count))
    let implant = try completion.mask.subtracting(defective)
      .cleaned(against: defective, by: ImplantCleaning(opening: 1.2, minFraction: 0.05))
    let dice = try #require(try implant.dice(with: truth))
    #expect(dice > 0.8, "Dice \(dice)")
  }

  /// What a head lies on is no bone of it, and stays in the mask.
  @Test func aTableChangesNothing() throws {
    let head = Self.head(Self.holes[0])
    let box = try #require(head.boundingBox())
    var all = head
    for y in 0..<head.sizes.y {
      for x in 0..<head.sizes.x { for z in 0..<2 { all[x, y, z] = true } }
    }
    try #require(box.lower.z > 3)
    let alone = try ContinuationCompletion().complete(head, in: CompletionContext(threads: 2))
    let lying = try ContinuationCompletion().complete(all, in: CompletionContext(threads: 2))
    #expect(lying.scores == alone.scores)
    #expect(try lying.mask == alone.mask.union(all))
  }

  @Test func aWholeVaultStaysAsItIs() throws {
    let whole = Self.head([])
    let completion = try ContinuationCompletion().complete(whole, in: CompletionContext())
    #expect(completion.mask == whole)
    #expect(completion.warnings.contains("the vault has no hole: nothing is added"))
  }

  @Test func nothingIsMadeOfNothing() throws {
    let empty = Mask(emptyOn: Geometry(sizes: GridSize(30, 30, 30)))
    let completion = try ContinuationCompletion().complete(empty, in: CompletionContext())
    #expect(completion.mask.isEmpty && completion.warnings.count == 1)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let defective = Self.head(Self.holes[0])
    let one = try ContinuationCompletion().complete(defective, in: CompletionContext(threads: 1))
    let three = try ContinuationCompletion().complete(defective, in: CompletionContext(threads: 3))
    #expect(one.mask == three.mask && one.scores == three.scores)
  }

  /// A slope is continued, heights come back at known points, and doubt grows with the distance.
  @Test func regressionContinuesASurface() throws {
    let kernel = SurfaceKernel(
      terms: [.init(sigma: 4, length: 40, symmetry: 0, shape: .gaussian)], noise: 0.01)
    var points: [SIMD3<Double>] = []
    for n in 0..<100 {
      let p = SIMD3(Double(n % 10) * 6, Double(n / 10) * 6, 0)
      if (p - SIMD3(27, 27, 0)).length > 12 { points.append(p) }
    }
    func height(_ p: SIMD3<Double>) -> Double {
      let bend: Double = 0.001 * p.y * p.y
      return 3 + 0.02 * p.x - bend
    }
    let surface = try #require(
      SurfaceRegression(points.map(height), at: points, mean: 3, kernel: kernel, threads: 2))
    for p in [SIMD3(27.0, 27, 0), SIMD3(24, 30, 0), points[5]] {
      #expect(abs(surface.height(at: p) - height(p)) < 0.05)
    }
    #expect(surface.sigma(at: points[40]) < 0.02)
    #expect(surface.sigma(at: SIMD3(27, 27, 0)) > surface.sigma(at: points[40]))
    #expect(surface.sigma(at: SIMD3(300, 27, 0)) > 3.9)
  }

  /// With symmetry 1 what is known on one side is known on the other.
  @Test func symmetryCarriesHeightsOver() throws {
    let kernel = SurfaceKernel(
      terms: [.init(sigma: 2, length: 10, symmetry: 1, shape: .matern)], noise: 0.01)
    let right = (0..<30).map { SIMD3(-50.0, Double($0) * 3, 0) }
    let surface = try #require(
      SurfaceRegression(
        right.map { _ in 1.5 }, at: right, mean: 0, kernel: kernel, threads: 1))
    #expect(abs(surface.height(at: SIMD3(50, 42, 0)) - 1.5) < 0.05)
    #expect(surface.sigma(at: SIMD3(50, 42, 0)) < 0.1)
  }

  /// A complete head without bone in a corner of a hole is of use all the same; one that lacks a fifth is none.
  @Test(arguments: [(0.06, true), (0.2, false)])
  func aHeadMayHaveGaps(share: Double, isUsed: Bool) throws {
    let defective = Self.head(Self.holes[0])
    let vault = try #require(ContinuedVault(of: defective, smallestHole: 200, threads: 2))
    let hole = try #require(vault.holes.first)
    let whole = try #require(VaultMap(of: Self.head([]), pose: vault.pose, threads: 2))
    let missing = Set(hole.pixels.prefix(Int(share * Double(hole.pixels.count))))
    func gapped(_ table: [Float]) -> [Float] {
      table.indices.map { missing.contains($0) ? .nan : table[$0] }
    }
    let head = HeadTables(outer: gapped(whole.outer), inner: gapped(whole.inner))
    let tables = ContinuedWays(
      hole, among: vault.holes, of: vault.map, head: head, most: { _ in 250 }, threads: 2
    ).all([ContinuationWay(prior: .shaped)])[0]
    #expect((tables != nil) == isUsed)
    guard let tables else { return }
    let errors = missing.map { i in
      max(abs(tables.outer[i] - whole.outer[i]), abs(tables.inner[i] - whole.inner[i]))
    }
    #expect(errors.reduce(0, +) / Float(errors.count) < 1 && errors.max()! < 2.5, "\(errors)")
  }

  /// Tables of one hole in several ways: what ways share, mixtures, and a way without its head.
  @Test func waysAreMixed() throws {
    let defective = Self.head(Self.holes[0])
    let vault = try #require(ContinuedVault(of: defective, smallestHole: 200, threads: 2))
    let hole = try #require(vault.holes.first)
    let whole = try #require(VaultMap(of: Self.head([]), pose: vault.pose, threads: 2))
    // A head that has the missing bone, 2 mm too high.
    let head = HeadTables(
      outer: whole.outer.map { $0 + 2 }, inner: whole.inner.map { $0 + 2 })
    func tables(_ ways: [ContinuationWay], _ head: HeadTables?) -> [ContinuedTables?] {
      ContinuedWays(
        hole, among: vault.holes, of: vault.map, head: head, most: { _ in 250 }, threads: 2
      ).all(ways)
    }
    let ways = [
      ContinuationWay(prior: .symmetric), ContinuationWay(prior: .shaped),
      ContinuationWay(prior: .symmetric, headShare: 0.25),
    ]
    let found = tables(ways, head).compactMap(\.self)
    try #require(found.count == 3)
    for i in hole.pixels {
      let mean = 0.75 * found[0].outer[i] + 0.25 * found[1].outer[i]
      #expect(abs(found[2].outer[i] - mean) < 1e-3)
    }
    // What the head is off by is seen around the hole and taken away in it.
    let score = try #require(TableScore(found[1].outer, found[1].inner, on: hole, of: whole))
    #expect(score.outer < 0.5 && score.dice > 0.9, "\(score)")
    #expect(tables(ways, nil).map { $0 == nil } == [false, true, true])
  }
}
