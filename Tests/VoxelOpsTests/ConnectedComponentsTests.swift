import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Connected components")
struct ConnectedComponentsTests {
  @Test("labels equal scipy's", arguments: MaskFixture.all, 1...3)
  func golden(_ fixture: MaskFixture, threads: Int) {
    let mask = Mask(fixture.mask, on: fixture.geometry)
    let expected: [(Connectivity, [UInt32])] = [
      (.faces6, fixture.labels6), (.edges18, fixture.labels18), (.corners26, fixture.labels26),
    ]
    for (connectivity, labels) in expected {
      let found = mask.components(connectivity: connectivity, threads: threads)
      #expect(found.labels(threads: threads).withVoxels(Array.init) == labels)
      let counts = (0..<found.count).map { n in labels.count { $0 == UInt32(n + 1) } }
      #expect(found.sizes == counts)
    }
  }

  @Test("equal a flood fill on random masks", arguments: Connectivity.allCases, 0..<12)
  func floodFill(_ connectivity: Connectivity, seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let sizes = GridSize(
      .random(in: 1...70, using: &random), .random(in: 1...9, using: &random),
      .random(in: 1...9, using: &random))
    let mask = Mask(
      randomOn: Geometry(sizes: sizes), density: [0.1, 0.3, 0.6][seed % 3], seed: UInt64(seed))
    let expected = floodFilled(mask, connectivity)
    for threads in 1...3 {
      let found = mask.components(connectivity: connectivity, threads: threads)
      #expect(found.labels(threads: threads).withVoxels(Array.init) == expected)
      let chosen = Array((0..<found.count).reversed().prefix(5))
      #expect(
        found.boundingBoxes(of: chosen, threads: threads)
          == chosen.map { found.mask(of: [$0]).boundingBox() })
    }
  }

  @Test("of equal components the one with the first voxel is the largest")
  func ties() {
    let geometry = Geometry(sizes: GridSize(8, 1, 1))
    let mask = Mask("10110011", on: geometry)
    #expect(mask.largestComponent().text == "00110000")
    #expect(mask.components().bySize == [1, 2, 0])
    #expect(mask.largestComponents(2).text == "00110011")
    #expect(mask.largestComponents(0).isEmpty)
    #expect(mask.largestComponents(9) == mask)
    #expect(mask.removingComponents(smallerThan: 2).text == "00110011")
  }

  @Test("an empty mask has no component")
  func empty() {
    let mask = Mask(emptyOn: Geometry(sizes: GridSize(5, 4, 3)))
    #expect(mask.components().count == 0)
    #expect(mask.components().largest == nil)
    #expect(mask.largestComponent().isEmpty)
  }

  @Test("a full mask is one component at any thread count", arguments: 1...3)
  func full(threads: Int) {
    let mask = Mask(emptyOn: Geometry(sizes: GridSize(64, 3, 7))).inverted()
    #expect(mask.components(connectivity: .faces6, threads: threads).sizes == [64 * 3 * 7])
    #expect(mask.largestComponent(threads: threads) == mask)
  }

  private func floodFilled(_ mask: Mask, _ connectivity: Connectivity) -> [UInt32] {
    let n = mask.sizes
    var labels = [UInt32](repeating: 0, count: n.count)
    var last: UInt32 = 0
    let range = -1...1
    for start in 0..<n.count where mask.withBytes({ $0[start] }) != 0 && labels[start] == 0 {
      last += 1
      labels[start] = last
      var stack = [start]
      while let voxel = stack.popLast() {
        let (x, y, z) = (voxel % n.x, voxel / n.x % n.y, voxel / n.x / n.y)
        for dz in range {
          for dy in range {
            for dx in range {
              let moved = dx * dx + dy * dy + dz * dz
              let allowed = connectivity == .faces6 ? 1 : connectivity == .edges18 ? 2 : 3
              guard moved > 0, moved <= allowed else { continue }
              let (u, v, w) = (x + dx, y + dy, z + dz)
              guard u >= 0, u < n.x, v >= 0, v < n.y, w >= 0, w < n.z else { continue }
              let other = n.offset(u, v, w)
              guard mask[u, v, w], labels[other] == 0 else { continue }
              labels[other] = last
              stack.append(other)
            }
          }
        }
      }
    }
    return labels
  }
}
