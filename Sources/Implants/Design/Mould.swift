import Errors
public import Volumes

/// What a mould for a part is like. Lengths are in mm.
public struct MouldDesign: Hashable, Sendable {
  /// From the part to the sides of the mould, and above and below it half of that.
  public var wall: Double
  /// By how many degrees the sides of the part lean for it to come out of the inner half; what that takes is taken
  /// from the part, so that its gap to the bone stays.
  public var draft: Double
  /// Channels through the outer half, by which air and what is too much get out.
  public var vents: Int
  /// The diameter of a vent, in mm.
  public var vent: Double

  /// A mould with walls of 12 mm, a draft of 2° and six vents of 3 mm.
  public init(wall: Double = 12, draft: Double = 2, vents: Int = 6, vent: Double = 3) {
    (self.wall, self.draft, self.vents, self.vent) = (wall, draft, vents, vent)
  }
}

/// A mould of two halves in which a part is cast; they come apart along the part's way out.
public struct Mould: Sendable {
  public enum Half: String, Hashable, Sendable, CaseIterable {
    /// Below the part's inner surface and its sides, with the keys.
    case inner
    /// Above its outer surface, with the vents and the sockets of the keys.
    case outer
  }

  /// Signed distances, in mm near the surface, on a grid whose third axis is the way out.
  public let inner, outer: Volume<Float>
  /// What is cast, and the part without tabs, holes and label, in mm³. What comes out of neither half is filled up and
  /// makes the first larger, the draft makes it smaller.
  public let cast, part: Double
  /// Of what is cast, that which is no part: undercuts that are filled up, in mm³.
  public let filled: Double
  public let vents: Int

  /// - Parameter part: tabs, holes and the label of it are left out: a mould that comes apart cannot have them.
  /// - Complexity: O(cells of a box around the part), some 12 bytes each. The same bytes at any thread count.
  public init(of part: DesignedPart, by design: MouldDesign = MouldDesign(), threads: Int = 1) {
    self.init(of: part.body, way: part.way, by: design, threads: threads)
  }

  /// - Parameters:
  ///   - part: signed distances in mm, below 0 in the part.
  ///   - way: out, in LPS, of length 1.
  init(of part: Volume<Float>, way: SIMD3<Double>, by design: MouldDesign, threads: Int = 1) {
    let block = MouldBlock(around: part, way: way, wall: design.wall, threads: threads)
    let parting = PartingSurface(of: block)
    let vents = block.vents(count: design.vents, diameter: design.vent)
    let keys = block.keys(on: parting, wall: design.wall)
    var inner = block.inner(to: parting, keys: keys, draft: design.draft)
    var outer = block.outer(from: parting, keys: keys, vents: vents, diameter: design.vent)
    let cell = block.field.geometry.voxelVolume
    let counts = block.castCells(beyond: inner)
    (cast, filled) = (Double(counts.all) * cell, Double(counts.filled) * cell)
    self.part = Double(block.field.countBelowZero(threads: threads)) * cell
    _ = inner.keepParts(from: .infinity, threads: threads)
    _ = outer.keepParts(from: .infinity, threads: threads)
    (self.inner, self.outer, self.vents) = (inner, outer, vents.count)
  }
}
