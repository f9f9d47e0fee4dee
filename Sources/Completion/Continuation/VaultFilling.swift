import Concurrency
internal import Skulls
internal import Volumes
internal import VoxelOps

/// The outer table and the thickness of the bone that is missing in one hole, on the pixels of the map.
struct VaultFilling {
  private let map: VaultMap
  /// Pixels of the hole and around it, in rows; the outer table and the inner one, NaN elsewhere.
  private let outer: [Float]
  private let inner: [Float]
  /// How far each pixel lies from the hole in mm on the map, 0 in it.
  private let distance: [Float]
  private let pixels: [Int]

  /// How far from the edge of the hole bone is taken as it is, in mm: it is rounded, cut or torn nearer.
  static let edge = 3.0
  /// How far from the edge bone must agree with the bone further out, in mm, and by how much.
  static let rim = 10.0
  static let trusted = 1.2
  /// How far the bone around counts, in mm.
  static let ring = 60.0
  /// How far beyond the hole's edge the surfaces are needed, in mm.
  static let overlap = 7.0

  /// The outer table's heights over the ellipsoid.
  static let heights = SurfaceKernel(
    terms: [
      .init(sigma: 5, length: 120, symmetry: 1, shape: .gaussian),
      .init(sigma: 1, length: 30, symmetry: 0.5, shape: .matern),
    ], noise: 0.4)
  /// The bone's thickness.
  static let thicknesses = SurfaceKernel(
    terms: [
      .init(sigma: 1.5, length: 45, symmetry: 1, shape: .gaussian),
      .init(sigma: 1, length: 16, symmetry: 0.3, shape: .matern),
    ], noise: 0.4)

  /// Nil where there is too little bone around.
  init?(_ hole: VaultHole, among all: [VaultHole], of map: VaultMap, threads: Int) {
    self.map = map
    let width = map.width
    let grid = Geometry(
      sizes: GridSize(width, width, 1), spacing: SIMD3(repeating: VaultMap.pixel))
    let region = Mask(on: grid) { out in for i in hole.pixels { out[i] = 1 } }
    let distance = region.distances(threads: threads).withVoxels { Array($0) }
    let other = Mask(on: grid) { out in
      for i in hole.pixels { out[i - i % width + (width - 1 - i % width)] = 1 }
    }
    let mirrored = other.distances(threads: threads).withVoxels { Array($0) }
    self.distance = distance
    // The rims of other holes are no better than this one's.
    let holes = Mask(on: grid) { out in for one in all { for i in one.pixels { out[i] = 1 } } }
    let rims = holes.distances(threads: threads).withVoxels { Array($0) }

    var known: [Int] = []
    for i in 0..<width * width where map.states[i] == .bone {
      let (x, y) = (i % width, i / width)
      let d = Double(distance[i])
      guard rims[i] > Float(Self.edge), map.outer[i] - map.inner[i] < Float(15 * map.pose.scale)
      else {
        continue
      }
      let isNear = d < 15 || mirrored[i] < 10
      if isNear ? (x + y) % 2 == 0 && y % 2 == 0 : d < Self.ring && x % 3 == 0 && y % 3 == 0 {
        known.append(i)
      }
    }
    guard known.count >= 60 else { return nil }
    if known.count > 1400 {
      let step = Double(known.count) / 1400
      known = (0..<1400).map { known[Int(Double($0) * step)] }
    }
    func point(_ i: Int) -> SIMD3<Double> {
      let direction = map.direction(i % width, i / width)
      // Symmetric about x = 0 in the head's frame.
      return map.middle + map.ellipsoid(direction) * direction
    }
    let points = known.map(point)
    let distances = known.map { Double(rims[$0]) }
    guard
      let table = Self.continued(
        known.map {
          Double(map.outer[$0]) - map.ellipsoid(map.direction($0 % width, $0 / width))
        }, at: points, distances, kernel: Self.heights, threads: threads),
      let depth = Self.continued(
        known.map { Double(map.outer[$0] - map.inner[$0]) }, at: points, distances,
        kernel: Self.thicknesses, threads: threads)
    else { return nil }

    pixels = (0..<width * width).filter { distance[$0] <= Float(Self.overlap + 2 * VaultMap.pixel) }
    var outer = [Float](repeating: .nan, count: width * width)
    var inner = outer
    let values = Slabs.map(pixels.count, threads: threads) { [pixels] slab in
      slab.map { n -> (Float, Float) in
        let i = pixels[n]
        let p = point(i)
        let top = map.ellipsoid(map.direction(i % width, i / width)) + table.height(at: p)
        return (Float(top), Float(top - max(1, depth.height(at: p))))
      }
    }.flatMap { $0 }
    for (i, value) in zip(pixels, values) { (outer[i], inner[i]) = value }
    (self.outer, self.inner) = (outer, inner)
  }

  /// Learns heights around a hole, in two passes: a rim may be bevelled or torn, so what lies within 10 mm of
  /// it counts only where it agrees with what the bone further out foretells.
  private static func continued(
    _ heights: [Double], at points: [SIMD3<Double>], _ distances: [Double], kernel: SurfaceKernel,
    threads: Int
  ) -> SurfaceRegression? {
    func learn(_ chosen: [Int]) -> SurfaceRegression? {
      let around = chosen.filter { distances[$0] < 25 }
      let middle = (around.count > 20 ? around : chosen).map { heights[$0] }.sorted()
      guard !middle.isEmpty else { return nil }
      return SurfaceRegression(
        chosen.map { heights[$0] }, at: chosen.map { points[$0] }, mean: middle[middle.count / 2],
        kernel: kernel, threads: threads)
    }
    guard let far = learn(points.indices.filter { distances[$0] > rim }) else { return nil }
    return learn(
      points.indices.filter {
        distances[$0] > rim || abs(heights[$0] - far.height(at: points[$0])) < trusted
      })
  }

  /// Adds the voxels between both tables to a mask.
  func fill(_ completed: inout Mask, around bone: Mask, threads: Int) {
    let geometry = bone.geometry
    guard let indexFromLPS = geometry.indexFromLPS else { return }
    let width = map.width
    let indexFromHead = indexFromLPS * map.pose.lpsFromHead
    var (lower, upper) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
    for i in pixels {
      let direction = map.direction(i % width, i / width)
      for way in [outer[i], inner[i]] {
        let p = indexFromHead * (map.middle + Double(way) * direction)
        lower = pointwiseMin(lower, p)
        upper = pointwiseMax(upper, p)
      }
    }
    let sizes = bone.sizes
    let box = IndexBox(
      lower: SIMD3(Int(lower.x) - 1, Int(lower.y) - 1, Int(lower.z) - 1),
      upper: SIMD3(Int(upper.x) + 2, Int(upper.y) + 2, Int(upper.z) + 2)
    ).clipped(to: IndexBox(sizes))
    guard box.extent.min() > 0 else { return }
    let headFromIndex = map.pose.headFromLPS * geometry.lpsFromIndex
    let along = headFromIndex.linear.columns.0
    completed.withMutableBytes { bytes in
      let cells = Cells(base: bytes.baseAddress!)
      Slabs.run(box.extent.z, threads: threads) { slab in
        for z in slab {
          for y in box.lower.y..<box.upper.y {
            let start =
              headFromIndex * SIMD3(Double(box.lower.x), Double(y), Double(z + box.lower.z))
              - map.middle
            let row = cells.base + sizes.x * (y + sizes.y * (z + box.lower.z)) + box.lower.x
            for x in 0..<box.extent.x where row[x] == 0 {
              let t = Double(x)
              let p = (start.x + t * along.x, start.y + t * along.y, start.z + t * along.z)
              if isBone(p.0, p.1, p.2) { row[x] = 1 }
            }
          }
        }
      }
    }
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each slab writes its own planes.
    let base: UnsafeMutablePointer<UInt8>
  }

  /// Whether a point relative to the map's middle lies between both tables, in the hole or at its edge.
  private func isBone(_ x: Double, _ y: Double, _ z: Double) -> Bool {
    let way = (x * x + y * y + z * z).squareRoot()
    guard way > 30 else { return false }
    let (u, v) = map.place(x / way, y / way, z / way)
    let (i, j) = (Int(u), Int(v))
    guard i >= 0, j >= 0, i + 1 < map.width, j + 1 < map.width else { return false }
    let at = i + map.width * j
    let (s, t) = (Float(u) - Float(i), Float(v) - Float(j))
    func blend(_ field: [Float]) -> Float {
      let a = field[at] + s * (field[at + 1] - field[at])
      let b = field[at + map.width] + s * (field[at + map.width + 1] - field[at + map.width])
      return a + t * (b - a)
    }
    guard blend(distance) <= Float(Self.overlap) else { return false }
    let r = Float(way)
    return r <= blend(outer) && r >= blend(inner)
  }
}
