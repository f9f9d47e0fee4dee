@testable import Skulls
import Testing

@Suite struct SymmetricSystemTests {
  /// Smaller and larger than a panel, rows in fours and not.
  @Test(arguments: [1, 21, 64, 65, 203, 256])
  func isSolved(unknowns n: Int) throws {
    // 4 on the diagonal, 1 / (1 + |i − j|) elsewhere.
    func entry(_ i: Int, _ j: Int) -> Double { i == j ? 4 : 1 / Double(1 + abs(i - j)) }
    let triangle = (0..<n).flatMap { i in (0...i).map { entry(i, $0) } }
    let system = try #require(SymmetricSystem(lowerTriangle: triangle, count: n))
    let x = (0..<n).map { Double($0 % 5) - 2 }
    let b = (0..<n).map { i in (0..<n).reduce(0) { $0 + entry(i, $1) * x[$1] } }
    for (found, expected) in zip(system.solve(b), x) { #expect(abs(found - expected) < 1e-11) }
    let half = system.solveLower(b)
    let square = half.reduce(0) { $0 + $1 * $1 }
    #expect(abs(square - zip(b, x).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-8)
    for threads in [2, 5] {
      let other = try #require(
        SymmetricSystem(lowerTriangle: triangle, count: n, threads: threads))
      #expect(other.solve(b) == system.solve(b), "\(threads) threads")
    }
  }

  @Test func whatIsNotPositiveDefiniteHasNoFactor() {
    #expect(SymmetricSystem(lowerTriangle: [1, 2, 1], count: 2) == nil)
    // Only its last row is wrong.
    let n = 130
    var triangle = (0..<n).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0.0 } }
    triangle[triangle.count - 2] = 2
    #expect(SymmetricSystem(lowerTriangle: triangle, count: n, threads: 2) == nil)
  }
}
