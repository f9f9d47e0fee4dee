import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct DecimationTests {
  /// A bumpy shell with a tunnel.
  static let mesh: TriangleMesh = {
    let grid = Geometry(sizes: GridSize(60, 60, 60), spacing: SIMD3(0.8, 0.8, 1))
    let solid = mask(on: grid) { i, j, k in
      let p = SIMD3((Double(i) - 29.5) * 0.8, (Double(j) - 29.5) * 0.8, Double(k) - 29.5)
      let isTunnel = p.x * p.x + p.y * p.y < 9
      return p.length < 22 && p.length > 17 && p.z > -5 && !isTunnel
    }
    return TriangleMesh(surfaceOf: solid, smoothing: 20)
  }()

  /// The steps of the voxels, which smoothing leaves some of, are 0.05 mm high.
  @Test(arguments: [(0.05, 1.0), (0.2, 0.5)])
  func theSurfaceStaysWithinItsLimit(limit: Double, share: Double) {
    let decimated = Self.mesh.decimated(to: 1000, within: limit, threads: 2)
    #expect(decimated.moved <= limit && decimated.moved > 0)
    let count = decimated.mesh.triangles.count
    let most = Int(Double(Self.mesh.triangles.count) * share)
    #expect(count < most, "\(count) of \(Self.mesh.triangles.count)")
    let check = MeshCheck(decimated.mesh)
    #expect(check.isWatertight && check.genus == 1 && check.unusedVertices == 0)
    #expect(SelfIntersections(of: decimated.mesh).crossings == 0)
    #expect(abs(decimated.mesh.signedVolume / Self.mesh.signedVolume - 1) < 0.02)
    #expect(decimated == Self.mesh.decimated(to: 1000, within: limit))
    // The distance is what another measure finds it to be.
    let tree = TriangleTree(decimated.mesh)
    let far = tree.withWalk { walk in
      Self.mesh.vertices.compactMap { walk.distance(to: $0, atMost: 10) }.max() ?? 10
    }
    #expect(Double(far) <= decimated.moved + 1e-6)
  }

  @Test func theBudgetIsKeptWhereThereIsRoom() {
    let count = Self.mesh.triangles.count
    let decimated = Self.mesh.decimated(to: count / 2, within: 1)
    #expect(decimated.mesh.triangles.count <= count / 2)
    #expect(decimated.mesh.triangles.count > count / 3)
  }

  @Test func whatCannotBeReducedStaysAsItIs() {
    let whole = Self.mesh.triangles.count
    #expect(Self.mesh.decimated(to: whole, within: 1).mesh == Self.mesh)
    #expect(Self.mesh.decimated(to: 10, within: 0).mesh == Self.mesh)
    var open = Self.mesh
    open.triangles.removeLast()
    #expect(open.decimated(to: 10, within: 1).mesh == open)
    #expect(TriangleMesh().decimated(to: 10, within: 1).moved == 0)
  }

  /// A box across the grid: all corners of its triangles lie in six planes.
  @Test func flatSidesNeedFewTriangles() {
    let turn = Matrix3(SIMD3(0.8, 0.6, 0), SIMD3(-0.6, 0.8, 0), SIMD3(0, 0, 1))
    var grid = Geometry(sizes: GridSize(60, 50, 40), spacing: SIMD3(repeating: 0.65))
    grid.directions = Matrix3(0.65 * turn[0], 0.65 * turn[1], 0.65 * turn[2])
    let sizes = grid.sizes
    let field = Volume<Float>(unwrittenOn: grid) { out in
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let beyond = SIMD3(
              abs(Float(x) - 29.6) - 25, abs(Float(y) - 24.6) - 20, abs(Float(z) - 19.6) - 15)
            out[sizes.offset(x, y, z)] = beyond.max() * 0.65
          }
        }
      }
    }
    let mesh = TriangleMesh(surfaceOf: field)
    let decimated = mesh.decimated(to: 1000, within: 0.1)
    #expect(mesh.triangles.count > 18_000)
    #expect(decimated.mesh.triangles.count < 3000, "of \(mesh.triangles.count)")
    #expect(MeshCheck(decimated.mesh).isWatertight)
    #expect(abs(decimated.mesh.signedVolume / mesh.signedVolume - 1) < 0.001)
  }

  /// Two balls of which one is smaller than the limit, and a plate with a pinhole narrower than it: reduced they have the parts and
  /// tunnels that they had.
  @Test func smallPartsAndTunnelsStay() {
    let grid = Geometry(sizes: GridSize(60, 60, 40), spacing: SIMD3(repeating: 0.5))
    let solid = mask(on: grid) { i, j, k in
      func isBall(_ x: Double, _ radius: Double) -> Bool {
        (SIMD3(Double(i), Double(j), Double(k)) - SIMD3(x, 20, 20)).length < radius
      }
      let isPlate = (40..<56).contains(j) && (16..<24).contains(k) && (4..<56).contains(i)
      return isBall(22, 15) || isBall(42, 1.2) || isPlate && (i, j) != (30, 48)
    }
    let mesh = TriangleMesh(surfaceOf: solid)
    let before = MeshCheck(mesh)
    #expect(before.components == 3 && before.eulerNumber == 4)
    let reduced = mesh.decimated(to: 100, within: 1.5).mesh
    let after = MeshCheck(reduced)
    #expect(after.components == 3 && after.eulerNumber == 4)
    #expect(reduced.triangles.count * 2 < mesh.triangles.count, "\(reduced.triangles.count)")
  }

  /// A shell that is lost and one that has got a handle name their places; others do not.
  @Test func shellsThatAreLostOrChangedNameTheirPlaces() {
    let grid = Geometry(sizes: GridSize(60, 20, 20))
    func balls(_ isPierced: Bool) -> TriangleMesh {
      TriangleMesh(
        surfaceOf: mask(on: grid) { i, j, k in
          [10.0, 30, 50].contains {
            (SIMD3(Double(i), Double(j), Double(k)) - SIMD3($0, 10, 10)).length < 5
          }
            && !(isPierced && (j, k) == (10, 10) && i < 20)
        })
    }
    let (whole, pierced) = (balls(true), balls(false))
    #expect(DecimationFlaws.changedShells(of: whole, in: whole).isEmpty)
    var lost = whole
    let shells = whole.shellOfTriangles
    lost.triangles = zip(whole.triangles, shells).filter { whole.vertices[Int($0.0.x)].x < 40 }.map(
      \.0)
    lost = lost.separated(by: lost.triangles.map { _ in 0 })[0]
    let places = DecimationFlaws.changedShells(of: whole, in: lost)
    #expect(places.count > 50 && places.allSatisfy { $0.x > 40 })
    // The tunnel of the first is closed.
    let closed = DecimationFlaws.changedShells(of: whole, in: pierced)
    #expect(closed.count > 50 && closed.allSatisfy { $0.x < 20 })
  }

  /// A fan of four corners on a line and one beside it, and a triangle beyond the line.
  @Test func capsAreTurned() {
    let places: [SIMD3<Double>] = [
      SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(2, 0, 0), SIMD3(1, 1, 0), SIMD3(1, -1, 0),
    ]
    func area(_ t: SIMD3<UInt32>) -> Double {
      let (a, b, c) = (places[Int(t.x)], places[Int(t.y)], places[Int(t.z)])
      return (b - a).cross(c - a).z / 2
    }
    let whole: [SIMD3<UInt32>] = [SIMD3(0, 1, 3), SIMD3(1, 2, 3), SIMD3(0, 2, 1), SIMD3(0, 4, 2)]
    #expect(whole.map(area) == [0.5, 0.5, 0, 1])
    let turned = FlatTriangles.mended(whole) { places[Int($0)] }
    #expect(turned.map(area).sorted() == [0.5, 0.5, 0.5, 0.5])
    #expect(FlatTriangles.mended(turned) { places[Int($0)] } == turned)
    // Without a neighbour a cap stays.
    let open = Array(whole.dropLast())
    #expect(FlatTriangles.mended(open) { places[Int($0)] } == open)
  }

  /// Two triangles back to back go where others are at their edges; a shell that has become flat stays.
  @Test func foldsGoButFlatShellsStay() {
    let places: [SIMD3<Double>] = [
      SIMD3(0, 0, 0), SIMD3(4, 0, 0), SIMD3(0, 4, 0), SIMD3(4, 4, 0), SIMD3(2, 2, 5),
      SIMD3(0, 0, 9),
      SIMD3(1, 0, 9), SIMD3(0, 1, 9),
    ]
    let plate: [SIMD3<UInt32>] = [SIMD3(0, 1, 2), SIMD3(1, 3, 2)]
    let fold: [SIMD3<UInt32>] = [SIMD3(1, 2, 4), SIMD3(2, 1, 4)]
    let shell: [SIMD3<UInt32>] = [SIMD3(5, 6, 7), SIMD3(6, 5, 7)]
    #expect(FlatTriangles.mended(plate + fold + shell) { places[Int($0)] } == plate + shell)
  }

  /// A flat triangle of half a millimetre is a cap only where the surface may be moved by as much.
  @Test func capsOfSomeHeightStay() {
    let places = [SIMD3(0.0, 0, 0), SIMD3(100, 0, 0), SIMD3(50, 0.5, 0), SIMD3(50, -20, 0)]
    let triangles: [SIMD3<UInt32>] = [SIMD3(0, 1, 2), SIMD3(1, 0, 3)]
    #expect(FlatTriangles.mended(triangles, upTo: 0.4) { places[Int($0)] } == triangles)
    #expect(FlatTriangles.mended(triangles, upTo: 0.6) { places[Int($0)] } != triangles)
  }
}
