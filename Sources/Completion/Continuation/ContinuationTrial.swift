import Concurrency
internal import Skulls
import Volumes
import Glibc

/// A hole marked in whole bone of the map, continued without that bone, and compared with it: how right the
/// continuation is on this very skull.
struct ContinuationTrial: Sendable {
  /// Of the continued piece and the true one, by the volumes between their tables.
  let dice: Double
  /// The mean distances of the outer and the inner tables, in mm.
  let outer: Double
  let inner: Double
  /// What the regressions say of themselves: mean standard deviations, in mm.
  let outerSigma: Double
  let thicknessSigma: Double

  /// The points of bone that are learned from: fewer than for an implant, and nearly as right.
  static let points = 600

  /// Nil where the tables do not cover the piece of bone.
  ///
  /// - Parameter disc: the piece that `tables` were continued into.
  init?(_ tables: ContinuedTables, on disc: VaultHole) {
    guard let score = TableScore(tables.outer, tables.inner, on: disc, of: tables.map) else {
      return nil
    }
    (dice, outer, inner) = (score.dice, score.outer, score.inner)
    (outerSigma, thicknessSigma) = tables.meanSigmas(of: disc)
  }
}

/// How near two tables come to those of a piece of bone.
struct TableScore: Sendable {
  /// By the volumes between the tables.
  let dice: Double
  /// The mean distances in mm.
  let outer: Double
  let inner: Double

  /// Nil where a twentieth of the piece or more has no tables.
  init?(_ outer: [Float], _ inner: [Float], on disc: VaultHole, of map: VaultMap) {
    var (common, total, outerSum, innerSum, weights) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var missing = 0
    for i in disc.pixels where map.states[i] == .bone {
      guard !outer[i].isNaN else {
        missing += 1
        continue
      }
      let weight = map.area(i)
      let (top, bottom) = (Double(map.outer[i]), Double(map.inner[i]))
      let (foundTop, foundBottom) = (Double(outer[i]), Double(inner[i]))
      common += weight * max(0, min(top, foundTop) - max(bottom, foundBottom))
      total += weight * (top - bottom + foundTop - foundBottom)
      outerSum += weight * abs(top - foundTop)
      innerSum += weight * abs(bottom - foundBottom)
      weights += weight
    }
    guard total > 0, 20 * missing < disc.pixels.count else { return nil }
    dice = 2 * common / total
    (self.outer, self.inner) = (outerSum / weights, innerSum / weights)
  }
}

extension ContinuedTables {
  /// The means of ``sigmas(at:)`` over a hole, from 40 of its pixels.
  func meanSigmas(of hole: VaultHole) -> (outer: Double, thickness: Double) {
    let count = min(40, hole.pixels.count)
    var sums = (outer: 0.0, thickness: 0.0)
    for n in 0..<count {
      let sigmas = sigmas(at: hole.pixels[(2 * n + 1) * hole.pixels.count / (2 * count)])
      sums.outer += sigmas.outer
      sums.thickness += sigmas.thickness
    }
    return (sums.outer / Double(count), sums.thickness / Double(count))
  }

  /// The mean thickness over a hole, in mm.
  func meanThickness(of hole: VaultHole) -> Double {
    hole.pixels.reduce(0) { $0 + Double(outer[$1] - inner[$1]) } / Double(hole.pixels.count)
  }
}

extension VaultMap {
  /// The area in mm² of the vault behind a pixel.
  func area(_ pixel: Int) -> Double {
    let direction = direction(pixel % width, pixel / width)
    return area(of: direction, way: ellipsoid(direction))
  }
}
