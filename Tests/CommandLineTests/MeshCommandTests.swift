import Foundation
import MeshIO
import Meshes
import TestSupport
import Testing
import VolumeIO
import Volumes

/// `mesh`, `check`, `voxelize` and `convert` of meshes.
@Suite struct MeshCommandTests {
  /// A ball in a shell of bone with a gap of two voxels, on an oblique grid.
  static let grid = Geometry(
    sizes: GridSize(40, 42, 44), space: .rightAnteriorSuperior,
    directions: Matrix3(SIMD3(0.8, 0.1, 0), SIMD3(-0.1, 0.8, 0), SIMD3(0, 0, 0.9)),
    origin: SIMD3(5, -70, 33))

  /// A ball or a shell of these radii in voxels; of a bowl, what is above the middle is left out.
  static func mask(_ range: ClosedRange<Double>, bowl: Bool = false) -> Mask {
    Mask(on: grid) { bytes in
      for k in 0..<44 {
        for j in 0..<42 {
          for i in 0..<40 {
            let p = SIMD3(Double(i) - 19, Double(j) - 20, Double(k) - 21)
            if range.contains(p.length), !bowl || p.z <= 0 { bytes[grid.sizes.offset(i, j, k)] = 1 }
          }
        }
      }
    }
  }

  static func write(_ mask: Mask, _ name: String, in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/\(name)"
    try VolumeFile.write(AnyVolume(mask.asVolume), to: path)
    return path
  }

  @Test func aMaskBecomesAMeshInEveryFormatAndAMaskAgain() throws {
    let folder = TemporaryFolder()
    let path = try Self.write(Self.mask(0...12), "ball.nrrd", in: folder)
    for ending in ["stl", "3mf", "ply", "obj"] {
      for space in ["LPS", "RAS"] {
        let mesh = "\(folder.path)/ball.\(ending)"
        let made = try Calvaria.run(
          "mesh", path, "-o", mesh, "--smoothing", "0", "--space", space)
        #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
        #expect(made.output.hasPrefix(mesh))
        let back = try Calvaria.run(
          "voxelize", mesh, "--like", path, "-o", "\(folder.path)/back.nrrd")
        #expect(back.status == 0 && back.errors.isEmpty, "\(back.errors)")
        let read = try ImageFile(opening: "\(folder.path)/back.nrrd").volume()
        let mask = Mask(nonzeroOf: try #require(read.base as? Volume<UInt8>))
        #expect(mask == Self.mask(0...12))
      }
    }
  }

  @Test func fewerTrianglesStayWithinTheTolerance() throws {
    let folder = TemporaryFolder()
    let ball = try Self.write(Self.mask(0...12), "ball.nrrd", in: folder)
    let path = "\(folder.path)/ball.stl"
    let few = try Calvaria.run(
      "mesh", ball, "-o", path, "--triangles", "1200", "--tolerance", "0.3")
    #expect(few.status == 0 && few.errors.isEmpty && few.output.contains("moved by at most 0."))
    #expect(try MeshFile.read(path).document.triangleCount <= 1200)
    let none = try Calvaria.run("mesh", ball, "-o", path, "--triangles", "4", "--tolerance", "0.01")
    #expect(none.status == 0 && none.errors.contains("triangles in place of 4"))
    #expect(try Calvaria.run("mesh", ball, "-o", path, "--triangles", "3").status == 2)
    let quiet = try Calvaria.run(
      "mesh", ball, "-o", path, "--triangles", "4", "--tolerance", "0.01", "-q")
    #expect(quiet.status == 0 && quiet.errors.isEmpty && !quiet.output.isEmpty)
    let former = try Calvaria.run("mesh", ball, "-o", path, "--deviation", "0.3")
    #expect(former.status == 2 && former.errors.contains("is now called --tolerance"))

    let dual = try Calvaria.run("mesh", ball, "-o", path, "--surface", "dual")
    #expect(dual.status == 0 && dual.errors.isEmpty)
    #expect(try Calvaria.run("check", path).status == 0)
    let cubes = "\(folder.path)/cubes.stl"
    _ = try Calvaria.run("mesh", ball, "-o", cubes)
    let (a, b) = (try MeshFile.read(path).document.mesh, try MeshFile.read(cubes).document.mesh)
    #expect(a != b && abs(a.signedVolume / b.signedVolume - 1) < 0.005)
    #expect(try Calvaria.run("mesh", ball, "-o", path, "--surface", "nets").status == 2)
  }

  @Test func convertKeepsTheMesh() throws {
    let folder = TemporaryFolder()
    let path = try Self.write(Self.mask(0...12), "ball.nrrd", in: folder)
    let first = "\(folder.path)/a.3mf"
    _ = try Calvaria.run("mesh", path, "-o", first)
    var last = first
    for (name, options) in [
      ("b.ply", ["--encoding", "ascii"]), ("c.obj", ["--space", "RAS"]),
      ("d.ply", ["--endian", "big"]),
      ("e.stl", ["--encoding", "ascii", "--space", "RAS"]), ("f.stl", []),
    ] {
      let next = "\(folder.path)/\(name)"
      let outcome = try Calvaria.run(["convert", last, next] + options)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      last = next
    }
    let (a, f) = (try MeshFile.read(first).document.mesh, try MeshFile.read(last).document.mesh)
    #expect(a.triangles.count == f.triangles.count && a.boundingBox! == f.boundingBox!)
    for wrong in [
      ["convert", path, "\(folder.path)/x.stl"], ["convert", first, "\(folder.path)/x.nrrd"],
      ["convert", first, "\(folder.path)/x.stl", "--type", "uint8"],
      ["convert", path, "\(folder.path)/x.nii", "--space", "RAS"],
      ["convert", first, "\(folder.path)/x.step"], ["mesh", path, "-o", "x.nrrd"],
      ["voxelize", first, "--like", path, "-o", "x.stl"], ["check", first, "--tunnels", "-1"],
      ["check", first, "--profile", "no-such-printer"], ["check", first, "--wall", "0"],
    ] {
      #expect(try Calvaria.run(wrong).status == 2, "\(wrong)")
    }
    #expect(try Calvaria.run("check", "\(folder.path)/none.stl").status == 1)
  }

  @Test func convertKeepsObjectsNamesAndNotes() throws {
    let folder = TemporaryFolder()
    let ball = TriangleMesh(surfaceOf: Self.mask(0...5), smoothing: 3)
    let moved = TriangleMesh(
      vertices: ball.vertices.map { $0 + SIMD3(40, 0, 0) }, triangles: ball.triangles)
    let document = MeshDocument(
      parts: [MeshPart(ball, named: "a part 1"), MeshPart(moved, named: "a part 2")],
      notes: [MeshNote("case", "a"), MeshNote("model-sha256", "12ab")])
    let first = "\(folder.path)/a.3mf"
    try MeshFile.write(document, to: first)
    let (second, stl) = ("\(folder.path)/b.3mf", "\(folder.path)/b.stl")
    #expect(try Calvaria.run("convert", first, second, "--space", "RAS").status == 0)
    let read = try MeshFile.read(second).document
    #expect(read.parts == document.parts && read.notes == document.notes)
    #expect(read.space == .rightAnteriorSuperior)
    #expect(try Calvaria.run("convert", second, stl).errors.contains("2 parts became one"))
  }

  @Test func checkSaysPassOrFailWithFigures() throws {
    let folder = TemporaryFolder()
    let bone = try Self.write(Self.mask(14...17, bowl: true), "bone.nrrd", in: folder)
    let ball = try Self.write(Self.mask(0...12), "ball.nrrd", in: folder)
    let mesh = "\(folder.path)/ball.stl"
    _ = try Calvaria.run("mesh", ball, "-o", mesh)
    let good = try Calvaria.run(
      "check", mesh, "--against", bone, "--profile", "sla-0.05", "--clearance", "1", "--json")
    #expect(good.status == 0, "\(good.output)")
    let account = try #require(
      try JSONSerialization.jsonObject(with: Data(good.output.utf8)) as? [String: Any])
    #expect(account["pass"] as? Bool == true && account["printer"] as? String == "sla-0.05")
    #expect(account["notice"] as? String == "Not for clinical use without review.")
    let checks = try #require(account["checks"] as? [[String: Any]])
    func check(_ name: String) -> [String: Any] {
      checks.first { $0["name"] as? String == name } ?? [:]
    }
    #expect(check("overlap")["value"] as? Double == 0 && check("overlap")["limit"] as? Double == 0)
    let gap = try #require(check("gapMedian")["value"] as? Double)
    #expect((1.0...2.2).contains(gap), "\(gap)")
    for check in checks {
      #expect(check["pass"] is Bool && check.keys.contains("value") && check.keys.contains("limit"))
    }
    let picture = "\(folder.path)/part.png"
    _ = try Calvaria.run("check", mesh, "--against", bone, "--clearance", "1", "--picture", picture)
    let png = try Data(contentsOf: URL(filePath: picture))
    #expect(png.count > 10_000 && png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
    #expect(try Calvaria.run("check", mesh, "--picture", picture).status == 2)
    #expect(
      try Calvaria.run("check", mesh, "--against", bone, "--picture", "part.jpg").status == 2)
    let tight = try Calvaria.run("check", mesh, "--against", bone, "--clearance", "2.5")
    #expect(tight.status == 1 && tight.output.contains("FAIL gapLeast"))
    #expect(tight.output.contains("fails 2 of its checks. Not for clinical use without review."))

    // Out of a shell that is closed all around there is no way.
    let shell = try Self.write(Self.mask(14...17), "shell.nrrd", in: folder)
    let caught = try Calvaria.run("check", mesh, "--against", shell, "--clearance", "1")
    #expect(caught.status == 1 && caught.output.contains("FAIL slideLeast"))
    #expect(!caught.output.contains("FAIL gapLeast"))

    // An open mesh is told as such, and has no voxels.
    var bytes = try Data(contentsOf: URL(filePath: mesh))
    let count = bytes[80..<84].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } - 1
    bytes.removeLast(50)
    for i in 0..<4 { bytes[80 + i] = UInt8(truncatingIfNeeded: count >> (8 * UInt32(i))) }
    let open = "\(folder.path)/open.stl"
    try bytes.write(to: URL(filePath: open))
    let broken = try Calvaria.run("check", open)
    #expect(broken.status == 1 && broken.output.contains("FAIL openEdges"))
    let voxels = try Calvaria.run("voxelize", open, "--like", ball, "-o", "\(folder.path)/x.nrrd")
    #expect(voxels.status == 1 && voxels.errors.contains("expected a closed surface"))
  }

  @Test func smoothingIsDrawn() throws {
    let folder = TemporaryFolder()
    let path = try Self.write(Self.mask(0...12), "ball.nrrd", in: folder)
    let (mesh, picture) = ("\(folder.path)/ball.stl", "\(folder.path)/ball.png")
    let made = try Calvaria.run("mesh", path, "-o", mesh, "--picture", picture)
    #expect(made.status == 0)
    let png = try Data(contentsOf: URL(filePath: picture))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png.count > 10_000)
    #expect(try Calvaria.run("mesh", path, "-o", mesh, "--picture", "ball.jpg").status == 2)
  }
}
