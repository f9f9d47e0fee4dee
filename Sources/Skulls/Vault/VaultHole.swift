internal import Volumes
internal import VoxelOps

private import Glibc

/// A region of the vault without bone.
public struct VaultHole: Sendable {
  /// Its pixels on the map, as x + width · y, in increasing order.
  public let pixels: [Int]
  /// Its area on the vault in mm².
  public let area: Double
  /// The part of its area that lies where a vault need not have bone, from 0 to 1.
  public let belowLimit: Double
  /// The length of its edge on the vault in mm.
  public let perimeter: Double
  /// Its largest diameter, and the largest at a right angle to it, in mm.
  public let diameters: (Double, Double)
  /// Its middle on the vault in LPS mm.
  public let centroid: SIMD3<Double>
  /// Whether it has parts of at least 2 mm on both sides of the mid-sagittal plane.
  public let crossesMidline: Bool
  /// Whether it reaches a border of the scan, so that its extent is not known.
  public let isAtBorder: Bool
}

extension VaultMap {
  /// The holes of the vault, the largest first.
  ///
  /// What is narrower than 6 mm is a suture, a vessel's hole or thin bone lost to the threshold. A hole may go
  /// on below ``limit(_:)``, by 12° at most; it must then be three times as large, for the thin bone of sinuses,
  /// orbits and ears begins there, or the other side must have bone in its place. One that lies below altogether is none of the vault.
  /// - Parameter least: the smallest area in mm² above the limit.
  /// - Complexity: O(pixels).
  public func holes(least: Double = 200) -> [VaultHole] {
    var grid = Geometry(
      sizes: GridSize(width, width, 1), spacing: SIMD3(Self.pixel, Self.pixel, Self.pixel))
    grid.origin = .zero
    let open = Mask(on: grid) { out in
      for i in states.indices { out[i] = states[i] == .open ? 1 : 0 }
    }
    // What a ball that the holes' narrow parts stop leaves, grown back.
    let wide = open.opened(byBall: 3)
    let components = wide.components(connectivity: .faces6)
    let labels = components.labels()
    var members = [[Int]](repeating: [], count: components.count + 1)
    labels.withVoxels { labels in
      for i in 0..<labels.count where labels[i] > 0 { members[Int(labels[i])].append(i) }
    }
    return members.compactMap { hole(of: $0, least: least) }.sorted { $0.area > $1.area }
  }

  /// A round piece of whole bone, as if it were a hole; nil where the vault is open, not seen, or not bone for
  /// certain.
  ///
  /// - Parameter radius: in mm on the vault.
  public func disc(around direction: SIMD3<Double>, radius: Double) -> VaultHole? {
    let way = ellipsoid(direction)
    let cosine = cos(radius / way)
    let (u, v) = place(direction.x, direction.y, direction.z)
    let angle = acos(min(1, max(-1, direction.z)))
    // Circles of the vault are drawn wider, the further from the top the more.
    let stretch = angle > 0.1 ? angle / sin(min(angle, 2.6)) : 1
    let reach = Int((radius / way * Self.sphere / Self.pixel * stretch).rounded(.up)) + 1
    var pixels: [Int] = []
    var open = 0
    for y in max(0, Int(v) - reach)...min(width - 1, Int(v) + reach + 1) {
      for x in max(0, Int(u) - reach)...min(width - 1, Int(u) + reach + 1) {
        let other = self.direction(x, y)
        guard other.dot(direction) >= cosine else { continue }
        let i = x + width * y
        guard isAboveLimit(other), states[i] == .bone || states[i] == .open else { return nil }
        if states[i] == .open { open += 1 }
        pixels.append(i)
      }
    }
    // Sutures and vessels' holes are no hindrance.
    guard pixels.count >= 12, open * 50 <= pixels.count else { return nil }
    return hole(of: pixels, least: 0)
  }

  private func hole(of pixels: [Int], least: Double) -> VaultHole? {
    var (above, area, left, right) = (0.0, 0.0, 0.0, 0.0)
    var sum = SIMD3<Double>.zero
    var isAtBorder = false
    for i in pixels {
      let (x, y) = (i % width, i / width)
      let direction = direction(x, y)
      let way = ellipsoid(direction)
      let size = self.area(of: direction, way: way)
      area += size
      sum += size * (middle + way * direction)
      if isAboveLimit(direction) { above += size }
      let side = middle.x + way * direction.x
      if side > 2 { left += size } else if side < -2 { right += size }
      for j in [i - 1, i + 1, i - width, i + width] where states.indices.contains(j) {
        if states[j] == .unseen { isAtBorder = true }
      }
    }
    let isCertain = area == above || above >= 3 * least || hasBoneOpposite(pixels)
    guard above >= least, above >= 0.3 * area, isCertain else { return nil }
    let outline = outline(of: pixels)
    return VaultHole(
      pixels: pixels, area: area, belowLimit: 1 - above / area, perimeter: outline.length,
      diameters: Self.diameters(of: outline.points), centroid: pose.lpsFromHead * (sum / area),
      crossesMidline: min(left, right) > 20, isAtBorder: isAtBorder)
  }

  /// Whether the other side of the head has bone where these pixels have none.
  private func hasBoneOpposite(_ pixels: [Int]) -> Bool {
    let bone = pixels.count { states[$0 - $0 % width + (width - 1 - $0 % width)] == .bone }
    return Double(bone) > 0.9 * Double(pixels.count)
  }

  /// The pixels of a hole at its edge, on the vault, and the edge's length in mm.
  ///
  /// *Source*: Crofton's formula with two directions: π/4 of the steps' lengths.
  private func outline(of pixels: [Int]) -> (points: [SIMD3<Double>], length: Double) {
    let members = Set(pixels)
    var points: [SIMD3<Double>] = []
    var length = 0.0
    for i in pixels {
      let steps = [i - 1, i + 1, i - width, i + width].filter { !members.contains($0) }.count
      guard steps > 0 else { continue }
      let direction = direction(i % width, i / width)
      let way = ellipsoid(direction)
      points.append(way * direction)
      length += Double(steps) * area(of: direction, way: way).squareRoot()
    }
    return (points, .pi / 4 * length)
  }

  /// The largest distance of two points, and the largest at a right angle to it.
  private static func diameters(of points: [SIMD3<Double>]) -> (Double, Double) {
    // Of long edges every second pixel or less: a pixel is 2 mm.
    let step = max(1, points.count / 300)
    let chosen = stride(from: 0, to: points.count, by: step).map { points[$0] }
    var longest = SIMD3<Double>.zero
    for (n, a) in chosen.enumerated() {
      for b in chosen[..<n] where (a - b).dot(a - b) > longest.dot(longest) { longest = a - b }
    }
    let length = longest.length
    guard length > 0 else { return (pixel, pixel) }
    var across = 0.0
    for (n, a) in chosen.enumerated() {
      for b in chosen[..<n] {
        let chord = a - b
        let along = chord.dot(longest) / length
        // Nearly at a right angle: an edge of pixels has no chord that is so exactly.
        if abs(along) < 0.15 * chord.length { across = max(across, chord.length) }
      }
    }
    return (length + pixel, across + pixel)
  }

  /// Whether a vault has bone in a direction for certain.
  package func isAboveLimit(_ direction: SIMD3<Double>) -> Bool {
    acos(min(1, max(-1, direction.z))) <= Self.limit(direction)
  }

  /// The area in mm² of the vault behind a pixel.
  package func area(of direction: SIMD3<Double>, way: Double) -> Double {
    let across = max(1e-9, 1 - direction.z * direction.z).squareRoot()
    let angle = acos(min(1, max(-1, direction.z)))
    let stretch = angle > 1e-6 ? across / angle : 1
    let side = Self.pixel / Self.sphere * way
    return side * side * stretch
  }
}
