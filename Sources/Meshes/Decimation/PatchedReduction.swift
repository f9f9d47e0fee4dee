import CMeshOptimizer
import Concurrency

/// Triangles of a mesh reduced patch by patch, in several passes whose patches overlap.
///
/// Each pass cuts the triangles along cubes and reduces each patch by itself; its border stays, and is inside a patch
/// of the next pass. A patch can be reduced less without touching any other, so a flaw is mended where it is.
///
/// *Source*: Garland and Heckbert, Surface simplification using quadric error metrics, SIGGRAPH 1997, by
/// libmeshoptimizer; the patches and how flaws are undone are ours.
struct PatchedReduction {
  /// The mesh that is reduced; its vertices are those of all passes.
  private let mesh: TriangleMesh
  /// The side of the cubes in mm.
  private let side: Float
  /// The triangles that the last pass is to leave.
  private let budget: Int
  /// How far the library may move a surface in one pass, by its own measure, in mm.
  private let error: Float
  /// How much less a patch is reduced, of those of each pass that are; see ``mostCare``.
  private var care = [[Cube: Int]](repeating: [:], count: Self.shifts.count)
  /// The patches of each pass of the last reduction.
  private var done = [[Cube: Reduced]](repeating: [:], count: Self.shifts.count)

  private typealias Cube = SIMD3<Int32>

  /// How far the cubes of each pass are shifted, in sides.
  private static let shifts: [Float] = [0, 0.5, 0.25]
  /// What lies in cubes beyond is of the last one.
  private static let furthest = SIMD3<Float>(repeating: 1e9)
  /// With so much care a patch stays as it is; with less it is reduced by half as much each time.
  private static let mostCare = 2
  /// The share of the error that counts as none.
  private static let flat: Float = 0.02
  /// Triangles of a patch of the first pass, about.
  private static let patchTriangles = 4000.0

  /// - Parameters:
  ///   - limit: how far the surface may move, in mm.
  ///   - budget: the triangles that shall be left.
  init(of mesh: TriangleMesh, to budget: Int, within limit: Float) {
    self.mesh = mesh
    self.budget = budget
    // A cube cuts both sides of a wall.
    let triangle = mesh.area / Double(max(1, mesh.triangles.count))
    side = min(max(Float((Self.patchTriangles * triangle / 2).squareRoot()), 1e-30), 1e30)
    // The library's error is a mean over planes; the largest distance is about twice that, and that of
    // three passes adds up.
    error = limit / 3
  }

  /// The mesh as all passes leave it, without vertices that no triangle uses.
  mutating func reduced(threads: Int) -> TriangleMesh {
    var triangles = mesh.triangles
    for pass in Self.shifts.indices {
      let patches = patches(of: triangles, shift: Self.shifts[pass])
      let share = min(1, Double(budget) / Double(triangles.count))
      // Half of the way in each pass but the last.
      let left = pass == Self.shifts.count - 1 ? share : share.squareRoot()
      let before = done[pass]
      let parts = Slabs.map(patches.count, threads: threads) { slab in
        slab.map { number -> Reduced in
          let (cube, own) = (patches[number].cube, patches[number].triangles)
          let care = care[pass][cube] ?? 0
          if let same = before[cube], same.care == care, same.whole == own { return same }
          return Reduced(
            whole: own, care: care, left: reduced(own, to: left, care: care), box: box(of: own))
        }
      }.flatMap { $0 }
      done[pass] = [:]
      for (patch, part) in zip(patches, parts) { done[pass][patch.cube] = part }
      triangles = parts.flatMap(\.left)
    }
    // Across the borders of patches.
    return mesh.compacted(to: mended(triangles))
  }

  private func mended(_ triangles: [SIMD3<UInt32>]) -> [SIMD3<UInt32>] {
    FlatTriangles.mended(triangles, upTo: Double(error) / 3) {
      SIMD3<Double>(mesh.vertices[Int($0)])
    }
  }

  /// Has patches with flaws reduced less; whether there is one that can be.
  ///
  /// - Parameter reach: how far off a patch its flaws may be, in mm.
  mutating func reduceLess(at places: [SIMD3<Float>], within reach: Float) -> Bool {
    var changes = false
    for pass in Self.shifts.indices {
      for (cube, patch) in done[pass] where patch.care < Self.mostCare {
        guard places.contains(where: { patch.box.contains($0, within: reach) }) else { continue }
        care[pass][cube] = patch.care + 1
        changes = true
      }
    }
    return changes
  }

  private struct Patch {
    let cube: Cube
    var triangles: [SIMD3<UInt32>]
  }

  private struct Reduced {
    let whole: [SIMD3<UInt32>]
    let care: Int
    let left: [SIMD3<UInt32>]
    let box: Box
  }

  /// The triangles by the cubes in which their middles are, in the order in which the cubes are met.
  private func patches(of triangles: [SIMD3<UInt32>], shift: Float) -> [Patch] {
    var (patches, numbers): ([Patch], [Cube: Int]) = ([], [:])
    var last = -1
    for t in triangles {
      let (a, b, c) = (
        mesh.vertices[Int(t.x)], mesh.vertices[Int(t.y)], mesh.vertices[Int(t.z)]
      )
      let place = ((a + b + c) / (3 * side) + shift).rounded(.down)
      let cube = Cube(place.clamped(lowerBound: -Self.furthest, upperBound: Self.furthest))
      if last < 0 || patches[last].cube != cube {
        last = numbers[cube] ?? patches.count
        if last == patches.count {
          numbers[cube] = last
          patches.append(Patch(cube: cube, triangles: []))
        }
      }
      patches[last].triangles.append(t)
    }
    return patches
  }

  private struct Box {
    var (low, high) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))

    func contains(_ place: SIMD3<Float>, within reach: Float) -> Bool {
      all(place .>= low - reach) && all(place .<= high + reach)
    }
  }

  private func box(of triangles: [SIMD3<UInt32>]) -> Box {
    triangles.reduce(into: Box()) { box, t in
      for corner in 0..<3 {
        let vertex = mesh.vertices[Int(t[corner])]
        box.low = pointwiseMin(box.low, vertex)
        box.high = pointwiseMax(box.high, vertex)
      }
    }
  }

  /// A share of some triangles, without flaws among themselves: where there are, more are left, in the end all.
  private func reduced(
    _ triangles: [SIMD3<UInt32>], to share: Double, care: Int
  ) -> [SIMD3<UInt32>] {
    var (share, error) = (share, error)
    for step in 0..<Self.mostCare {
      if step >= care {
        // What is flat needs no triangles, however many there may be.
        let curved =
          step == 0 ? mended(simplified(triangles, to: 0, error: error * Self.flat)) : triangles
        let some = mended(
          simplified(curved, to: Int(Double(triangles.count) * share), error: error))
        if isSound(some, of: triangles) { return some }
      }
      (share, error) = (share.squareRoot(), error / 2)
    }
    return triangles
  }

  /// Whether some triangles are without flaws, and have the Euler number of those that were reduced to them.
  private func isSound(_ triangles: [SIMD3<UInt32>], of whole: [SIMD3<UInt32>]) -> Bool {
    let patch = mesh.compacted(to: triangles)
    // The border is the same, so that vertices and triangles tell.
    guard 2 * patch.vertices.count - triangles.count == 2 * vertexCount(of: whole) - whole.count
    else { return false }
    return DecimationFlaws.brokenTriangles(patch, isOpen: true).isEmpty
      && SelfIntersections(of: patch).crossings == 0
  }

  private func vertexCount(of triangles: [SIMD3<UInt32>]) -> Int {
    var seen = Set<UInt32>(minimumCapacity: triangles.count)
    for t in triangles { for corner in 0..<3 { seen.insert(t[corner]) } }
    return seen.count
  }

  /// What libmeshoptimizer leaves of some triangles; their border stays.
  private func simplified(
    _ triangles: [SIMD3<UInt32>], to count: Int, error: Float
  ) -> [SIMD3<UInt32>] {
    var numbers: [UInt32: UInt32] = [:]
    var (global, points, indices): ([UInt32], [SIMD3<Float>], [UInt32]) = ([], [], [])
    indices.reserveCapacity(3 * triangles.count)
    for t in triangles {
      for corner in 0..<3 {
        let vertex = t[corner]
        let number =
          numbers[vertex]
          ?? {
            let next = UInt32(global.count)
            numbers[vertex] = next
            global.append(vertex)
            points.append(mesh.vertices[Int(vertex)])
            return next
          }()
        indices.append(number)
      }
    }
    let stride = MemoryLayout<SIMD3<Float>>.stride
    let left = points.withUnsafeBytes { vertices -> [UInt32] in
      let positions = vertices.baseAddress!.assumingMemoryBound(to: Float.self)
      // The error is counted in lengths of the patch.
      let scale = meshopt_simplifyScale(positions, points.count, stride)
      return [UInt32](unsafeUninitializedCapacity: indices.count) { left, made in
        made = meshopt_simplify(
          left.baseAddress, indices, indices.count, positions, points.count, stride,
          min(max(0, count), triangles.count) * 3, error / max(scale, .leastNormalMagnitude),
          UInt32(meshopt_SimplifyLockBorder), nil)
      }
    }
    return Swift.stride(from: 0, to: left.count, by: 3).map {
      SIMD3(
        global[Int(left[$0])], global[Int(left[$0 + 1])], global[Int(left[$0 + 2])])
    }
  }
}

extension TriangleMesh {
  /// A mesh of some triangles on these vertices, those of them that are used.
  fileprivate func compacted(to triangles: [SIMD3<UInt32>]) -> TriangleMesh {
    var numbers = [UInt32](repeating: .max, count: vertices.count)
    var points: [SIMD3<Float>] = []
    var kept = triangles
    for t in kept.indices {
      for corner in 0..<3 {
        let index = Int(kept[t][corner])
        if numbers[index] == .max {
          numbers[index] = UInt32(points.count)
          points.append(vertices[index])
        }
        kept[t][corner] = numbers[index]
      }
    }
    return TriangleMesh(checkedVertices: points, triangles: kept)
  }
}
