import Dataflow
import Implants
import MeshIO
import Meshes
import TestSupport
import Testing
import Volumes

@testable import Stages

/// Several parts, one a hole, in one file.
@Suite struct SeveralPartsTests {
  /// A plate of bone, or what fills its two holes of 12 × 12 and of 8 × 12 mm.
  static func plate(_ isHole: Bool) -> Mask {
    let grid = Geometry(sizes: GridSize(60, 32, 20), spacing: SIMD3(1, 1, 1))
    return Mask(on: grid) { bytes in
      for z in 7..<12 {
        for y in 4..<28 {
          for x in 4..<56 {
            let inHole =
              (10..<22).contains(y) && ((10..<18).contains(x) || (32..<44).contains(x))
            if inHole == isHole { bytes[grid.sizes.offset(x, y, z)] = 1 }
          }
        }
      }
    }
  }

  static func checked(in context: StageContext) throws -> CheckedSurface {
    let bone = plate(false)
    let design = try Design().run(Inputs(plate(true), bone), in: context)
    #expect(design.parts.count == 2)
    let surface = try Isosurface().run(Inputs(design), in: context)
    return try CheckPart().run(Inputs(surface, bone, design), in: context)
  }

  static func written(_ surface: CheckedSurface, to name: String, models: [String] = [])
    throws -> MeshDocument
  {
    let folder = TemporaryFolder()
    let format = try #require(MeshFormats.standard.format(of: name))
    _ = try WriteCheckedSurface(fileName: name, format: format) { models }.run(
      Inputs(surface, OutputFolder(path: folder.path)), in: StageContext(caseName: "Äx"))
    return try MeshFile.read("\(folder.path)/\(name)").document
  }

  @Test func aFileOf3MFHoldsEachAsAnObjectOfItsOwn() throws {
    let surface = try Self.checked(in: StageContext())
    let document = try Self.written(surface, to: "a.3mf", models: ["ab01", "cd23"])
    #expect(document.parts.map(\.name) == ["Äx part 1", "Äx part 2"])
    // The largest first, each closed and where its hole is.
    let volumes = document.parts.map { $0.mesh.signedVolume }
    #expect(abs(volumes[0] - 11.4 * 11.4 * 5) < 60 && abs(volumes[1] - 7.4 * 11.4 * 5) < 60)
    #expect(document.parts.allSatisfy { MeshCheck($0.mesh).isWatertight })
    #expect(document.parts[0].mesh.boundingBox!.lowest.x > 30)
    #expect(document.parts[1].mesh.boundingBox!.highest.x < 20)
    func note(_ name: String) -> String? { document.notes.first { $0.name == name }?.value }
    #expect(note("case") == "Äx" && note("model-sha256") == "ab01 cd23")
    #expect(note("Description") == "Not for clinical use without review.")
    #expect(note("Gate") == "passes" && document.space == .leftPosteriorSuperior)
  }

  @Test func inAnSTLTheyAreOneMeshInTheSameOrder() throws {
    let surface = try Self.checked(in: StageContext())
    let read = try Self.written(surface, to: "a.stl").mesh
    #expect(read.triangles.count == surface.mesh.triangles.count)
    for (a, b) in zip(read.triangles, surface.mesh.triangles) {
      #expect(read.vertices[Int(a.x)] == surface.mesh.vertices[Int(b.x)])
    }
  }

  @Test func onePartBearsTheNameOfItsCaseAndNoModelThatWasNotUsed() throws {
    var surface = try Self.checked(in: StageContext())
    surface.partOfTriangle = surface.partOfTriangle.map { _ in 0 }
    let document = try Self.written(surface, to: "a.3mf")
    #expect(document.parts.map(\.name) == ["Äx"])
    #expect(!document.notes.contains { $0.name == "model-sha256" })
  }

  /// Shells count, not where a vertex happens to lie: a cavity belongs to the part around it.
  @Test func trianglesAreOwnedByWholeShells() throws {
    let bone = Self.plate(false)
    let design = try Design().run(Inputs(Self.plate(true), bone), in: StageContext())
    let (mesh, _) = design.surface(triangles: 2000, within: 0.1)
    let owners = design.owners(of: mesh)
    #expect(Set(owners) == [0, 1])
    let apart = mesh.separated(by: owners)
    #expect(apart.map(\.triangles.count).reduce(0, +) == mesh.triangles.count)
    #expect(TriangleMesh(joining: apart) == mesh)
    // Backwards, the same parts.
    let turned = TriangleMesh(joining: apart.reversed())
    #expect(design.owners(of: turned) == owners.filter { $0 == 1 } + owners.filter { $0 == 0 })
  }
}
