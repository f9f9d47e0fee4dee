public import Errors
public import Volumes
import VoxelOps

/// The bone around the holes that an implant fills, as a solid to print and try the fit of the part in.
public struct HostRing: Sendable {
  /// A ring for each piece of the implant, or for pieces whose rings would meet, the largest first: signed distances in mm, on a grid of its own.
  public let fields: [Volume<Float>]
  /// Tunnels through them: the holes, and those of the bone that could not be filled.
  public let tunnels: Int

  /// Walls thinner than it are left out, in mm.
  public static let wall = 1.0

  /// - Parameters:
  ///   - implant: what fills the holes; may be empty.
  ///   - bone: all bone, on the same grid.
  ///   - width: how far around the implant bone is taken, in mm.
  ///   - clearance: how far from the implant what fills pores of the bone stays, in mm.
  ///   - smoothing: as in ``PartDesign``.
  ///   - least: smaller pieces in mm³ are left out, and pieces of the implant.
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: for each piece of the implant O(cells of a box around it), some 28 bytes each.
  public init(
    around implant: Mask, in bone: Mask, width: Double, clearance: Double = 0.3,
    smoothing: Double = PartDesign().smoothing, minPart least: Double = 400, threads: Int = 1
  ) throws(Diagnostic) {
    try implant.geometry.requireMatch(with: bone.geometry)
    let pieces = implant.components(threads: threads)
    let voxels = least / implant.geometry.voxelVolume
    var (fields, tunnels): ([Volume<Float>], Int) = ([], 0)
    for group in Self.groups(of: pieces, on: implant, within: width, from: voxels, threads: threads)
    {
      let own =
        group.count == pieces.count
        ? implant : pieces.mask(threads: threads) { group.contains($0) }
      guard
        let ring = try Self.ring(
          around: own, holes: group.count, in: bone, width: width, clearance: Float(clearance),
          smoothing: smoothing, minPart: least, threads: threads)
      else { continue }
      fields.append(ring)
      tunnels += ring.tunnelCount(threads: threads)
    }
    (self.fields, self.tunnels) = (fields, tunnels)
  }

  /// The pieces from so many voxels on, those together whose rings may meet; the largest first.
  private static func groups(
    of pieces: ConnectedComponents, on implant: Mask, within width: Double, from least: Double,
    threads: Int
  ) -> [[Int]] {
    var groups: [(pieces: [Int], box: IndexBox)] = []
    for piece in pieces.bySize
    where piece == pieces.largest || Double(pieces.size(of: piece)) >= least {
      guard
        let inner = pieces.mask(threads: threads, where: { $0 == piece })
          .boundingBox(threads: threads)
      else { continue }
      var own = ([piece], inner.grown(by: width + 3, on: implant.geometry))
      // Boxes that meet are one, and may then meet others.
      while let other = groups.firstIndex(where: { $0.box.meets(own.1) }) {
        own = (groups[other].pieces + own.0, groups[other].box.union(own.1))
        groups.remove(at: other)
      }
      groups.append(own)
    }
    let order = pieces.bySize
    func rank(_ group: [Int]) -> Int {
      order.firstIndex { group.contains($0) } ?? order.count
    }
    return groups.map(\.pieces).sorted { rank($0) < rank($1) }
  }

  private static func ring(
    around implant: Mask, holes: Int, in bone: Mask, width: Double, clearance: Float,
    smoothing: Double, minPart: Double, threads: Int
  ) throws(Diagnostic) -> Volume<Float>? {
    let margin = max(PartGrid.margin, width + 3)
    guard let grid = try PartGrid(around: implant, margin: margin, threads: threads) else {
      return nil
    }
    let (own, near) = (implant.cropped(to: grid.box), bone.cropped(to: grid.box))
    guard !near.isEmpty else { return nil }
    let spacing = implant.geometry.spacing
    let most = Float(width) + 5
    let surface = try near.signedDistances(on: grid.cells, upTo: most, threads: threads)
    let smooth = try surface.smoothed(
      sigma: smoothing, moving: Float(spacing.max() / 2), threads: threads)
    let away = try own.centreDistances(
      on: grid.cells, inside: -30, upTo: most, threads: threads)
    // No nearer to the part than the bone is: the smooth surface may lie before that of the voxels.
    let host = smooth.combined(with: surface, threads: threads, max)
    var field = host.combined(with: away, threads: threads) { max($0, $1 - Float(width)) }
    // Where bone may be filled up: not where the part will be.
    let room = away.mapped(threads: threads) {
      Float(spacing.max() / 2) + clearance - $0
    }
    let side = Float(grid.cells.spacing.x)
    let radius = Float(wall) / 2 + 0.15 * side
    let depths = field.depths(upTo: radius + 2 * side, threads: threads)
    field = field.combined(
      with: field.uncovered(depths, by: radius, threads: threads), threads: threads, max)
    field.fillCavities(within: room, threads: threads)
    guard field.keepParts(from: minPart, threads: threads) > 0 else { return nil }
    // Each hole is one tunnel.
    let tunnels = field.tunnelCount(threads: threads)
    if tunnels > holes { _ = field.fillTunnels(tunnels, within: room, threads: threads) }
    return field.countBelowZero(threads: threads) > 0 ? field : nil
  }
}

extension IndexBox {
  /// Whether two boxes have a voxel in common.
  fileprivate func meets(_ other: IndexBox) -> Bool {
    all(lower .< other.upper) && all(other.lower .< upper)
  }
}
