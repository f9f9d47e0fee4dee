import BetaVAE
import Foundation
import NeuralEngine
import TensorFiles
import TestSupport
import Testing
import VolumeIO
import Volumes

/// `calvaria latent` and the pipeline of the paper as a process, with a small network of random weights.
@Suite struct LatentCommandTests {
  static let architecture = Architecture(
    inputShape: SIMD3(16, 16, 8), channels: [8, 8], latentSize: 3)

  static func model(
    in folder: TemporaryFolder, named name: String = "model.safetensors", seed: UInt64 = 3
  ) throws -> String {
    let model = try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: seed))
    let path = "\(folder.path)/\(name)"
    try model.write(to: path)
    return path
  }

  /// Skulls as AutoImplant lays them out: two complete, two with a hole, one without its face.
  static func skulls(in folder: TemporaryFolder) throws -> String {
    let root = "\(folder.path)/set"
    func write(_ mask: Mask, _ name: String) throws {
      let path = "\(root)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try VolumeFile.write(AnyVolume(mask.asVolume), to: path)
    }
    let (whole, hole) = (Phantom.mask(hole: false), Phantom.mask())
    try write(whole, "complete_skull/000.nrrd")
    try write(whole, "complete_skull/001.nrrd")
    try write(hole, "defective_skull/prism/000.nrrd")
    try write(hole, "defective_skull/random/000.nii.gz")
    var faceless = whole
    for z in 0..<20 { for y in 60..<88 { for x in 0..<72 { faceless[x, y, z] = false } } }
    try write(faceless, "defective_skull/facial/000.nrrd")
    try write(hole, "implant/prism/000.nrrd")
    return root
  }

  @Test func fromAFolderToAnImplant() throws {
    let folder = TemporaryFolder()
    let model = try Self.model(in: folder)
    let set = try Self.skulls(in: folder)
    let out = "\(folder.path)/latents"
    let encoded = try Calvaria.run("latent", "encode", model, set, "-o", out)
    #expect(encoded.status == 0, "\(encoded.errors)")
    #expect(encoded.output.hasSuffix("complete: 2\nfacial: 1\ncranial: 2\n"))
    let csv = try String(contentsOfFile: "\(out)/latents.csv", encoding: .utf8)
    #expect(
      csv.hasPrefix(
        "case,class,mu_0,mu_1,mu_2,sigma_0,sigma_1,sigma_2\ncomplete_skull/000,complete,"))
    #expect(csv.split(separator: "\n").count == 6)
    let array = try NPY.read("\(out)/latents.npy")
    #expect(array.shape == [5, 6])
    let account = try folder.json("latents/latents.json")
    #expect((account["classes"] as? [[String: Any]])?.count == 3)
    // The same bytes with one job.
    let again = try Calvaria.run(
      "latent", "encode", model, set, "-o", out + "1", "--jobs", "1", "-q")
    #expect(again.status == 0 && again.errors.isEmpty)
    #expect(try String(contentsOfFile: "\(out)1/latents.csv", encoding: .utf8) == csv)

    // DEV by the table and by a model that holds its classes are the same numbers.
    let known = "\(folder.path)/known.safetensors"
    #expect(try Calvaria.run("latent", "classes", model, out, "-o", known).status == 0)
    // The model with classes encodes the same; one of other weights does not.
    #expect(try Calvaria.run("latent", "classes", known, out, "-o", known).status == 0)
    let other = try Self.model(in: folder, named: "other.safetensors", seed: 2)
    let foreign = try Calvaria.run("latent", "classes", other, out, "-o", known)
    #expect(foreign.status == 1)
    #expect(
      foreign.errors.contains("table: expected latents of this model's encoder"),
      "\(foreign.errors)")
    let stored = try Calvaria.run("latent", "deviation", known, "cranial", "complete")
    let tabled = try Calvaria.run(
      "latent", "deviation", model, "cranial", "complete", "--from-table", "\(out)/latents.csv")
    #expect(stored.status == 0 && tabled.status == 0, "\(tabled.errors)")
    #expect(stored.output == tabled.output)
    #expect(stored.output.split(separator: "\n").count == 3)
    let object = try Calvaria.run("latent", "deviation", known, "cranial", "--json")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(object.output.utf8)) as? [String: Any])
    #expect(json["formatVersion"] as? Int == 1)
    #expect((json["deviation"] as? [Double])?.count == 3 && json["from"] as? String == "cranial")

    let plane = try Calvaria.run("latent", "pca", out, "-o", "\(folder.path)/pca")
    #expect(plane.status == 0, "\(plane.errors)")
    #expect(folder.names(in: "pca") == ["pca.csv", "pca.json"])
    #expect(try folder.json("pca/pca.json")["formatVersion"] as? Int == 1)
    #expect(account["formatVersion"] as? Int == 1)

    let scan = try Phantom.write(in: folder)
    let run = try Calvaria.run(
      "implant", scan, "-o", "\(folder.path)/implant", "--pipeline",
      Calvaria.root + "/pipelines/implant-vae.yaml", "--set", "model=\(known)", "--set", "gamma=0.5"
    )
    #expect(run.status == 0, "\(run.errors)")
    let record = try folder.json("implant/run.json")
    let models = try #require(record["models"] as? [[String: Any]])
    #expect(models.count == 1 && (models[0]["sha256"] as? String)?.count == 64)
    let implant = try ImageFile(opening: "\(folder.path)/implant/implant.nrrd")
    #expect(implant.info.sizes == [72, 88, 64])
    // Bilateral and other classes: the model's own are named.
    let wrong = try Calvaria.run(
      "implant", scan, "-o", "\(folder.path)/wrong", "--pipeline",
      Calvaria.root + "/pipelines/implant-vae.yaml", "--set", "model=\(known)", "--set",
      "deviation=facail")
    #expect(wrong.status == 2)
    #expect(
      wrong.errors.contains(
        /implant-vae\.yaml:\d+:3: stages\.shifted\.from: expected one of complete, facial, cranial, found facail; did you mean facial\?/
      ), "\(wrong.errors)")
    #expect(wrong.errorLines.count == 1 && !folder.names().contains("wrong"))
    // A model without classes is told of in the same way, before any case.
    let unknown = try Calvaria.run(
      "run", Calvaria.root + "/pipelines/implant-vae.yaml", scan, scan, "-o",
      "\(folder.path)/wrong",
      "--set", "model=\(model)")
    #expect(unknown.status == 2 && unknown.errorLines.count == 1, "\(unknown.errors)")
    #expect(unknown.errors.contains("expected a model with classes, found cranial"))
  }

  @Test func shapesAreWritten() throws {
    let folder = TemporaryFolder()
    let model = try Self.model(in: folder)
    let set = try Self.skulls(in: folder)
    let (a, b) = ("\(set)/complete_skull/000.nrrd", "\(set)/defective_skull/prism/000.nrrd")
    func run(_ arguments: [String], _ out: String) throws -> [String] {
      let outcome = try Calvaria.run(
        ["latent"] + arguments + ["-o", "\(folder.path)/\(out)", "-q"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return folder.names(in: out)
    }
    #expect(
      try run(["interpolate", model, a, b, "--steps", "3"], "i")
        == ["latents.csv", "shapes.png", "step-00.nrrd", "step-01.nrrd", "step-02.nrrd"])
    #expect(try run(["traverse", model, a, "--dimension", "all", "--steps", "2"], "t").count == 8)
    #expect(try run(["traverse", model, a, "--dimension", "1,2", "--steps", "2"], "u").count == 6)
    #expect(try run(["sample", model, "--count", "2", "--seed", "5"], "s").count == 4)
    // Shapes of a case lie in its world.
    let shape = try ImageFile(opening: "\(folder.path)/i/step-00.nrrd").volume(applyScaling: false)
      .geometry
    #expect(shape.sizes == GridSize(16, 16, 8))
    let middle = shape.lpsFromIndex * SIMD3(7.5, 7.5, 3.5)
    #expect((middle - SIMD3(0, 0, 40)).length < 60)
    // One seed, the same samples, however many.
    #expect(try run(["sample", model, "--count", "3", "--seed", "5"], "r").count == 5)
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))
    }
    #expect(try bytes("s/sample-01.nrrd") == bytes("r/sample-01.nrrd"))
  }

  @Test func wrongUseIsExplained() throws {
    let folder = TemporaryFolder()
    let model = try Self.model(in: folder)
    let set = try Self.skulls(in: folder)
    let a = "\(set)/complete_skull/000.nrrd"
    let out = "\(folder.path)/out"
    let text = try folder.write("nothing", to: "text.safetensors")
    let table = try folder.write("case,class,mu_0,sigma_0\na,complete,1,x\n", to: "bad.csv")
    let other = try folder.write("case,class,mu_0,sigma_0\na,complete,1,1\n", to: "other.csv")
    let none = try folder.write(
      "case,class,mu_0,mu_1,mu_2,sigma_0,sigma_1,sigma_2\n", to: "none.csv")
    for (arguments, status, part) in [
      (["encode", "\(folder.path)/no.safetensors", set, "-o", out], Int32(1), "`make model`"),
      (["encode", text, set, "-o", out], 1, "text.safetensors"),
      (["encode", model, "\(folder.path)/nowhere", "-o", out], 1, "expected a folder of volumes"),
      (["encode", model, a, "-o", out], 1, "found a file"),
      (["deviation", model, "cranial"], 2, "expected a model with classes"),
      (["deviation", model, "facial", "--from-table", other], 2, "expected one of complete"),
      (["classes", model, table, "-o", "\(folder.path)/x.safetensors"], 1, "bad.csv:2: table: "),
      (
        ["classes", model, other, "-o", "\(folder.path)/x.safetensors"], 1, "expected 3 dimensions"
      ),
      (["classes", model, none, "-o", "\(folder.path)/x.safetensors"], 1, "rows with a class"),
      (["classes", model, none, "-o", "\(folder.path)/x.txt"], 2, ".safetensors"),
      (["pca", none, "-o", out], 1, "expected at least 2, found 0"),
      (
        ["traverse", model, a, "--dimension", "3", "-o", out], 2, "expected 0 to 2, or all, found 3"
      ),
      (["traverse", model, a, "--dimension", "x", "-o", out], 2, "--dimension"),
      (["traverse", model, a, "--range", "-1", "-o", out], 2, "range"),
      (["interpolate", model, a, a, "--steps", "1", "-o", out], 2, "expected 2 to 1000, found 1"),
      (["interpolate", model, a, "\(set)/no.nrrd", "-o", out], 1, "no.nrrd"),
      (["sample", model, "--count", "0", "-o", out], 2, "count"),
    ] {
      let outcome = try Calvaria.run(["latent"] + arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    }
  }

  @Test func aMissingModelStopsARunBeforeItStarts() throws {
    let folder = TemporaryFolder()
    let scan = try Phantom.write(in: folder)
    let outcome = try Calvaria.run(
      "run", Calvaria.root + "/pipelines/implant-vae.yaml", scan, scan, "-o", "\(folder.path)/out",
      "--set", "model=\(folder.path)/none.safetensors")
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("none.safetensors: file: expected a readable file"))
    #expect(outcome.errors.contains("run `make model`") || outcome.errors.contains("`make model`"))
    #expect(!folder.names().contains("out"))
    let typed = try Calvaria.run(
      "run", Calvaria.root + "/pipelines/implant-vae.yaml", scan, "-o", "\(folder.path)/out",
      "--set", "model=mirror")
    #expect(typed.status == 2)
  }
}
