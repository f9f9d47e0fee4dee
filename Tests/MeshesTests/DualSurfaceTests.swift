import Foundation
import TestSupport
import Testing
import Volumes

@testable import Meshes

/// The dual family of surfaces: what holds for marching cubes holds here.
@Suite struct DualSurfaceTests {
  static func expectManifold(_ mesh: TriangleMesh, _ what: String) {
    let check = MeshCheck(mesh)
    if !check.isWatertight || check.unusedVertices > 0 || mesh.signedVolume <= 0 {
      Issue.record("\(what): \(check), volume \(mesh.signedVolume)")
    }
  }

  @Test("Every set of corners gives a closed surface without vertices at which fans meet")
  func everyCase() {
    for inside in 1..<256 {
      let corners = mask(on: Geometry(sizes: GridSize(2, 2, 2))) { i, j, k in
        inside >> (i + 2 * j + 4 * k) & 1 == 1
      }
      Self.expectManifold(TriangleMesh(surfaceOf: corners, family: .dual), "case \(inside)")
    }
  }

  /// Where plain dual surfaces have edges with four triangles: two cubes with an ambiguous face between them.
  @Test("Every pair of neighbouring cubes gives a manifold, along every axis")
  func everyPair() {
    var splits = 0
    for inside in 1..<4096 {
      for axis in 0..<3 {
        var size = [2, 2, 2]
        size[axis] = 3
        let grid = Geometry(sizes: GridSize(size[0], size[1], size[2]))
        let voxels = mask(on: grid) { i, j, k in
          inside >> (i + size[0] * (j + size[1] * k)) & 1 == 1
        }
        let mesh = TriangleMesh(surfaceOf: voxels, family: .dual)
        let check = MeshCheck(mesh)
        if !check.isWatertight || mesh.signedVolume <= 0 {
          Issue.record("mask \(inside), axis \(axis): \(check)")
          return
        }
        // The same parts and tunnels as by marching cubes.
        let cubes = MeshCheck(TriangleMesh(surfaceOf: voxels))
        if check.eulerNumber != cubes.eulerNumber || check.components != cubes.components {
          Issue.record("mask \(inside), axis \(axis): \(check) and \(cubes)")
          return
        }
        // Vertices that lie in faces make the polygons around them larger than quadrangles.
        if mesh.triangles.count != 2 * Self.crossedEdges(of: voxels) { splits += 1 }
      }
    }
    #expect(splits > 20, "no ambiguous face was met")
  }

  private static func crossedEdges(of mask: Mask) -> Int {
    let s = mask.sizes
    func inside(_ x: Int, _ y: Int, _ z: Int) -> Bool {
      x >= 0 && y >= 0 && z >= 0 && x < s.x && y < s.y && z < s.z && mask[x, y, z]
    }
    var count = 0
    for z in -1..<s.z {
      for y in -1..<s.y {
        for x in -1..<s.x {
          let here = inside(x, y, z)
          for next in [inside(x + 1, y, z), inside(x, y + 1, z), inside(x, y, z + 1)]
          where next != here { count += 1 }
        }
      }
    }
    return count
  }

  @Test(
    "Random masks, borders included, give manifolds with the topology of marching cubes",
    arguments: [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0], [GridSize(9, 8, 7), GridSize(70, 5, 4)])
  func randomMasks(density: Double, sizes: GridSize) {
    for seed in 0..<3 {
      let random = Mask(randomOn: Geometry(sizes: sizes), density: density, seed: UInt64(seed))
      let mesh = TriangleMesh(surfaceOf: random, family: .dual)
      Self.expectManifold(mesh, "density \(density)")
      let (dual, cubes) = (MeshCheck(mesh), MeshCheck(TriangleMesh(surfaceOf: random)))
      #expect(dual.eulerNumber == cubes.eulerNumber && dual.components == cubes.components)
      #expect(TriangleMesh(surfaceOf: random, family: .dual, threads: 3) == mesh)
    }
  }

  @Test("Nothing has no surface, and a whole grid is closed at its borders")
  func emptyAndFull() {
    let grid = Geometry(sizes: GridSize(5, 4, 3))
    #expect(TriangleMesh(surfaceOf: Mask(emptyOn: grid), family: .dual).isEmpty)
    let full = TriangleMesh(surfaceOf: mask(on: grid) { _, _, _ in true }, family: .dual)
    Self.expectManifold(full, "all of a grid")
    #expect(MeshCheck(full).genus == 0)
  }

  @Test("Normals point outward in any placement", arguments: SurfaceTests.placements)
  func placement(_ geometry: Geometry) {
    let solid = ball(radius: 8, on: geometry)
    let mesh = TriangleMesh(surfaceOf: solid, family: .dual)
    Self.expectManifold(mesh, "ball")
    let volume = Double(solid.voxelCount) * geometry.voxelVolume
    #expect(abs(mesh.signedVolume / volume - 1) < 0.05)
    let cubes = TriangleMesh(surfaceOf: solid)
    #expect(abs(mesh.boundingBox!.lowest.x - cubes.boundingBox!.lowest.x) < 1)
  }

  @Test(
    "Vertices lie on a sphere and a torus to a twentieth of a voxel (RMS)",
    arguments: FieldSurfaceTests.grids)
  func accuracy(_ grid: Geometry) {
    let pi = Double.pi
    for (shape, volume, genus) in [
      (FieldSurfaceTests.sphere, 4 / 3 * pi * 15.3 * 15.3 * 15.3, 0),
      (FieldSurfaceTests.torus, 2 * pi * pi * 12 * 5.2 * 5.2, 1),
    ] {
      let (field, middle) = FieldSurfaceTests.field(on: grid, shape)
      let mesh = TriangleMesh(surfaceOf: field, family: .dual, threads: 2)
      let check = MeshCheck(mesh)
      #expect(check.isWatertight && check.genus == genus && check.components == 1, "\(check)")
      let errors = mesh.vertices.map { shape(SIMD3<Double>($0) - middle) }
      let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
      // In the middle of a cube all its edges count, the longest most.
      let voxel = cbrt(grid.voxelVolume)
      #expect(rms < 0.05 * voxel, "RMS \(rms) mm at \(voxel) mm")
      #expect(abs(mesh.signedVolume / volume - 1) < 0.03, "\(mesh.signedVolume) of \(volume)")
      // More even than those of marching cubes: no thin triangles.
      let cubes = TriangleMesh(surfaceOf: field, threads: 2)
      #expect(Self.worstTenth(of: mesh) > 1.5 * Self.worstTenth(of: cubes))
    }
  }

  /// How good the tenth of the triangles is that is thinnest: 4 √3 area over the sum of the squared sides, 1 of an even one.
  private static func worstTenth(of mesh: TriangleMesh) -> Double {
    var found: [Double] = []
    mesh.forEachTriangle { a, b, c in
      let (u, v, w) = (b - a, c - b, a - c)
      found.append(
        2 * 3.0.squareRoot() * u.cross(v).length / (u.dot(u) + v.dot(v) + w.dot(w)))
    }
    found.sort()
    return found[found.count / 10]
  }

  @Test("Any field gives a closed surface: noise, levels at voxels, NaN, infinity, the border")
  func anyField() {
    var random = SplitMix(state: 11)
    for sizes in [GridSize(9, 8, 7), GridSize(70, 5, 4), GridSize(1, 1, 1)] {
      for _ in 0..<4 {
        var field = Volume<Float>(zerosOn: Geometry(sizes: sizes))
        field.withMutableVoxels { out in
          for i in out.indices {
            out[i] =
              switch random.next() % 9 {
              case 0: 0
              case 1: .nan
              case 2: -.infinity
              case 3: .infinity
              case 4: -1e-30
              default: Float(Int(random.next() % 2000)) / 1000 - 1
              }
          }
        }
        let mesh = TriangleMesh(surfaceOf: field, family: .dual)
        #expect(mesh.isEmpty || MeshCheck(mesh).isWatertight, "\(MeshCheck(mesh))")
        #expect(mesh.vertices.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
      }
    }
  }
}
