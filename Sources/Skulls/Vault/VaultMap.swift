import Concurrency
public import Volumes
internal import VoxelOps

private import Glibc

/// A map of the vault as it is seen from its middle, with the top of the head at the centre.
///
/// *Projection*: azimuthal and equidistant: a direction at the angle θ from the top lies 80 mm · θ from the
/// centre, towards the left for +x, towards the back for +y. A pixel is 2 mm wide there; it stands for
/// less of the head's circumference the further down it lies.
/// *Memory order*: x fastest.
public struct VaultMap: Sendable {
  /// What a ray meets.
  public enum State: UInt8, Sendable {
    /// Nothing is asked: face, orbits, base.
    case outside
    /// Bone, where a vault should have it.
    case bone
    /// No bone where a vault should have it.
    case open
    /// It leaves the scan before it meets bone.
    case unseen
  }

  /// The width of a pixel in mm at the radius of ``sphere``.
  public static let pixel = 2.0
  /// The radius in mm at which the map is measured.
  public static let sphere = 80.0

  public let pose: HeadPose
  /// Half the lengths of the vault's ellipsoid along the head's axes, in mm; its middle is the map's.
  public let axes: SIMD3<Double>
  /// The middle in the head's frame.
  public let middle: SIMD3<Double>
  /// Pixels along x and y.
  public let width: Int
  /// What each pixel's ray meets.
  public private(set) var states: [State]
  /// The distance of the outer table from the middle in mm; NaN without bone.
  public private(set) var outer: [Float]
  /// The distance of the inner table.
  public private(set) var inner: [Float]

  /// The angle from the top of the head up to which a vault is bone, in radians: above the orbits in front,
  /// the ears at the sides, the insertion of the neck behind.
  static func limit(_ direction: SIMD3<Double>) -> Double {
    let across = (direction.x * direction.x + direction.y * direction.y).squareRoot()
    let back = across > 1e-9 ? direction.y / across : 0
    // 86° in front, where the orbits begin; 106° at the sides; 112° behind.
    let degrees =
      back < -0.45 ? 106 + max(-20, (back + 0.45) / 0.3 * 20) : 106 + 6 * max(0, back)
    return degrees * .pi / 180
  }

  /// How much further down than ``limit(_:)`` the map goes, in radians.
  static let margin = 12 * Double.pi / 180

  /// The angle of the map's edge from the top.
  private static let edge = 127 * Double.pi / 180

  /// The direction of a pixel in the head's frame, of length 1.
  public func direction(_ x: Int, _ y: Int) -> SIMD3<Double> {
    let half = Double(width / 2)
    let (u, v) = (Double(x) - half, Double(y) - half)
    let distance = (u * u + v * v).squareRoot()
    guard distance > 0 else { return SIMD3(0, 0, 1) }
    let angle = distance * Self.pixel / Self.sphere
    return SIMD3(u / distance * sin(angle), v / distance * sin(angle), cos(angle))
  }

  /// Where a direction of length 1 in the head's frame lies on the map, in pixels.
  @inline(__always)
  public func place(_ x: Double, _ y: Double, _ z: Double) -> (Double, Double) {
    let across = (x * x + y * y).squareRoot()
    let half = Double(width / 2)
    guard across > 1e-12 else { return (half, half) }
    let stretch = atan2(across, z) * (Self.sphere / Self.pixel) / across
    return (half + stretch * x, half + stretch * y)
  }

  /// The distance of the ellipsoid from its middle along a direction of length 1, in mm.
  public func ellipsoid(_ direction: SIMD3<Double>) -> Double { 1 / (direction / axes).length }

  /// Maps the vault of a skull.
  ///
  /// - Returns: nil where the bone is no vault.
  /// - Complexity: 60,000 rays of 90 steps; no memory to speak of. The same map at any `threads`.
  public init?(of bone: Mask, pose: HeadPose, threads: Int = 1) {
    guard let indexFromLPS = bone.geometry.indexFromLPS else { return nil }
    self.pose = pose
    let rays = VaultRays(of: bone, indexFromHead: indexFromLPS * pose.lpsFromHead)
    // The outside of the vault, seen from the middle of the pose; its ellipsoid has the middle of the map.
    let scale = pose.scale
    let points = (0..<900).compactMap { n -> SIMD3<Double>? in
      let direction = Directions.even(n, of: 900)
      guard direction.z > -0.1,
        let way = rays.outermost(from: .zero, along: direction, 125 * scale, 45 * scale)
      else { return nil }
      return way * direction
    }
    guard points.count >= 120,
      let ellipsoid = VaultEllipsoid(fitting: points, around: .zero)
    else { return nil }
    axes = ellipsoid.axes
    middle = ellipsoid.centre
    width = 2 * Int((Self.edge * Self.sphere / Self.pixel).rounded(.up)) + 1
    states = Array(repeating: .outside, count: width * width)
    outer = Array(repeating: .nan, count: width * width)
    inner = Array(repeating: .nan, count: width * width)
    fill(rays, threads: threads)
    let offsets = offsets()
    lookAgain(rays, offsets)
    openWhatProtrudes(rays, offsets)
  }

  private mutating func fill(_ rays: VaultRays, threads: Int) {
    let map = self
    let rows = Slabs.map(width, threads: threads) { slab in
      slab.map { y in (0..<map.width).map { x in map.look(rays, x, y) } }
    }.flatMap { $0 }
    for (y, row) in rows.enumerated() {
      for (x, seen) in row.enumerated() {
        let i = x + width * y
        (states[i], outer[i], inner[i]) = (seen.state, seen.outer, seen.inner)
      }
    }
  }

  /// How far the bone lies outside the ellipsoid in mm, and where there is none, how far the bone around it: a vault
  /// may be 20 mm flatter than an ellipsoid.
  private func offsets() -> Membrane {
    var offsets = Membrane(
      states.indices.map { i in
        let direction = direction(i % width, i / width)
        // Bone below the limit is of orbits and base.
        guard states[i] == .bone, isAboveLimit(direction) else { return .nan }
        return outer[i] - Float(ellipsoid(direction))
      }, width: width)
    offsets.fill(states.indices.filter { states[$0] == .open || states[$0] == .unseen })
    return offsets
  }

  /// Looks for bone around where it must be by the bone nearby, in places where that lies far inside the ellipsoid.
  private mutating func lookAgain(_ rays: VaultRays, _ offsets: Membrane) {
    for i in states.indices where states[i] == .open || states[i] == .unseen {
      let (x, y) = (i % width, i / width)
      let direction = direction(x, y)
      // In front and below the limit what lies deeper are the roofs of orbits.
      guard offsets[i] < -Self.farOff,
        states[i] == .unseen || direction.y > 0 && isAboveLimit(direction)
      else { continue }
      let seen = look(rays, x, y, offset: Double(offsets[i]), depth: Self.depth)
      (states[i], outer[i], inner[i]) = (seen.state, seen.outer, seen.inner)
    }
  }

  /// From how far outside the bone, in mm, the ellipsoid misleads.
  private static let farOff: Float = 3
  /// How far inside the place where it is expected bone is looked for then: what lies deeper is base or brain.
  private static let depth = 8.0

  /// Takes as seen what is not only because a vault's ellipsoid protrudes a little beyond the grid: masks are
  /// cropped to their bone.
  private mutating func openWhatProtrudes(_ rays: VaultRays, _ offsets: Membrane) {
    let grid = Geometry(
      sizes: GridSize(width, width, 1), spacing: SIMD3(repeating: Self.pixel))
    let unseen = Mask(on: grid) { out in
      for i in states.indices { out[i] = states[i] == .unseen ? 1 : 0 }
    }
    guard !unseen.isEmpty else { return }
    let components = unseen.components(connectivity: .faces6)
    var protrusions = [Double](repeating: 0, count: components.count + 1)
    components.labels().withVoxels { labels in
      for i in 0..<labels.count where labels[i] > 0 {
        let direction = direction(i % width, i / width)
        let offset = offsets[i].isNaN ? 0 : Double(offsets[i])
        let p = middle + (ellipsoid(direction) + offset) * direction
        let q = pose.lpsFromHead * p
        let beyond = pose.ends.map { $0.normal.dot(q) - $0.offset }.max() ?? 0
        let component = Int(labels[i])
        protrusions[component] = max(protrusions[component], rays.distance(p), beyond)
      }
      for i in 0..<labels.count where labels[i] > 0 {
        if protrusions[Int(labels[i])] <= Self.protrusion { states[i] = .open }
      }
    }
  }

  /// By how many mm a vault without bone may protrude beyond the grid.
  private static let protrusion = 6.0

  /// - Parameters:
  ///   - offset: how far outside the ellipsoid bone is expected, in mm.
  ///   - depth: how far inside that it may lie, at a head's usual size.
  private func look(
    _ rays: VaultRays, _ x: Int, _ y: Int, offset: Double = 0, depth: Double = 20
  ) -> (state: State, outer: Float, inner: Float) {
    let direction = direction(x, y)
    let angle = acos(min(1, max(-1, direction.z)))
    guard angle <= Self.limit(direction) + Self.margin else { return (.outside, .nan, .nan) }
    let shell = ellipsoid(direction) + offset
    let (far, near) = (shell + 16 * pose.scale, shell - depth * pose.scale)
    guard let way = rays.outermost(from: middle, along: direction, far, near) else {
      let (above, below) = (middle + (shell + 3) * direction, middle + (shell - 6) * direction)
      let isSeen =
        rays.isInside(above) && rays.isInside(below)
        && (pose.ends.isEmpty
          || pose.shows(pose.lpsFromHead * above) && pose.shows(pose.lpsFromHead * below))
      return (isSeen ? .open : .unseen, .nan, .nan)
    }
    let inside = rays.innermost(from: middle, along: direction, way - 15 * pose.scale, way)
    return (.bone, Float(way), Float(inside))
  }
}
