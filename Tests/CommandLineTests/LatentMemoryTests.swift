import BetaVAE
import Completion
import Foundation
import NeuralEngine
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Memory that models would take, and masks that hold nothing.
@Suite struct LatentMemoryTests {
  /// 130 kB that describe a network of a terabyte.
  static func giant(in folder: TemporaryFolder) throws -> String {
    let architecture = Architecture(
      inputShape: SIMD3(1024, 1024, 1024), channels: [1024] + Array(repeating: 1, count: 9),
      latentSize: 1)
    var model = try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1))
    model.classes = ["complete", "cranial"].map {
      LatentClass(name: $0, count: 1, centroid: [0], variance: [0], posteriorVariance: [0])
    }
    let path = "\(folder.path)/giant.safetensors"
    try model.write(to: path)
    return path
  }

  @Test func aGiantModelIsRefusedWithNumbers() throws {
    let folder = TemporaryFolder()
    let giant = try Self.giant(in: folder)
    let set = try LatentCommandTests.skulls(in: folder)
    let scan = try Phantom.write(in: folder)
    let out = "\(folder.path)/out"
    for arguments in [
      ["latent", "encode", giant, set, "-o", out],
      ["latent", "traverse", giant, scan, "-o", out],
      ["latent", "interpolate", giant, scan, scan, "-o", out],
      ["latent", "sample", giant, "-o", out],
      [
        "run", Calvaria.root + "/pipelines/implant-vae.yaml", scan, "-o", out, "--set",
        "model=\(giant)",
      ],
      // More than any machine has, though the limit would take it.
      ["latent", "sample", giant, "-o", out, "--memory", "90000TB"],
      ["latent", "encode", giant, set, "-o", out, "--memory", "90000TB"],
    ] {
      let outcome = try Calvaria.run(arguments, seconds: 60)
      let isForced = arguments.last == "90000TB"
      // Of a folder each case fails by itself.
      #expect(
        outcome.status == (isForced && arguments[1] == "encode" ? 1 : 2), "\(arguments): \(outcome)"
      )
      #expect(
        outcome.errorLines.filter { $0.contains("error") }.count
          == (isForced && arguments[1] == "encode" ? 5 : 1), "\(outcome.errors)")
      #expect(
        outcome.errors.contains("memory: expected") && outcome.errors.contains(" MB"),
        "\(arguments): \(outcome.errors)")
    }
    // Its classes are small.
    #expect(try Calvaria.run("latent", "deviation", giant, "cranial").status == 0)
  }

  @Test func theMemoryDecidesOnTheJobs() throws {
    let folder = TemporaryFolder()
    let model = try LatentCommandTests.model(in: folder)
    let set = try LatentCommandTests.skulls(in: folder)
    func encode(_ out: String, _ options: String...) throws -> Calvaria.Outcome {
      try Calvaria.run(
        ["latent", "encode", model, set, "-o", "\(folder.path)/\(out)"] + options)
    }
    let all = try encode("all", "--jobs", "3", "--memory", "4GB")
    #expect(all.status == 0 && !all.errors.contains("jobs"), "\(all.errors)")
    let one = try encode("one", "--jobs", "3", "--memory", "120MB")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.errors.contains("running 1 job at a time instead of 3"), "\(one.errors)")
    func table(_ out: String) throws -> String {
      try String(contentsOfFile: "\(folder.path)/\(out)/latents.csv", encoding: .utf8)
    }
    #expect(try table("all") == table("one"))
    let none = try encode("none", "--jobs", "3", "--memory", "10MB")
    #expect(none.status == 2 && none.errorLines.count == 1, "\(none.errors)")
    #expect(
      none.errors.contains(
        "model.safetensors: memory: expected at most 10 MB, found that it takes"),
      "\(none.errors)")

    // A volume that is too large alone does not keep the others from being encoded.
    let large = Volume<UInt8>(on: Geometry(sizes: GridSize(400, 400, 400))) { $0[7] = 1 }
    try VolumeFile.write(AnyVolume(large), to: "\(set)/complete_skull/large.nrrd")
    let others = try encode("others", "--memory", "150MB")
    #expect(others.status == 1, "\(others.errors)")
    #expect(
      others.errorLines.filter { $0.contains("large.nrrd: memory: expected at most 150 MB") }.count
        == 1, "\(others.errors)")
    #expect(try table("others") == table("all"))
  }

  /// As the mirror does it: an empty implant, warned of, exit 0, no STL.
  @Test(arguments: ["implant-vae.yaml", "implant-mirror.yaml"])
  func aMaskWithoutBoneGivesAnEmptyImplant(pipeline: String) throws {
    let folder = TemporaryFolder()
    let empty = Mask(emptyOn: Phantom.geometry)
    try VolumeFile.write(AnyVolume(empty.asVolume), to: "\(folder.path)/empty.nrrd")
    let model = try LatentCommandTests.model(in: folder)
    var known = try TrainedBetaVAE(contentsOf: model)
    known.classes = ["complete", "cranial"].map {
      LatentClass(
        name: $0, count: 1, centroid: [5, 5, 5], variance: [0, 0, 0], posteriorVariance: [0, 0, 0])
    }
    try known.write(to: model)
    let outcome = try Calvaria.run(
      [
        "run", Calvaria.root + "/pipelines/\(pipeline)", "\(folder.path)/empty.nrrd", "-o",
        "\(folder.path)/out",
      ] + (pipeline == "implant-vae.yaml" ? ["--set", "model=\(model)"] : []))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("the implant is empty"), "\(outcome.errors)")
    #expect(outcome.errors.contains("the skull is empty"), "\(outcome.errors)")
    #expect(folder.names(in: "out") == ["implant.nrrd", "part.nrrd", "preview.png", "run.json"])
    let implant = try ImageFile(opening: "\(folder.path)/out/implant.nrrd").volume()
    #expect(Mask(nonzeroOf: try #require(implant.base as? Volume<UInt8>)).isEmpty)
    #expect(implant.geometry.sizes == Phantom.geometry.sizes)
  }
}
