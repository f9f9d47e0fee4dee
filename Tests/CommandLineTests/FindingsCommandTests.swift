import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What `calvaria implant` finds in a skull, and the options that ask for more.
@Suite struct FindingsCommandTests {
  @Test func selfTestAlternativesAndStrict() throws {
    let head = try DefaultPipelineTests.Head(holeTowards: SIMD3(55, 30, 50))
    let folder = TemporaryFolder()
    let path = folder.path + "/head.nrrd"
    try VolumeFile.write(AnyVolume(head.scan), to: path)
    let outcome = try Calvaria.run(
      "implant", path, "-o", folder.path + "/out", "--self-test", "--alternatives", "1", "--strict")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("hole: ") && outcome.output.contains("self-test on this skull"))
    #expect(folder.names(in: "out/alternatives") == ["continuation.nrrd"])

    let account = try folder.json("out/run.json")
    let record = try #require((account["cases"] as? [[String: Any]])?.first)
    #expect(record["model"] as? String == "auto")
    let test = try #require(record["selfTest"] as? [String: Any])
    let dice = try #require(test["dsc"] as? Double)
    #expect(dice > 0.6, "\(test)")
    let outer = try #require(test["outerMM"] as? Double)
    #expect(outer > 0 && outer < 2, "\(test)")
    let defect = try #require((record["defects"] as? [[String: Any]])?.first)
    #expect(defect["kind"] as? String == "cranial")
    #expect(defect["crossesMidline"] as? Bool == false && defect["atBorder"] as? Bool == false)
    // As round as a ball's cut: 48 mm across, 150 mm around.
    let sides = try #require(defect["diametersMM"] as? [Double])
    #expect(sides.allSatisfy { abs($0 - 48) < 5 }, "\(sides)")
    let perimeter = try #require(defect["perimeterMM"] as? Double)
    #expect(abs(perimeter - 150) < 15, "\(perimeter) mm")
  }

  /// Whatever made it, an implant where no skull is cannot be trusted.
  @Test(arguments: ["implant.yaml", "implant-mirror.yaml"])
  func strictRefusesWhatCannotBeTrusted(pipeline: String) throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/block.nrrd"
    let geometry = Geometry(sizes: GridSize(40, 40, 40))
    let block = Volume<UInt8>(on: geometry) { out in
      for i in out.indices { out[i] = i % 40 > 15 ? 1 : 0 }
    }
    try VolumeFile.write(AnyVolume(block), to: path)
    let arguments = [
      "implant", path, "--pipeline", Calvaria.root + "/pipelines/\(pipeline)", "-o",
      folder.path + "/out", "-q",
    ]
    let lenient = try Calvaria.run(arguments)
    #expect(lenient.status == 0, "\(lenient.errors)")
    let strict = try Calvaria.run(arguments + ["--strict"])
    #expect(strict.status == 1, "\(strict.errors)")
    let record = try #require(
      (folder.json("out/run.json")["cases"] as? [[String: Any]])?.first)
    #expect((record["confidence"] as? Double).map { $0 < 0.7 } == true)
    #expect((record["warnings"] as? [String])?.contains { $0.contains("low confidence") } == true)
  }

  @Test(arguments: ["gamma=1", "deviation=facial"])
  func parametersOfThePaperNameItsPipeline(change: String) throws {
    let outcome = try Calvaria.run("implant", "a.nrrd", "-o", "x", "--set", change)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("implant-vae.yaml have it"), "\(outcome.errors)")
  }

  @Test func thereAreOnlySoManyAlternatives() throws {
    let outcome = try Calvaria.run("implant", "a.nrrd", "-o", "x", "--alternatives", "9")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--alternatives: expected at most 3"), "\(outcome.errors)")
  }
}
