import Glibc
import TestSupport
import Testing
import Volumes
import VoxelOps

@testable import Implants

/// Rings of known thickness, on cells of half a millimetre.
@Suite struct TunnelTests {
  static func field(_ size: Int, _ value: (SIMD3<Float>) -> Float) -> Volume<Float> {
    let sizes = GridSize(size, size, size)
    return Volume(unwrittenOn: Geometry(sizes: sizes, spacing: SIMD3(repeating: 0.5))) { out in
      for z in 0..<size {
        for y in 0..<size {
          for x in 0..<size {
            let place = SIMD3(Float(x), Float(y), Float(z)) - Float(size - 1) / 2
            out[sizes.offset(x, y, z)] = value(place / 2)
          }
        }
      }
    }
  }

  /// The distance to a ring about z whose tube is thinner towards −x.
  static func ring(_ p: SIMD3<Float>, radius: Float, tube: Float, thin: Float) -> Float {
    let around = (p.x * p.x + p.y * p.y).squareRoot()
    let share = (1 - p.x / max(around, 0.1)) / 2
    let across = SIMD2(around - radius, p.z)
    return (across * across).sum().squareRoot() - (tube + (thin - tube) * share)
  }

  @Test func ringsAreCutWhereTheyAreThinnest() {
    let ring = Self.field(60) { Self.ring($0, radius: 9, tube: 4, thin: 2) }
    #expect(ring.tunnelCount(threads: 1) == 1)
    let cut = ring.tunnelsCut(by: 0.75, area: 60, threads: 1)
    #expect(cut.tunnelCount(threads: 1) == 0)
    var (lost, furthest): (Int, Float) = (0, 0)
    let sizes = ring.sizes
    let lostCells = ring.withVoxels { ring in
      cut.withVoxels { cut in ring.indices.filter { ring[$0] < 0 && cut[$0] >= 0 } }
    }
    for i in lostCells {
      lost += 1
      let (x, y) = (Float(i % sizes.x) - 29.5, Float(i / sizes.x % sizes.y) - 29.5)
      furthest = max(furthest, abs(atan2(y, -x)))
    }
    // A slice of π · 2² mm² and 2 mm, opposite to where it is thickest.
    #expect(lost > 0 && Double(lost) * 0.125 < 60)
    #expect(furthest < 0.4)
  }

  @Test func ringsOfThickTubesStay() {
    let ring = Self.field(60) { Self.ring($0, radius: 9, tube: 5, thin: 4.8) }
    #expect(ring.tunnelsCut(by: 0.75, area: 60, threads: 1) == ring)
    #expect(ring.tunnelsCut(by: 0.75, area: 90, threads: 1).tunnelCount(threads: 1) == 0)
  }

  @Test func whatHasNoTunnelStays() {
    let bowl = Self.field(60) { p in
      let r = (p * p).sum().squareRoot()
      return max(max(r - 13, 9 - r), p.z - 3)
    }
    #expect(bowl.tunnelCount(threads: 1) == 0)
    #expect(bowl.tunnelsCut(by: 0.75, area: 1e9, threads: 1) == bowl)
  }

  /// Foam of many tunnels and several pieces becomes balls.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func foamBecomesBalls(seed: UInt64) {
    var random = SplitMix(state: seed)
    let waves = (0..<8).map { _ in
      (SIMD3<Float>.random(in: -0.9...0.9, using: &random), Float.random(in: 0...6, using: &random))
    }
    let foam = Self.field(48) { p in
      let sum = waves.reduce(Float(0)) { $0 + sin(($1.0 * p).sum() + $1.1) }
      return max((p * p).sum().squareRoot() - 10, sum / 2 - 0.4)
    }
    #expect(foam.tunnelCount(threads: 1) >= 3)
    var cut = foam
    for _ in 0..<3 { cut = cut.tunnelsCut(by: 0.5, area: 1e9, threads: 1) }
    #expect(cut.tunnelCount(threads: 1) == 0)
    #expect(cut.countBelowZero(threads: 1) * 2 > foam.countBelowZero(threads: 1))
  }

  @Test func theBytesAreTheSameAtAnyThreadCount() {
    let ring = Self.field(60) { Self.ring($0, radius: 9, tube: 4, thin: 2) }
    #expect(
      ring.tunnelsCut(by: 0.75, area: 60, threads: 1)
        == ring.tunnelsCut(by: 0.75, area: 60, threads: 3))
  }

  /// What may be added changes neither pieces, by corners, nor holes, nor what is around, by faces; and of random neighbours
  /// as many may be as are known to be simple: some 39 %.
  @Test func simpleCellsChangeNoTopology() {
    let grid = Geometry(sizes: GridSize(5, 5, 5))
    /// Of the background, since the cells hang together by corners.
    func topology(_ taken: UInt32, middle: Bool) -> MaskTopology {
      Mask(on: grid) { bytes in
        for i in 0..<125 { bytes[i] = 1 }
        for (bit, place) in Neighbourhood.places.enumerated() where taken >> bit & 1 == 1 {
          bytes[grid.sizes.offset(place.x + 2, place.y + 2, place.z + 2)] = 0
        }
        if middle { bytes[grid.sizes.offset(2, 2, 2)] = 0 }
      }.topology()
    }
    var random = SplitMix(state: 11)
    var (simple, changed) = (0, 0)
    let count = 4000
    for _ in 0..<count {
      let taken = UInt32.random(in: 0..<1 << 26, using: &random)
      let isSame = topology(taken, middle: false) == topology(taken, middle: true)
      if Neighbourhood.isSimple(taken) {
        simple += 1
        #expect(isSame, "\(taken)")
      } else if !isSame {
        changed += 1
      }
    }
    let share = Double(simple) / Double(count)
    #expect(abs(share - 0.387) < 0.03, "\(share)")
    #expect(changed > count / 3)
    // Alone, and enclosed.
    #expect(!Neighbourhood.isSimple(0) && !Neighbourhood.isSimple(1 << 26 - 1))
  }
}
