import Concurrency
public import Errors
internal import Skulls
public import Volumes
internal import VoxelOps

/// How a completed skull is laid onto the rims of its holes.
///
/// *Units*: mm.
public struct RimFitting: Hashable, Sendable {
  /// A hole is where the completion lies at least this far from all bone.
  public var minDistance: Double
  /// The smallest such place, in mm³.
  public var minVolume: Double
  /// How far around a hole bone counts.
  public var ring: Double
  /// How far apart the surfaces of bone and completion may lie.
  public var limit: Double
  /// What surfaces differ by from one point to the next without any rule: more is smoother.
  public var noise: Double

  public init(
    minDistance: Double = 5, minVolume: Double = 250, ring: Double = 28, limit: Double = 7,
    noise: Double = 0.15
  ) {
    self.minDistance = minDistance
    self.minVolume = minVolume
    self.ring = ring
    self.limit = limit
    self.noise = noise
  }
}

/// A completed skull that was laid onto the rims of its holes.
public struct RimFit: Sendable {
  public let mask: Mask
  /// Whether there is a hole at all.
  public let hasHoles: Bool
  /// How many points of bone were paired with the completion's surface; 0: nothing was changed.
  public let pairs: Int
  /// The median distance of bone from the completion's surface around the holes, in mm; nil without pairs.
  public let before: Double?
  /// The median of what the continued displacement misses of it, in mm.
  public let residual: Double?
}

extension Mask {
  /// This completed skull, laid onto the rims of the holes in bone.
  ///
  /// 1. The holes: where the completion lies far from all bone.
  /// 2. Points of both tables of the bone around the holes are paired with the completion's nearest surface of the
  ///    same table.
  /// 3. What the completion is displaced by there is continued smoothly through the holes (``DisplacementSpline``).
  /// 4. The completion, smoothed so that its surface lies between voxels, is displaced back. This is done for the
  ///    holes and their surroundings; elsewhere it stays as it is.
  ///
  /// *Shape*: both on one grid.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: O(voxels of the box around the holes, 45 mm wider); 8 bytes a voxel of it, and 8 MB. The same bytes
  ///   at any `threads`.
  public func fitted(
    onto bone: Mask, by fitting: RimFitting = RimFitting(), threads: Int = 1
  ) throws(Diagnostic) -> RimFit {
    try geometry.requireMatch(with: bone.geometry)
    func unchanged(hasHoles: Bool) -> RimFit {
      RimFit(mask: self, hasHoles: hasHoles, pairs: 0, before: nil, residual: nil)
    }
    let cores = try subtracting(bone, threads: threads)
      .removing(within: fitting.minDistance, of: bone, threads: threads)
      .removingComponents(
        smallerThan: Int(min(1e15, fitting.minVolume / geometry.voxelVolume)),
        connectivity: .faces6, threads: threads)
    guard let middle = bone.measurement(threads: threads).centroid,
      let tight = cores.boundingBox(threads: threads)
    else { return unchanged(hasHoles: false) }
    // What is displaced: all that an implant can be made of.
    let reach = fitting.minDistance + 4
    let box = tight.grown(by: fitting.ring + reach + TablePoints.clearance, on: geometry)
    let part = cropped(to: box)
    let holes = cores.cropped(to: box)
    let ring = RimRing(
      around: holes, from: fitting.minDistance + 3, to: fitting.minDistance + fitting.ring)
    guard
      let pairs = try RimPairs(
        bone.cropped(to: box), part, ring: ring, limit: fitting.limit, middle: middle,
        threads: threads)
    else { return unchanged(hasHoles: true) }
    var spline: DisplacementSpline?
    var (before, residual): (Double?, Double?)
    var count = 0
    // Bone that is displaced finds its surface better than where it lies.
    for _ in 0..<2 {
      let found = pairs.displacements(from: spline, limit: fitting.limit, threads: threads)
      guard found.count >= RimPairs.fewest,
        let next = DisplacementSpline(found, noise: fitting.noise, threads: threads)
      else { return unchanged(hasHoles: true) }
      before = before ?? found.median { $0.displacement.length }
      count = found.count
      residual = found.median { ($0.displacement - next($0.point)).length }
      spline = next
    }
    guard let spline else { return unchanged(hasHoles: true) }
    let inner = tight.grown(by: reach, on: geometry)
    let here = IndexBox(lower: inner.lower &- box.lower, upper: inner.upper &- box.lower)
    let moved = try part.displaced(
      by: spline, in: here, near: holes.dilated(byBall: reach, threads: threads), threads: threads)
    var fitted = self
    fitted.replace(at: inner, by: moved)
    return RimFit(
      mask: fitted, hasHoles: true, pairs: count, before: before, residual: residual)
  }

  /// Writes a mask into a box of this one.
  private mutating func replace(at box: IndexBox, by part: Mask) {
    let (sizes, extent) = (sizes, box.extent)
    withMutableBytes { bytes in
      part.withBytes { part in
        for z in 0..<extent.z {
          for y in 0..<extent.y {
            let to = sizes.offset(box.lower.x, box.lower.y + y, box.lower.z + z)
            for x in 0..<extent.x { bytes[to + x] = part[(z * extent.y + y) * extent.x + x] }
          }
        }
      }
    }
  }
}
