internal import Volumes
internal import VoxelOps

#if canImport(Glibc)
  private import Glibc
#else
  private import Darwin
#endif

/// A region of the vault without bone.
public struct VaultHole: Sendable {
  /// Its pixels on the map, as x + width · y, in increasing order.
  public let pixels: [Int]
  /// Its area on the vault in mm².
  public let area: Double
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
  /// on below ``limit(_:)``, by 12° at most; one that lies below it altogether is none of the vault.
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
    guard above >= least, above >= 0.3 * area else { return nil }
    return VaultHole(
      pixels: pixels, area: area, centroid: pose.lpsFromHead * (sum / area),
      crossesMidline: min(left, right) > 20, isAtBorder: isAtBorder)
  }

  /// Whether a vault has bone in a direction for certain.
  func isAboveLimit(_ direction: SIMD3<Double>) -> Bool {
    acos(min(1, max(-1, direction.z))) <= Self.limit(direction)
  }

  /// The area in mm² of the vault behind a pixel.
  private func area(of direction: SIMD3<Double>, way: Double) -> Double {
    let across = max(1e-9, 1 - direction.z * direction.z).squareRoot()
    let angle = acos(min(1, max(-1, direction.z)))
    let stretch = angle > 1e-6 ? across / angle : 1
    let side = Self.pixel / Self.sphere * way
    return side * side * stretch
  }
}
