import Meshes
import Testing
import Volumes
import Foundation

@testable import MeshIO

/// Files of trimesh 5.2.0 and lib3mf 2.5.0: a box of 2 × 3 × 4 about (10, −20, 0.1).
@Suite struct OtherProgramsTests {
  static func read(_ name: String) throws -> MeshDocument {
    let path = #filePath.replacing("OtherProgramsTests.swift", with: "Fixtures/\(name)")
    return try MeshFile.read(path).document
  }

  @Test(arguments: [
    "trimesh-binary.stl", "trimesh-ascii.stl", "trimesh-binary.ply", "trimesh-ascii.ply",
    "trimesh.obj", "trimesh.3mf",
  ])
  func boxesAreRead(name: String) throws {
    let mesh = try Self.read(name).mesh
    #expect(mesh.triangles.count == 12 && mesh.vertices.count == 8)
    let box = try #require(mesh.boundingBox)
    #expect(abs(box.lowest.x - 9) < 1e-6 && abs(box.highest.z - 2.1) < 1e-6)
    #expect(MeshCheck(mesh).isWatertight && abs(mesh.signedVolume - 24) < 1e-5)
  }

  @Test func componentsUnitAndMaterialsOfLib3mfAreRead() throws {
    let document = try Self.read("lib3mf.3mf")
    #expect(document.parts.map(\.name) == ["two boxes", "box"])
    #expect(document.parts.map(\.colour) == [nil, MeshColour(red: 200, green: 10, blue: 20)])
    // Centimetres; the second box of the first part lies 5 further, both lie 1 higher.
    let boxes = try document.parts.map { try #require($0.mesh.boundingBox) }
    #expect(abs(boxes[0].highest.x - 160) < 1e-4 && abs(boxes[0].highest.z - 31) < 1e-4)
    #expect(abs(boxes[1].highest.x - 110) < 1e-4 && abs(boxes[1].lowest.y + 215) < 1e-4)
    #expect(abs(document.mesh.signedVolume - 3 * 24_000) < 0.1)
  }
}
