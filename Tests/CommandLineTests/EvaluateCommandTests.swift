import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct EvaluateCommandTests {
  /// A box of voxels on a grid of 20 × 16 × 12 at 0.5 × 0.5 × 1 mm.
  static func box(
    from x: Int = 5, origin: SIMD3<Double> = SIMD3(10, 20, 30)
  ) -> Mask {
    var geometry = Geometry(sizes: GridSize(20, 16, 12), spacing: SIMD3(0.5, 0.5, 1))
    geometry.origin = origin
    return Mask(on: geometry) { bytes in
      for k in 3..<9 { for j in 4..<12 { for i in x..<x + 8 { bytes[i + 20 * (j + 16 * k)] = 1 } } }
    }
  }

  static func write(_ mask: Mask, to path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try VolumeFile.write(AnyVolume(mask.asVolume), to: path)
  }

  func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func oneCaseIsOneObject() throws {
    let folder = TemporaryFolder()
    let (a, b) = ("\(folder.path)/a.nrrd", "\(folder.path)/b.nii.gz")
    try Self.write(Self.box(), to: a)
    try Self.write(Self.box(from: 7), to: b)
    let outcome = try Calvaria.run("evaluate", a, b, "--defective", b, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let score = try json(outcome.output)
    #expect(
      Set(score.keys) == [
        "prediction", "truth", "defective", "spacing", "dsc", "bdsc", "hd95", "hd", "status",
        "surface", "rimStep", "pieces", "tunnels",
      ])
    #expect(score["status"] as? String == "ok")
    // Two of eight columns apart: 6/8 in common, surfaces up to two voxels of 0.5 mm apart.
    #expect(score["pieces"] as? Int == 1 && score["tunnels"] as? Int == 0)
    #expect(score["dsc"] as? Double == 0.75)
    #expect(score["bdsc"] as? Double == 0.75)
    #expect(score["hd"] as? Double == 1)
    #expect(score["spacing"] as? [Double] == [0.5, 0.5, 1])
    let plain = try json(try Calvaria.run("evaluate", a, b, "--json").output)
    #expect(plain["bdsc"] is NSNull && plain["defective"] is NSNull)
    #expect(plain["surface"] is NSNull && plain["rimStep"] is NSNull)
  }

  @Test func emptyMasksAreTold() throws {
    let folder = TemporaryFolder()
    let (a, b) = ("\(folder.path)/a.nrrd", "\(folder.path)/b.nrrd")
    try Self.write(Self.box(), to: a)
    try Self.write(Mask(emptyOn: Self.box().geometry), to: b)
    let score = try json(try Calvaria.run("evaluate", b, a, "--json").output)
    #expect(score["status"] as? String == "empty-prediction")
    #expect(score["dsc"] as? Double == 0)
    #expect(score["hd95"] is NSNull)
    let both = try json(try Calvaria.run("evaluate", b, b, "--json").output)
    #expect(both["status"] as? String == "both-empty")
    #expect(both["dsc"] is NSNull)
  }

  @Test func gridsApartAreAnError() throws {
    let folder = TemporaryFolder()
    let (a, b) = ("\(folder.path)/a.nrrd", "\(folder.path)/b.nrrd")
    try Self.write(Self.box(), to: a)
    try Self.write(Self.box(origin: SIMD3(10, 20, 30.5)), to: b)
    let outcome = try Calvaria.run("evaluate", a, b, "--json")
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("found 0.5 mm"))
    #expect(try Calvaria.run("evaluate", a, "\(folder.path)/none.nrrd").status == 1)
    #expect(try Calvaria.run("evaluate", a, folder.path).status == 2)
  }

  @Test func twoBadFilesAreBothNamed() throws {
    let folder = TemporaryFolder()
    let bad = try folder.write("no volume", to: "bad.nrrd")
    let outcome = try Calvaria.run("evaluate", bad, "\(folder.path)/none.nrrd")
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 2)
    #expect(outcome.errorLines.first?.contains("bad.nrrd: file: expected") == true)
    #expect(outcome.errorLines.last?.contains("none.nrrd: file: expected") == true)
    #expect(try Calvaria.run("evaluate", bad, bad).errorLines.count == 1)
  }

  @Test func spacingsOfNoSkullAreAnError() throws {
    let folder = TemporaryFolder()
    var grid = Self.box().geometry
    grid.directions = Matrix3(diagonal: SIMD3(repeating: 1e-30))
    let mask = Mask(on: grid) { bytes in Self.box().withBytes { _ = bytes.update(from: $0) } }
    let path = "\(folder.path)/a.nrrd"
    try Self.write(mask, to: path)
    let outcome = try Calvaria.run("evaluate", path, path, "--json")
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("spacing: expected 0.0001 to 1000.0 mm"), "\(outcome.errors)")
  }

  @Test func aCaseThatCannotFitIsAnError() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/a.nrrd"
    try Self.write(Self.box(), to: path)
    // A limit that no case fits, whether files or folders are named.
    try Self.write(Self.box(), to: "\(folder.path)/truth/a.nrrd")
    let truth = "\(folder.path)/truth"
    for (one, other) in [(path, path), (truth, truth)] {
      let outcome = try Calvaria.run(
        "evaluate", one, other, "--memory", "1MB", "-o", "\(folder.path)/scores")
      #expect(outcome.status == 2)
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("memory: expected at most 1000000 bytes"), "\(outcome.errors)")
    }
  }

  @Test func foldersAreMatchedByKindAndName() throws {
    let folder = TemporaryFolder()
    let truth = "\(folder.path)/data"
    for kind in ["bilateral", "random_1"] {
      for name in ["000", "001"] {
        try Self.write(Self.box(), to: "\(truth)/implant/\(kind)/\(name).nrrd")
        try Self.write(Self.box(from: 1), to: "\(truth)/defective_skull/\(kind)/\(name).nrrd")
        try Self.write(
          Self.box(from: kind == "bilateral" ? 6 : 7),
          to: "\(folder.path)/out/implant/\(kind)/\(name).nii.gz")
      }
    }
    // Bad in three ways: damaged, elsewhere, missing.
    _ = try folder.write("NRRD0005\nbroken", to: "out/implant/bilateral/001.nii.gz")
    try Self.write(
      Self.box(origin: .zero), to: "\(folder.path)/out/implant/random_1/001.nii.gz")
    try Self.write(Self.box(), to: "\(truth)/implant/random_1/002.nrrd")
    var tables: [String] = []
    for jobs in ["1", "3"] {
      let outcome = try Calvaria.run(
        "evaluate", "\(folder.path)/out", truth, "--defective", truth, "-o",
        "\(folder.path)/scores", "--jobs", jobs)
      #expect(outcome.status == 1)
      #expect(outcome.errorLines.filter { $0.contains("error:") }.count == 3, "\(outcome.errors)")
      let table = try String(
        contentsOfFile: "\(folder.path)/scores/scores.csv", encoding: .utf8)
      let rows = table.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(rows[0].joined(separator: ",") == "case,kind,dsc,bdsc,hd95,hd,seconds,status")
      #expect(
        rows.dropFirst().map { "\($0[1])/\($0[0]) \($0[7])" } == [
          "bilateral/000 ok", "bilateral/001 failed", "random_1/000 ok", "random_1/001 failed",
          "random_1/002 failed",
        ])
      #expect(rows[1][2] == "0.875" && rows[3][2] == "0.75")
      tables.append(rows.map { ($0[..<6] + $0[7...]).joined(separator: ",") }.joined())
    }
    #expect(tables[0] == tables[1])

    // The folder of one kind against flat predictions.
    let flat = try Calvaria.run(
      "evaluate", "\(folder.path)/out/implant/random_1", "\(truth)/implant/random_1", "--json",
      "-o",
      "\(folder.path)/flat")
    let cases = try #require(try json(flat.output)["cases"] as? [[String: Any]])
    #expect(cases.map { $0["case"] as? String } == ["000", "001", "002"])
    #expect(cases[0]["dsc"] as? Double == 0.75)
  }
}
