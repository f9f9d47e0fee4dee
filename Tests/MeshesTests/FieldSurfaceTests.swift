import TestSupport
import Testing
import Volumes

@testable import Meshes

/// Surfaces of fields whose shape is known.
@Suite struct FieldSurfaceTests {
  /// Upright, with longer slices, and oblique.
  static let grids: [Geometry] = [
    Geometry(sizes: GridSize(48, 48, 48)),
    Geometry(sizes: GridSize(60, 60, 24), spacing: SIMD3(0.8, 0.8, 2)),
    Geometry(
      sizes: GridSize(52, 52, 50), space: .leftPosteriorSuperior,
      directions: Matrix3(
        SIMD3(0.72, 0.54, 0), SIMD3(-0.54, 0.72, 0.1), SIMD3(0.05, -0.1, 0.95)),
      origin: SIMD3(-7, 300, 20)),
  ]

  /// The signed distance of each voxel centre, in mm, from a shape about the middle of the grid.
  static func field(on grid: Geometry, _ distance: (SIMD3<Double>) -> Double) -> (
    Volume<Float>, middle: SIMD3<Double>
  ) {
    let s = grid.sizes
    let middle =
      grid.lpsFromIndex * (SIMD3(Double(s.x - 1), Double(s.y - 1), Double(s.z - 1)) / 2)
    var volume = Volume<Float>(zerosOn: grid)
    volume.withMutableVoxels { out in
      for k in 0..<s.z {
        for j in 0..<s.y {
          for i in 0..<s.x {
            let p = grid.lpsFromIndex * SIMD3(Double(i), Double(j), Double(k)) - middle
            out[s.offset(i, j, k)] = Float(distance(p))
          }
        }
      }
    }
    return (volume, middle)
  }

  static func sphere(_ p: SIMD3<Double>) -> Double { p.length - 15.3 }
  static func torus(_ p: SIMD3<Double>) -> Double {
    let ring = (p.x * p.x + p.y * p.y).squareRoot() - 12
    return (ring * ring + p.z * p.z).squareRoot() - 5.2
  }

  @Test("Vertices lie on a sphere and a torus to a twentieth of a voxel (RMS)", arguments: grids)
  func accuracy(_ grid: Geometry) {
    let pi = Double.pi
    for (shape, volume, genus) in [
      (Self.sphere, 4 / 3 * pi * 15.3 * 15.3 * 15.3, 0),
      (Self.torus, 2 * pi * pi * 12 * 5.2 * 5.2, 1),
    ] {
      let (field, middle) = Self.field(on: grid, shape)
      let mesh = TriangleMesh(surfaceOf: field, threads: 2)
      let check = MeshCheck(mesh)
      #expect(check.isWatertight && check.genus == genus && check.components == 1, "\(check)")
      let errors = mesh.vertices.map { shape(SIMD3<Double>($0) - middle) }
      let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
      let voxel = min(grid.spacing.x, grid.spacing.y, grid.spacing.z)
      #expect(rms < 0.05 * voxel, "RMS \(rms) mm at \(voxel) mm")
      #expect(abs(mesh.signedVolume / volume - 1) < 0.02, "\(mesh.signedVolume) of \(volume)")
    }
  }

  @Test("Any field gives a closed surface: noise, levels at voxels, NaN, infinity, the border")
  func anyField() {
    var random = SplitMix(state: 7)
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
        let mesh = TriangleMesh(surfaceOf: field)
        let check = MeshCheck(mesh)
        #expect(mesh.isEmpty || check.isWatertight, "\(check)")
        #expect(mesh.vertices.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
      }
    }
  }

  @Test("A mask's own surface is that of its field of −1 and 1, and threads change nothing")
  func likeAMask() {
    let grid = Self.grids[2]
    let solid = ball(radius: 11, on: grid)
    let field = Volume<Float>(zerosOn: grid)
    var signs = field
    signs.withMutableVoxels { out in
      solid.withBytes { for i in out.indices { out[i] = $0[i] != 0 ? -1 : 1 } }
    }
    let mesh = TriangleMesh(surfaceOf: signs, threads: 3)
    #expect(mesh == TriangleMesh(surfaceOf: solid))
    #expect(TriangleMesh(surfaceOf: field, threads: 2).isEmpty, "nothing is below 0")
    #expect(TriangleMesh(surfaceOf: signs, below: 2).signedVolume > 0, "all of the grid")
  }
}
