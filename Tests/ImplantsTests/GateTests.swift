import Meshes
import TestSupport
import Testing
import Volumes

@testable import Implants

@Suite struct GateTests {
  static let grid = Geometry(
    sizes: GridSize(64, 64, 64), space: .leftPosteriorSuperior,
    directions: Matrix3(diagonal: SIMD3(repeating: 0.5)), origin: SIMD3(repeating: -15.75))

  /// What a rule takes of the grid, by the place in mm.
  static func mask(_ inside: (SIMD3<Double>) -> Bool) -> Mask {
    let map = grid.lpsFromIndex
    return Mask(on: grid) { bytes in
      for k in 0..<64 {
        for j in 0..<64 {
          for i in 0..<64 {
            let place = map * SIMD3(Double(i), Double(j), Double(k))
            if inside(place) { bytes[grid.sizes.offset(i, j, k)] = 1 }
          }
        }
      }
    }
  }

  static let plate = mask { abs($0.x) < 8 && abs($0.y) < 8 && abs($0.z) < 2 }
  static let sound = TriangleMesh(surfaceOf: plate, smoothing: 10)

  /// The names of the checks that fail.
  static func failures(_ mesh: TriangleMesh, _ gate: Gate = Gate(samples: 2000)) -> [String] {
    gate.report(on: mesh).checks.filter { !$0.passes }.map(\.name)
  }

  @Test func aSoundPartPasses() throws {
    let report = Gate(samples: 2000).report(on: Self.sound)
    #expect(report.passes && Self.failures(Self.sound).isEmpty)
    #expect(report["parts"]?.value == 1 && report["tunnels"]?.value == 0)
    #expect(report["tunnels"]?.remark == "Euler number 2")
    let volume = try #require(report["volume"]?.value)
    #expect(abs(volume - Double(Self.plate.voxelCount) / 8) < 0.1)
    #expect(report["thicknessMedian"]?.value.map { abs($0 - 4) < 0.05 } == true)
    #expect(report == Gate(samples: 2000).report(on: Self.sound, threads: 3))
  }

  @Test("Each sort of broken mesh is caught by its check") func brokenMeshes() {
    func changed(_ change: (inout TriangleMesh) -> Void) -> [String] {
      var mesh = Self.sound
      change(&mesh)
      return Self.failures(mesh)
    }
    #expect(Self.failures(TriangleMesh()) == ["triangles", "watertight"])
    #expect(changed { $0.triangles.removeLast() } == ["watertight", "openEdges"])
    #expect(
      changed { $0.triangles.append($0.triangles[0]) }
        == ["watertight", "nonManifoldEdges", "duplicateTriangles"])
    #expect(
      changed { mesh in
        let t = mesh.triangles[0]
        mesh.triangles[0] = SIMD3(t.x, t.z, t.y)
      } == ["watertight", "inconsistentEdges"])
    #expect(
      changed { mesh in mesh.triangles = mesh.triangles.map { SIMD3($0.x, $0.z, $0.y) } }
        == ["volume", "turnedShells", "wall"].filter { $0 != "wall" })
    #expect(changed { $0.vertices[5].x = .nan } == ["nonFiniteVertices"])
    #expect(changed { $0.vertices[5] = SIMD3(0, 0, 40) }.contains("selfIntersections"))
    #expect(
      changed { mesh in
        let t = mesh.triangles[0]
        mesh.vertices[Int(t.x)] = mesh.vertices[Int(t.y)]
      }.contains("degenerateTriangles"))
    // Two solids that share a vertex, and two that pass through each other.
    let moved = Self.sound.transformed(by: Affine(linear: .identity, translation: SIMD3(40, 0, 0)))
    let both = TriangleMesh(joining: [Self.sound, moved])
    #expect(Self.failures(both).isEmpty)
    #expect(Gate(samples: 100).report(on: both)["parts"]?.value == 2)
    let first = UInt32(Self.sound.vertices.count)
    let pinched = TriangleMesh(
      vertices: both.vertices,
      triangles: both.triangles.map { t in
        SIMD3(t.x == first ? 0 : t.x, t.y == first ? 0 : t.y, t.z == first ? 0 : t.z)
      })
    #expect(Self.failures(pinched).contains("nonManifoldVertices"))
    let shifted = Self.sound.transformed(
      by: Affine(linear: .identity, translation: SIMD3(3.1, 1.3, 0.7)))
    #expect(
      Self.failures(TriangleMesh(joining: [Self.sound, shifted])) == ["selfIntersections"])
  }

  @Test func tunnelsAreCountedAndAllowedWhereDeclared() {
    let ring = TriangleMesh(
      surfaceOf: Self.mask {
        abs($0.x) < 8 && abs($0.y) < 8 && abs($0.z) < 2 && ($0.x * $0.x + $0.y * $0.y) > 9
      })
    #expect(Self.failures(ring) == ["tunnels"])
    #expect(Self.failures(ring, Gate(tunnels: 1, samples: 100)).isEmpty)
    #expect(Self.failures(ring, Gate(tunnels: nil, samples: 100)).isEmpty)
  }

  @Test func aMeshWithoutCommonVerticesIsJoined() {
    let soup = TriangleMesh(
      vertices: Self.sound.triangles.flatMap { t in
        (0..<3).map { Self.sound.vertices[Int(t[$0])] }
      },
      triangles: Self.sound.triangles.indices.map { i in
        SIMD3(UInt32(3 * i), UInt32(3 * i + 1), UInt32(3 * i + 2))
      })
    let report = Gate(samples: 100).report(on: soup)
    #expect(report.passes && report["watertight"]?.remark.contains("made one") == true)
  }

  @Test func printersLimitWallsCavitiesAndSize() {
    let printer = PrinterProfile(name: "p", wall: 3.5, plate: SIMD3(100, 100, 100))
    #expect(Self.failures(Self.sound, Gate(printer: printer, samples: 2000)).isEmpty)
    var thick = printer
    thick.wall = 4.5
    #expect(Self.failures(Self.sound, Gate(printer: thick, samples: 2000)) == ["wall"])
    #expect(Self.failures(Self.sound, Gate(printer: printer, wall: 5, samples: 2000)) == ["wall"])
    var small = printer
    small.plate = SIMD3(15, 3, 20)
    #expect(Self.failures(Self.sound, Gate(printer: small, samples: 2000)) == ["plateUse"])
    let hollow = TriangleMesh(
      surfaceOf: Self.mask {
        let far = max(abs($0.x), max(abs($0.y), abs($0.z)))
        return far < 10 && far > 5
      })
    #expect(Self.failures(hollow).isEmpty)
    #expect(Self.failures(hollow, Gate(printer: printer, samples: 2000)) == ["cavities"])
    var open = printer
    open.allowsCavities = true
    #expect(Self.failures(hollow, Gate(printer: open, samples: 2000)).isEmpty)
  }

  /// A plate in an opening of bone, with a gap of known width.
  @Test(arguments: [0.0, 0.5, 1, 2]) func gapsAreThoseOfTheDesign(gap: Double) throws {
    let bone = Self.mask { place in
      abs(place.z) < 2 && max(abs(place.x), abs(place.y)) > 8 + gap
    }
    let report = Gate(clearance: gap, samples: 20_000).report(
      on: TriangleMesh(surfaceOf: Self.plate, smoothing: 0), against: bone, threads: 2)
    #expect(report.passes, "\(report.checks.filter { !$0.passes })")
    let least = try #require(report["gapLeast"]?.value)
    // The plate's side lies half a voxel beyond its outermost voxels, bone begins half one before its.
    #expect(abs(least - gap) < 0.06, "\(least)")
    #expect(report["overlap"]?.value == 0)
    let asked = Gate(clearance: gap + 0.5, samples: 20_000).report(
      on: TriangleMesh(surfaceOf: Self.plate, smoothing: 0), against: bone)
    #expect(asked["gapLeast"]?.passes == false)
  }

  @Test func bonePiercedByThePartIsFound() throws {
    let bone = Self.mask { $0.x > 6 && $0.x < 12 }
    let report = Gate(samples: 5000).report(on: Self.sound, against: bone)
    let overlap = try #require(report["overlap"]?.value)
    #expect(abs(overlap - 2 * 16 * 4) < 14, "\(overlap)")
    #expect(report["overlap"]?.passes == false && report["gapLeast"]?.passes == false)
    #expect(report["gapLeast"]?.value.map { $0 < -1.5 } == true)
    let far = Gate(samples: 500).report(on: Self.sound, against: Self.mask { $0.x > 14.5 })
    #expect(far["gapLeast"]?.value == nil && far["gapLeast"]?.passes == false)
  }
}
