import Concurrency
internal import Skulls
import Volumes
import VoxelOps

/// The outer table and the thickness of the bone that is missing in one hole, continued from the bone around it
/// on the pixels of the map.
struct ContinuedTables: Sendable {
  let map: VaultMap
  /// The distances of both tables from the middle of the map in mm, for ``pixels``; NaN elsewhere.
  private(set) var outer: [Float]
  private(set) var inner: [Float]
  /// How far each pixel lies from the hole in mm on the map, 0 in it.
  let distance: [Float]
  /// The pixels of the hole and within ``overlap`` of it, in rows.
  let pixels: [Int]

  /// By how much bone within ``rim`` of the hole differs from what the bone further out foretells: the median,
  /// in mm.
  let rimError: Double

  private let table: SurfaceRegression
  private let depth: SurfaceRegression

  /// How far from the edge of the hole bone is taken as it is, in mm: it is rounded, cut or torn nearer.
  static let edge = 3.0
  /// How far from the edge bone must agree with the bone further out, in mm, and by how much.
  static let rim = 10.0
  static let trusted = 1.2
  /// How far the bone around counts, in mm.
  static let ring = 60.0
  /// The largest part of a hole where the other side or the head may have no bone.
  static let mostGaps = 0.1
  /// How far beyond the hole's edge the surfaces are needed, in mm.
  static let overlap = 7.0

  /// The outer table's heights over the ellipsoid.
  private static let heights = SurfaceKernel(
    terms: [
      .init(sigma: 5, length: 120, symmetry: 1, shape: .gaussian),
      .init(sigma: 1, length: 30, symmetry: 0.5, shape: .matern),
    ], noise: 0.4)
  private static let thicknesses = SurfaceKernel(
    terms: [
      .init(sigma: 1.5, length: 45, symmetry: 1, shape: .gaussian),
      .init(sigma: 1, length: 16, symmetry: 0.3, shape: .matern),
    ], noise: 0.4)

  /// What a complete head that is laid onto the bone is off by.
  private static let heightsOff = SurfaceKernel(
    terms: [
      .init(sigma: 1, length: 40, symmetry: 0.3, shape: .gaussian),
      .init(sigma: 0.7, length: 15, symmetry: 0.3, shape: .matern),
    ], noise: 0.4)
  private static let thicknessesOff = SurfaceKernel(
    terms: [
      .init(sigma: 1, length: 40, symmetry: 0.5, shape: .gaussian),
      .init(sigma: 0.7, length: 15, symmetry: 0.3, shape: .matern),
    ], noise: 0.4)

  private static let freeHeights = heights.withoutSymmetry
  private static let freeThicknesses = thicknesses.withoutSymmetry

  private static func kernels(_ prior: Prior) -> (
    heights: SurfaceKernel, thicknesses: SurfaceKernel
  ) {
    switch prior {
    case .symmetric: (heights, thicknesses)
    case .smooth, .mirrored: (freeHeights, freeThicknesses)
    case .shaped: (heightsOff, thicknessesOff)
    }
  }

  /// What is taken as likely where nothing is known.
  enum Prior: String, CaseIterable, Sendable {
    /// Both sides of a head are alike.
    case symmetric
    /// Nothing is known of the other side.
    case smooth
    /// The mirror image of the other side, what it differs by being continued.
    case mirrored
    /// A complete head that is laid onto the bone, what it differs by being continued.
    case shaped
  }

  /// Nil where there is too little bone around; for ``Prior/mirrored`` also where the other side has none, for
  /// ``Prior/shaped`` where the head has none, but for gaps of ``mostGaps``.
  ///
  /// - Parameters:
  ///   - head: a complete head that is laid onto the skull.
  ///   - most: the most points of bone that are learned from.
  init?(
    _ hole: VaultHole, among all: [VaultHole], of map: VaultMap, prior: Prior = .symmetric,
    head: HeadTables? = nil, most: Int = 1400, threads: Int
  ) {
    self.map = map
    let width = map.width
    let distance = Self.distances(from: hole.pixels, of: map, threads: threads)
    let mirrored = Self.distances(
      from: hole.pixels.map { Self.opposite($0, width) }, of: map, threads: threads)
    // The rims of other holes are no better than this one's.
    let rims = Self.distances(from: all.flatMap(\.pixels), of: map, threads: threads)
    func isKnown(_ i: Int) -> Bool {
      map.states[i] == .bone && rims[i] > Float(Self.edge)
        && map.outer[i] - map.inner[i] < Float(15 * map.pose.scale)
    }
    func isOpposed(_ i: Int) -> Bool {
      switch prior {
      case .symmetric, .smooth: true
      case .mirrored: isKnown(Self.opposite(i, width))
      case .shaped: head.map { !$0.outer[i].isNaN } ?? false
      }
    }
    let gaps = hole.pixels.count { !isOpposed($0) }
    guard Double(gaps) <= Self.mostGaps * Double(hole.pixels.count) else { return nil }
    let pixels = (0..<width * width).filter {
      distance[$0] <= Float(Self.overlap + 2 * VaultMap.pixel)
    }

    var known: [Int] = []
    for i in 0..<width * width where isKnown(i) && isOpposed(i) {
      let (x, y) = (i % width, i / width)
      let isNear = distance[i] < 15 || mirrored[i] < 10
      if isNear
        ? (x + y) % 2 == 0 && y % 2 == 0
        : distance[i] < Float(Self.ring) && x % 3 == 0 && y % 3 == 0
      {
        known.append(i)
      }
    }
    guard known.count >= 60 else { return nil }
    if known.count > most {
      let step = Double(known.count) / Double(most)
      known = (0..<most).map { known[Int(Double($0) * step)] }
    }
    let points = known.map { Self.point($0, of: map) }
    let distances = known.map { Double(rims[$0]) }
    // What is continued: heights and thickness, or what they differ by from the mirror image or from the head,
    // whose small gaps are taken as smooth.
    var likely: (heights: Membrane, thicknesses: Membrane)?
    if prior == .mirrored || prior == .shaped {
      let nothing = Membrane([Float](repeating: .nan, count: width * width), width: width)
      var (heights, thicknesses) = (nothing, nothing)
      for i in 0..<width * width where isOpposed(i) {
        if prior == .mirrored {
          let other = Self.opposite(i, width)
          heights[i] = Float(Self.height(other, of: map))
          thicknesses[i] = map.outer[other] - map.inner[other]
        } else if let head {
          heights[i] =
            Float(Double(head.outer[i]) - map.ellipsoid(map.direction(i % width, i / width)))
          thicknesses[i] = head.outer[i] - head.inner[i]
        }
      }
      heights.fill(pixels)
      thicknesses.fill(pixels)
      likely = (heights, thicknesses)
    }
    func base(_ i: Int) -> (height: Double, thickness: Double) {
      likely.map { (Double($0.heights[i]), Double($0.thicknesses[i])) } ?? (0, 0)
    }
    guard
      let (table, rimError) = Self.continued(
        known.map { Self.height($0, of: map) - base($0).height }, at: points, distances,
        kernel: Self.kernels(prior).heights, threads: threads),
      let (depth, _) = Self.continued(
        known.map { Double(map.outer[$0] - map.inner[$0]) - base($0).thickness }, at: points,
        distances, kernel: Self.kernels(prior).thicknesses, threads: threads)
    else { return nil }

    var outer = [Float](repeating: .nan, count: width * width)
    var inner = outer
    let values = Slabs.map(pixels.count, threads: threads) { slab in
      slab.map { n -> (Float, Float) in
        let i = pixels[n]
        let (p, base) = (Self.point(i, of: map), base(i))
        let shell = map.ellipsoid(map.direction(i % width, i / width))
        let top = shell + base.height + table.height(at: p)
        return (Float(top), Float(top - max(1, base.thickness + depth.height(at: p))))
      }
    }.flatMap { $0 }
    for (i, value) in zip(pixels, values) { (outer[i], inner[i]) = value }
    (self.outer, self.inner, self.distance, self.pixels) = (outer, inner, distance, pixels)
    (self.table, self.depth, self.rimError) = (table, depth, rimError)
  }

  /// The weighted mean of these tables and others of the same hole.
  ///
  /// - Parameter share: of the others, from 0 to 1.
  func mixed(with other: ContinuedTables, share: Float) -> ContinuedTables {
    var mixed = self
    for i in pixels where !other.outer[i].isNaN {
      mixed.outer[i] += share * (other.outer[i] - outer[i])
      mixed.inner[i] += share * (other.inner[i] - inner[i])
    }
    return mixed
  }

  /// How far the outer table, and the thickness, may be off at a pixel by the bone that is known, in mm: one
  /// standard deviation.
  func sigmas(at pixel: Int) -> (outer: Double, thickness: Double) {
    let p = Self.point(pixel, of: map)
    return (table.sigma(at: p), depth.sigma(at: p))
  }

  /// A pixel on the map's ellipsoid, symmetric about x = 0 in the head's frame.
  private static func point(_ i: Int, of map: VaultMap) -> SIMD3<Double> {
    let direction = map.direction(i % map.width, i / map.width)
    return map.middle + map.ellipsoid(direction) * direction
  }

  /// The pixel on the other side of the mid-sagittal plane.
  private static func opposite(_ i: Int, _ width: Int) -> Int {
    i - i % width + (width - 1 - i % width)
  }

  /// How far the outer table lies above the ellipsoid, in mm.
  private static func height(_ i: Int, of map: VaultMap) -> Double {
    Double(map.outer[i]) - map.ellipsoid(map.direction(i % map.width, i / map.width))
  }

  /// The distance of every pixel from some of them, in mm on the map.
  static func distances(from pixels: [Int], of map: VaultMap, threads: Int) -> [Float] {
    let grid = Geometry(
      sizes: GridSize(map.width, map.width, 1), spacing: SIMD3(repeating: VaultMap.pixel))
    let region = Mask(on: grid) { out in for i in pixels { out[i] = 1 } }
    return region.distances(threads: threads).withVoxels { Array($0) }
  }

  /// Learns heights around a hole, in two passes: a rim may be bevelled or torn, so what lies within 10 mm of
  /// it counts only where it agrees with what the bone further out foretells; by how much it differs from
  /// that (the median, in mm) is returned too.
  private static func continued(
    _ heights: [Double], at points: [SIMD3<Double>], _ distances: [Double], kernel: SurfaceKernel,
    threads: Int
  ) -> (SurfaceRegression, rimError: Double)? {
    func learn(_ chosen: [Int]) -> SurfaceRegression? {
      let around = chosen.filter { distances[$0] < 25 }
      guard let middle = median(of: (around.count > 20 ? around : chosen).map { heights[$0] })
      else { return nil }
      return SurfaceRegression(
        chosen.map { heights[$0] }, at: chosen.map { points[$0] }, mean: middle, kernel: kernel,
        threads: threads)
    }
    guard let far = learn(points.indices.filter { distances[$0] > rim }) else { return nil }
    let near = points.indices.filter { distances[$0] <= rim }
    let errors = near.map { abs(heights[$0] - far.height(at: points[$0])) }
    let wrong = Set(zip(near, errors).filter { $0.1 >= trusted }.map(\.0))
    return learn(points.indices.filter { !wrong.contains($0) }).map {
      ($0, median(of: errors) ?? 0)
    }
  }

  /// The upper one of two in the middle; nil of nothing.
  private static func median(of values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }
}
