import Dataflow
import NeuralEngine
import Skulls
import Stages
import TestSupport
import Testing
import Volumes

@testable import BetaVAE
import Completion

/// The search of a latent, on a small network of random weights.
@Suite struct LatentFitTests {
  static let architecture = Architecture(
    inputShape: [16, 16, 16], channels: [4, 6], latentSize: 4)
  static let model: BetaVAEModel? = try? {
    let network = try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 3))
    return BetaVAEModel(network, on: CPUEngine())
  }()

  /// A ball of bone with a hole at the left, laid over the whole box.
  static let grid = Geometry(sizes: GridSize(16, 16, 16), spacing: SIMD3(14, 14, 10))
  static func ball(hole: Bool) -> Mask {
    Mask(on: grid) { out in
      var i = 0
      for z in 0..<16 {
        for y in 0..<16 {
          for x in 0..<16 {
            let p =
              (SIMD3(Double(x), Double(y), Double(z)) - SIMD3(7.5, 8.5, 7)) * SIMD3(14, 14, 10)
            let r = p.length
            let isHole = hole && p.x > 0.75 * r
            out[i] = r > 55 && r < 82 && !isHole ? 1 : 0
            i += 1
          }
        }
      }
    }
  }

  static func start(_ model: BetaVAEModel) throws -> (Latent, Mask) {
    let mask = ball(hole: true)
    let (latent, _, _) = try model.encode(mask, closing: 0)
    return (latent, try latent.frame.framed(mask))
  }

  @Test func aHoleIsFreeAndBesideBoneIsAir() throws {
    let (latent, framed) = try Self.start(try #require(Self.model))
    let truth = LatentFit.truth(of: framed, in: latent.frame)
    func at(_ x: Int, _ y: Int, _ z: Int) -> UInt8 { truth[(x * 16 + y) * 16 + z] }
    // On the left, where the wall would be, and on the right, within it and inside it.
    #expect(at(12, 8, 7) == LatentFit.Place.free.rawValue)
    #expect(at(3, 8, 7) == LatentFit.Place.bone.rawValue)
    #expect(
      at(4, 8, 7) == LatentFit.Place.air.rawValue || at(5, 8, 7) == LatentFit.Place.air.rawValue)
    let whole = Self.ball(hole: false)
    let closed = LatentFit.truth(of: whole, in: latent.frame)
    #expect(closed[(12 * 16 + 8) * 16 + 7] == LatentFit.Place.bone.rawValue)
    func free(_ truth: [UInt8]) -> Int { truth.count { $0 == LatentFit.Place.free.rawValue } }
    #expect(free(closed) < free(truth))
  }

  @Test func theSearchEndsInBetterAgreementAndIsTheSameAtAnyNumberOfThreads() throws {
    let model = try #require(Self.model)
    var (latent, framed) = try Self.start(model)
    for d in latent.vector.indices { latent.vector[d] += d % 2 == 0 ? 2 : -2 }
    var fit = LatentFit(steps: 40)
    fit.weight = 10_000
    let (start, seen) = (latent, framed)
    let results = try [1, 2, 3].map {
      fit.run(from: start, to: seen, by: try model.decoderGradients(threads: $0))
    }
    #expect(results[0].after > results[0].before)
    #expect(results.allSatisfy { $0.latent.vector == results[0].latent.vector })
    // What it reports is what the decoder gives.
    let again = LatentFit(steps: 0).run(
      from: results[0].latent, to: seen, by: try model.decoderGradients(threads: 1))
    #expect(abs(again.before - results[0].after) < 1e-9)
  }

  @Test func theStageLeavesEmptyAndUnsearchedLatentsAlone() throws {
    let model = try #require(Self.model)
    let (latent, _) = try Self.start(model)
    let mask = Self.ball(hole: true)
    var fit = LatentFit(steps: 0)
    #expect(try Optimize(fit).run(Inputs(latent, mask), in: StageContext()).vector == latent.vector)
    fit.steps = 5
    #expect(try Optimize(fit).run(Inputs(latent, mask), in: StageContext()).vector != latent.vector)
    let nothing = Latent(ofNothingOn: Self.grid, model: model)
    let empty = Mask(emptyOn: Self.grid)
    #expect(try Optimize(fit).run(Inputs(nothing, empty), in: StageContext()).isOfNothing)
  }

  @Test func ofAModelThatCannotTheLatentStaysWithAWarning() throws {
    let model = IdentityModel(inputShape: GridSize(16, 16, 16))
    let mask = Self.ball(hole: true)
    let (latent, _, _) = try model.encode(mask, closing: 0)
    let context = StageContext()
    let fitted = try Optimize().run(Inputs(latent, mask), in: context)
    #expect(fitted.vector == latent.vector)
    #expect(context.warnings.count == 1)
    #expect(context.warnings.first?.hasPrefix("the latent is not fitted") == true)
  }
}
