import Completion
import Meshes
import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@testable import Comparisons

/// Two scans of one head: what has not changed is not told, what has is told in mm.
@Suite struct SkullChangeTests {
  /// The reference head without the steps of its cells.
  static let first: Mask = {
    let head = TurnedHead().mask(spacing: 1.6)
    let share = try! head.smoothed(sigma: 2, threads: 2)
    return Mask(on: head.geometry) { out in
      share.withVoxels { for i in out.indices { out[i] = $0[i] >= 0.5 ? 1 : 0 } }
    }
  }()
  static let turn = Matrix3(turningBy: SIMD3(0.08, -0.12, 0.0985))
  static let shift = SIMD3(12.0, -7, 22)

  /// The second scan: turned by 10° about the middle of the head, moved, on other voxels.
  static func second(of bone: Mask = first) throws -> Mask {
    let centre = TurnedHead().centre
    let map = Affine(linear: turn, translation: centre + shift - turn * centre)
    let moved = bone.moved(by: map)
    var grid = Geometry(sizes: GridSize(160, 180, 170), spacing: SIMD3(1.5, 1.4, 1.5))
    grid.origin = centre + shift - SIMD3(120, 126, 127)
    let share = try moved.fraction(onto: grid, by: .linear, threads: 2)
    return Mask(on: grid) { out in
      share.withVoxels { for i in out.indices { out[i] = $0[i] >= 0.5 ? 1 : 0 } }
    }
  }

  @Test func aHeadThatWasOnlyTurnedAndMovedHasNotChanged() throws {
    let second = try Self.second()
    let alignment = try #require(SkullAlignment(of: second, onto: Self.first, threads: 2))
    #expect(abs(alignment.map.linear.angle - Self.turn.angle) < 0.15)
    #expect(abs(Self.turn.angle - 10) < 0.1)
    // Where the middle of the first head is found in the second.
    let middle = try #require(alignment.map.inverse) * TurnedHead().centre
    #expect((middle - TurnedHead().centre - Self.shift).length < 0.25, "\(middle)")
    #expect(alignment.agreement > 0.95 && alignment.misfit < 0.6)

    let change = try SkullChange(from: Self.first, to: second, by: alignment, threads: 2)
    #expect(change.lost.isEmpty && change.gained.isEmpty, "\(change.lost) \(change.gained)")
    #expect(abs(change.distribution.quantile(0.5) ?? 9) < 0.1)
    let (low, high) = (change.distribution.quantile(0.05), change.distribution.quantile(0.95))
    #expect((low ?? -9) > -change.tolerance && (high ?? 9) < change.tolerance)
    #expect(change.area > 100_000)
  }

  /// A dent of 2 mm in the vault, of a ball that dips into it.
  @Test func twoMillimetresAreFoundWhereTheyWereLostAndNowhereElse() throws {
    let direction = SIMD3(0.6, 0.3, 0.74) / SIMD3(0.6, 0.3, 0.74).length
    // The outermost bone of the head that way.
    let grid = Self.first.geometry
    let map = try #require(grid.indexFromLPS)
    let way = try #require(
      stride(from: 110.0, to: 40, by: -0.25).first { mm in
        let index = (map * (TurnedHead().centre + mm * direction)).rounded(.toNearestOrEven)
        return Self.first[Int(index.x), Int(index.y), Int(index.z)]
      })
    let radius = 40.0
    let ball = TurnedHead().centre + (way + radius - 0.4) * direction
    let carved = Mask(on: grid) { out in
      Self.first.withBytes { bone in
        for i in out.indices where bone[i] != 0 {
          let (x, y, z) = (
            i % grid.sizes.x, i / grid.sizes.x % grid.sizes.y, i / (grid.sizes.x * grid.sizes.y)
          )
          let p = grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
          out[i] = (p - ball).length < radius ? 0 : 1
        }
      }
    }
    let dent = try Self.first.subtracting(carved)
    let (volume, middle) = (dent.measurement().volume, try #require(dent.measurement().centroid))
    // How deep it is, to half a voxel: its surface is not at a right angle to the way from the middle.
    let depth = Self.first.signedDistances(threads: 2).withVoxels { distances in
      dent.withBytes { dent in
        dent.indices.reduce(0.0) { dent[$1] != 0 ? max($0, Double(-distances[$1])) : $0 }
      }
    }
    #expect((1.5...2.7).contains(depth), "\(depth)")
    let second = try Self.second(of: carved)
    let alignment = try #require(SkullAlignment(of: second, onto: Self.first, threads: 2))
    let change = try SkullChange(from: Self.first, to: second, by: alignment, threads: 2)
    #expect(change.gained.isEmpty, "\(change.gained)")
    #expect(change.lost.count == 1, "\(change.lost)")
    let place = try #require(change.lost.first)
    let found = SIMD3(place.centroidLPS[0], place.centroidLPS[1], place.centroidLPS[2])
    #expect((found - middle).length < 2, "\(place)")
    #expect(abs(place.deepestMM - depth) < 0.8, "\(place)")
    #expect(abs(place.volumeMM3 / volume - 1) < 0.25, "\(place) of \(volume) mm³")

    // And on the voxels of the first scan: there 2 mm, elsewhere no more than the tolerance.
    let voxels = change.map(on: Self.first, threads: 2)
    var (deepest, far): (Float, Int) = (0, 0)
    voxels.withVoxels { voxels in
      for z in 0..<grid.sizes.z {
        for y in 0..<grid.sizes.y {
          for x in 0..<grid.sizes.x {
            let value = voxels[grid.sizes.offset(x, y, z)]
            guard value != 0 else { continue }
            let p = grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
            if (p - found).length < 25 {
              deepest = min(deepest, value)
            } else if Double(abs(value)) > change.tolerance {
              far += 1
            }
          }
        }
      }
    }
    #expect(abs(Double(deepest) + depth) < 0.8, "\(deepest)")
    #expect(far < 200, "\(far) voxels")
    // Back in time it was gained.
    let back = try #require(SkullAlignment(of: Self.first, onto: second, threads: 2))
    let gained = try SkullChange(from: second, to: Self.first, by: back, threads: 2).gained
    #expect(gained.count == 1 && abs(gained[0].volumeMM3 / place.volumeMM3 - 1) < 0.1, "\(gained)")
  }

  @Test func anotherHeadAgreesLessThanIsAskedFor() throws {
    var geometry = Self.first.geometry
    let stretch = SIMD3(1.09, 0.93, 1.0)
    geometry.directions = Matrix3(
      geometry.directions[0] * stretch.x, geometry.directions[1] * stretch.y,
      geometry.directions[2] * stretch.z)
    let other = Mask(nonzeroOf: Self.first.asVolume.reoriented(geometry))
    let alignment = try #require(SkullAlignment(of: other, onto: Self.first, threads: 2))
    #expect(alignment.agreement < SkullAlignment.leastAgreement, "\(alignment)")
  }

  /// What the second scan does not show is not lost.
  @Test func whatOneScanDoesNotShowIsNotCompared() throws {
    let whole = Self.first
    let sizes = whole.sizes
    let cut: Mask = whole.cropped(
      to: IndexBox(lower: SIMD3(0, 0, 0), upper: SIMD3(sizes.x, sizes.y, sizes.z * 2 / 3)))
    let alignment = try #require(SkullAlignment(of: cut, onto: whole, threads: 2))
    let change = try SkullChange(from: whole, to: cut, by: alignment, threads: 2)
    #expect(change.lost.isEmpty && change.gained.isEmpty, "\(change.lost)")
    #expect(change.changes.contains { $0.isNaN })
  }
}
