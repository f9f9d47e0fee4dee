import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Distance transform")
struct DistanceTransformTests {
  @Test("equals scipy's distance_transform_edt to 1e-6", arguments: MaskFixture.all, 1...3)
  func golden(_ fixture: MaskFixture, threads: Int) {
    let distances = Mask(fixture.mask, on: fixture.geometry).distances(threads: threads)
    distances.withVoxels { found in
      for (a, b) in zip(found, fixture.distances) { #expect(abs(a - b) <= 1e-6 * b) }
    }
  }

  @Test("equals brute force on random masks, the same bytes at any threads", arguments: 0..<8)
  func bruteForce(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let sizes = GridSize(
      .random(in: 1...40, using: &random), .random(in: 1...40, using: &random),
      .random(in: 1...12, using: &random))
    let spacing = SIMD3<Double>(
      .random(in: 0.2...3, using: &random), .random(in: 0.2...3, using: &random),
      .random(in: 0.2...3, using: &random))
    var mask = Mask(
      randomOn: Geometry(sizes: sizes, spacing: spacing), density: 0.004, seed: UInt64(seed))
    mask[sizes.x / 2, sizes.y / 3, sizes.z - 1] = true
    let sites = (0..<sizes.count).filter { i in mask.withBytes { $0[i] } != 0 }.map {
      SIMD3(Double($0 % sizes.x), Double($0 / sizes.x % sizes.y), Double($0 / sizes.x / sizes.y))
        * spacing
    }
    let found = mask.squaredDistances()
    for z in 0..<sizes.z {
      for y in 0..<sizes.y {
        for x in 0..<sizes.x {
          let p = SIMD3(Double(x), Double(y), Double(z)) * spacing
          let least = sites.map { (($0 - p) * ($0 - p)).sum() }.min()!
          #expect(abs(Double(found[x, y, z]) - least) <= 1e-6 * least)
        }
      }
    }
    #expect(mask.squaredDistances(threads: 2) == found)
    #expect(mask.squaredDistances(threads: 3) == found)
  }

  @Test("up to a largest one equals all of them cut there", arguments: 0..<12)
  func bounded(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let sizes = GridSize(
      .random(in: 1...70, using: &random), .random(in: 1...40, using: &random),
      .random(in: 1...40, using: &random))
    let spacing = SIMD3<Double>(
      .random(in: 0.2...3, using: &random), .random(in: 0.2...3, using: &random),
      .random(in: 0.2...3, using: &random))
    let mask = Mask(
      randomOn: Geometry(sizes: sizes, spacing: spacing),
      density: [0.0002, 0.004, 0.7][seed % 3], seed: UInt64(seed))
    let (all, depths) = (mask.distances(), mask.depths())
    for most in [0.1, 1, 2.5, 8, 1000] {
      let found = mask.distances(upTo: most, threads: 1 + seed % 3)
      let signed = mask.signedDistances(upTo: most, threads: 1 + seed % 3)
      let expected = Float(most)
      for i in 0..<sizes.count {
        let (x, y, z) = (i % sizes.x, i / sizes.x % sizes.y, i / sizes.x / sizes.y)
        #expect(abs(found[x, y, z] - min(all[x, y, z], expected)) <= 1e-6 * expected)
        #expect(signed[x, y, z] == found[x, y, z] - depths[x, y, z])
      }
    }
    let empty = Mask(emptyOn: mask.geometry).distances(upTo: 4)
    #expect(empty.withVoxels { $0.allSatisfy { $0 == 4 } })
  }

  @Test("is infinite where the mask is empty")
  func empty() {
    let mask = Mask(emptyOn: Geometry(sizes: GridSize(9, 4, 3)))
    #expect(mask.distances().withVoxels { $0.allSatisfy { $0 == .infinity } })
  }
}
