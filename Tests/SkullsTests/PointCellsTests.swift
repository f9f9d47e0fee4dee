import Skulls
import TestSupport
import Testing
import Volumes

@Suite("PointCells")
struct PointCellsTests {
  @Test("finds what a look at every point finds", arguments: [0.7, 4, 60])
  func exhaustive(cell: Double) throws {
    var random = SplitMix(state: 3)
    func place() -> SIMD3<Double> {
      SIMD3(
        .random(in: 0...30, using: &random), .random(in: 0...20, using: &random),
        .random(in: 0...5, using: &random))
    }
    let points = (0..<300).map { _ in place() }
    let cells = PointCells(points, cell: cell)
    for _ in 0..<50 {
      let p = place() + SIMD3(-4, 3, 1)
      let ways = points.map { ($0 - p).length }
      let nearest = try #require(ways.indices.min { ways[$0] < ways[$1] })
      #expect(cells.nearest(to: p, within: 100) == nearest)
      #expect(cells.nearest(to: p, within: ways[nearest] * 0.99) == nil)
      var found: [Int] = []
      cells.forEach(within: 4, of: p) { found.append($0) }
      #expect(found.sorted() == ways.indices.filter { ways[$0] <= 4 })
    }
  }

  @Test("no points have none near")
  func empty() {
    #expect(PointCells([], cell: 1).nearest(to: .zero, within: 1e9) == nil)
  }
}
