import Completion
import BetaVAE
import Foundation
import NeuralEngine
import TestSupport
import Testing
import VolumeIO
import Volumes

enum ShippedModel {
  static let path = Calvaria.root + "/sample-data/model.safetensors"
  /// The synthetic skulls are variations of the sample CT.
  static var isPossible: Bool {
    let fetched = Calvaria.root + "/sample-data/fetched/cranium.raw"
    return [path, fetched].allSatisfy { FileManager.default.fileExists(atPath: $0) }
  }
}

/// The model that comes with the program, on skulls that no training has seen.
@Suite(.enabled(if: ShippedModel.isPossible)) struct ShippedModelTests {
  func mask(_ path: String) throws -> Mask {
    let volume = try ImageFile(opening: path).volume()
    return Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>))
  }

  func dice(_ a: Mask, _ b: Mask) throws -> Double {
    try #require(a.sizes == b.sizes)
    let (both, sum) = a.withBytes { a in
      b.withBytes { b in
        a.indices.reduce((0, 0)) { ($0.0 + Int(a[$1] & b[$1]), $0.1 + Int(a[$1]) + Int(b[$1])) }
      }
    }
    return 2 * Double(both) / Double(sum)
  }

  @Test func holdsWhatItsCardSays() throws {
    let model = try TrainedBetaVAE(contentsOf: ShippedModel.path)
    #expect(model.architecture == Architecture.presets["64x64x32"])
    #expect(Set(model.classes.map(\.name)) == ["complete", "cranial", "facial"])
    let bytes = try FileManager.default.attributesOfItem(atPath: ShippedModel.path)[.size] as? Int
    #expect(try #require(bytes) <= 16_000_000)
  }

  @Test func reconstructsUnseenSkulls() throws {
    let folder = TemporaryFolder()
    let set = "\(folder.path)/set"
    _ = try Calvaria.run(
      "synth", "-o", set, "--count", "4", "--seed", "900", "--kinds", "prism", "-q")
    let pipeline = try folder.write(
      """
      version: 1
      pipeline: reconstruct
      stages:
        skull:   {stage: load, of: $case}
        bone:    {stage: bone, of: skull}
        latent:  {stage: encode, of: bone, model: "\(ShippedModel.path)"}
        decoded: {stage: decode, of: latent, model: "\(ShippedModel.path)"}
      outputs: {decoded.nrrd: decoded}
      """, to: "reconstruct.yaml")
    let skulls = (0..<4).map { "\(set)/complete_skull/00\($0).nrrd" }
    let outcome = try Calvaria.run(
      ["run", pipeline] + skulls + ["-o", "\(folder.path)/decoded", "-q"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let whole = try (0..<4).map {
      try dice(
        mask("\(folder.path)/decoded/00\($0)/decoded.nrrd"),
        mask("\(set)/complete_skull/00\($0).nrrd"))
    }
    #expect(whole.reduce(0, +) / 4 > 0.83, "\(whole)")
  }

  /// The sample CT by the pipeline of the paper: further towards complete skulls the hole fills.
  @Test func fillsTheRealSkullAsGammaGrows() throws {
    let folder = TemporaryFolder()
    let path = Calvaria.root + "/sample-data/cranium.nhdr"
    let scan = try ImageFile(opening: path).volume()
    let grey = try #require(scan.base as? Volume<Int16>)
    var volumes: [Double] = []
    for gamma in ["0", "0.5", "1", nil] {
      let out = "\(folder.path)/\(gamma ?? "standard")"
      let settings = gamma.map { ["--set", "gamma=\($0)"] } ?? []
      let outcome = try Calvaria.run(
        [
          "implant", path, "--pipeline", Calvaria.root + "/pipelines/implant-vae.yaml", "-o", out,
          "-q",
        ]
          + settings)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let implant = try mask(out + "/implant.nrrd")
      #expect(implant.geometry == scan.geometry)
      let inBone = grey.withVoxels { grey in
        implant.withBytes { implant in
          implant.indices.reduce(0) { $0 + (implant[$1] != 0 && grey[$1] >= 226 ? 1 : 0) }
        }
      }
      #expect(inBone == 0)
      let account = try folder.json("\(gamma ?? "standard")/run.json")
      let record = try #require((account["cases"] as? [[String: Any]])?.first)
      let outputs = record["outputs"] as? [[String: Any]]
      let facts =
        outputs?.first { $0["file"] as? String == "implant.nrrd" }?["measurements"]
        as? [String: Any]
      let centroid = try #require(facts?["centroidIndex"] as? [Double])
      let away = zip(centroid, [96.0, 188, 66]).map { $0 - $1 }.reduce(0) { $0 + $1 * $1 }
      #expect(away.squareRoot() <= 15, "gamma \(gamma ?? "standard"): centroid \(centroid)")
      volumes.append(try #require(facts?["volumeMM3"] as? Double))
    }
    #expect(zip(volumes, volumes.dropFirst()).allSatisfy { $0 < $1 }, "\(volumes) mm³")
    #expect(volumes[3] > 5000, "\(volumes) mm³")
  }
}
