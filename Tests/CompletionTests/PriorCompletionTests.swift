@testable import Completion
import Errors
import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

/// Bone of the same patient, wherever its file says that it lies.
@Suite struct PriorCompletionTests {
  static let hole = (centre: SIMD3(55.0, 0, 55), radius: 24.0)
  static let whole = TurnedHead().mask(spacing: 3)
  static let defective = TurnedHead(holes: [hole]).mask(spacing: 3)
  static let missing = try! whole.subtracting(defective)
  /// Some turn, by 41°.
  static let rotation: Matrix3 = {
    let x = SIMD3(0.8, 0.6, 0)
    let y = SIMD3(-0.54, 0.72, 0.4358898943540674)
    return Matrix3(x, y, x.cross(y))
  }()

  static func completion(by prior: Mask) throws -> CompletedSkull {
    var model = PriorCompletion { .init(mask: prior, files: []) }
    // Tests run without optimisation.
    model.effort = PriorCompletion.Effort(points: 900, flapPoints: 400, cell: 2, turns: 8)
    return try model.complete(defective, in: CompletionContext(threads: 2))
  }

  static func dice(of completion: CompletedSkull) throws -> Double {
    let added = try completion.mask.subtracting(defective)
    #expect(try defective.subtracting(completion.mask).isEmpty, "bone was lost")
    return try #require(try added.dice(with: missing))
  }

  @Test func aScanFromBeforeIsLaidOntoTheHead() throws {
    let prior = TurnedHead(rotation: Self.rotation, centre: SIMD3(300, 20, -80)).mask(spacing: 2.6)
    let completion = try Self.completion(by: prior)
    let dice = try Self.dice(of: completion)
    #expect(dice > 0.88, "Dice \(dice)")
    let findings = try #require(completion.findings)
    #expect(findings.confidence > 0.7 && findings.defects.allSatisfy(\.isFilled), "\(findings)")
    #expect(completion.warnings == [])
    let turned = try #require(completion.scores["turned"])
    #expect(abs(turned - Self.rotation.angle) < 1, "\(turned)°")
  }

  @Test func anotherPersonsHeadIsRefused() throws {
    let other = ShapeCompletionTests.head { p in
      SIMD3(p.x * 1.1, p.y * 0.92 + 1.5, p.z * 0.97 + 0.0006 * p.y * p.z)
    }
    let completion = try Self.completion(by: other)
    let findings = try #require(completion.findings)
    #expect(findings.confidence < 0.5, "\(completion.scores)")
    #expect(completion.warnings.contains { $0.contains("same patient") }, "\(completion.warnings)")
  }

  @Test func aFlapIsLaidIntoItsHole() throws {
    // Upside down and far away.
    let flip = Matrix3(SIMD3(0, 1, 0), SIMD3(1, 0, 0), SIMD3(0, 0, -1)) * Self.rotation
    let flap = Self.missing.moved(by: Affine(linear: flip, translation: SIMD3(-200, 30, 500)))
    let completion = try Self.completion(by: flap)
    let dice = try Self.dice(of: completion)
    #expect(dice > 0.7, "Dice \(dice)")
    #expect(completion.findings?.defects.allSatisfy(\.isFilled) == true)
  }

  /// Pushed and turned, points come back onto their own surface.
  @Test func aRigidFitFindsASmallMotion() throws {
    let field = try #require(ShapeTemplate(surfaceOf: Self.missing, cell: 1.5, threads: 2))
    let samples = Array(
      SurfaceSamples.of(Self.missing, count: 100_000, threads: 2).prefix(400))
    let turn = Matrix3(turningBy: SIMD3(0.1, -0.15, 0.05))
    let middle = Self.hole.centre + TurnedHead().centre
    let start = Affine(linear: turn, translation: middle - turn * middle + SIMD3(3, -2, 2))
    let fit = RigidFit(of: samples[...], onto: field, from: start, trim: 2...12, steps: 30)
    #expect((fit.map * middle - middle).length < 0.7)
    #expect(fit.map.linear.angle < 2.5, "\(fit.map.linear.angle)°")
  }
}

extension NamedHolesTests {
  /// Millimetres at the voxels that are added, nothing elsewhere; on demand only.
  @Test func autoSaysHowFarTheNextBestWayLies() throws {
    var context = CompletionContext(threads: 2)
    let model = try #require(Self.models[3] as? AutoCompletion)
    context.targets = CompletionTargets(places: [.init(point: Self.holes[1].centre)])
    context.measuresDisagreement = true
    let completion = try model.complete(Self.defective, in: context)
    let distances = try #require(completion.disagreement)
    let added = try completion.mask.subtracting(Self.defective)
    var (inside, outside, positive) = (0.0, 0, 0)
    distances.withVoxels { distances in
      added.withBytes { added in
        for i in added.indices {
          if added[i] == 0 {
            if distances[i] != 0 { outside += 1 }
          } else if distances[i] > 0 {
            positive += 1
            inside += Double(distances[i])
          }
        }
      }
    }
    #expect(outside == 0)
    #expect(Double(positive) > 0.9 * Double(added.voxelCount), "\(positive)")
    let mean = inside / Double(max(1, positive))
    // Each voxel has the larger of two distances, so its mean is no less than that of the outer tables.
    let outer = try #require(completion.findings?.disagreementMM)
    #expect(mean >= 0.8 * outer && mean < outer + 4, "\(mean) mm, \(outer) mm")
  }
}
