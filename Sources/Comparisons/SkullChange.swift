public import Completion
import Concurrency
public import Errors
public import Meshes
import Skulls
public import Volumes
import VoxelOps

/// Where the bone of a head has changed from one scan to the next, and by how much.
///
/// Both scans are brought onto cubic cells of the first one's space, each cell with its share of bone, and smoothed; the
/// surface is where half a cell is bone. The change at a point of the first surface is the distance to the second:
/// below 0 where bone was lost.
public struct SkullChange: Sendable {
  /// The first scan's surface, in LPS mm.
  public let surface: TriangleMesh
  /// The change at each vertex in mm, at most ``reach``; NaN where it is not compared: below the upper jaw, and where one
  /// of the scans ends.
  public let changes: [Float]
  /// Changes up to this many mm are not told from noise.
  public let tolerance: Double
  /// Where bone was lost and where gained, the largest first.
  public let lost: [Place]
  public let gained: [Place]
  /// The change in mm over the compared surface, each vertex weighted alike.
  public let distribution: Distribution
  /// The area of the compared surface in mm².
  public let area: Double

  /// A place where bone was lost or gained.
  public struct Place: Encodable, Hashable, Sendable {
    /// In LPS mm of the first scan.
    public var centroidLPS: [Double]
    public var volumeMM3: Double
    /// How far one surface lies from the other at most, in mm.
    public var deepestMM: Double
  }

  /// The furthest change that is told apart, in mm.
  public static let reach: Float = 30
  /// The least volume of a place in mm³.
  static let leastPlace = 50.0
  /// The edge of the cells in mm.
  public static let cell = 1.0
  /// The least change that counts, in mm; at least this part of a voxel.
  private static let (leastChange, voxelPart) = (0.75, 0.75)

  /// Compares two scans.
  ///
  /// - Parameters:
  ///   - first, second: bone.
  ///   - alignment: of the second onto the first.
  /// - Throws: `Diagnostic` for a grid of no sane spacing.
  /// - Complexity: O(cells) and O(log n) a vertex; 24 bytes a cell, and trees over both surfaces. The same figures at any
  ///   thread count.
  public init(
    from first: Mask, to second: Mask, by alignment: SkullAlignment, cell: Double = Self.cell,
    threads: Int = 1
  ) throws(Diagnostic) {
    let spacing = max(first.geometry.spacing.max(), second.geometry.spacing.max())
    tolerance = max(Self.leastChange, Self.voxelPart * max(cell, spacing))
    let moved = second.moved(by: alignment.map)
    let sight = Sight(alignment, first, moved)
    guard
      let own = first.occupancyGrid(cell: cell, threads: threads),
      let other = moved.occupancyGrid(cell: cell, threads: threads)
    else {
      (surface, changes, lost, gained) = (TriangleMesh(), [], [], [])
      (distribution, area) = (Distribution([]), 0)
      return
    }
    let grid = own.covering(other)
    // As much as takes the steps of the coarser voxels from a surface, for both alike.
    let smoothing = max(0.8, 0.6 * spacing)
    let before = try BoneField(first, on: grid, smoothing: smoothing, threads: threads)
    let after = try BoneField(moved, on: grid, smoothing: smoothing, threads: threads)
    surface = before.surface
    let (a, b) = (
      before.changes(to: after, seenBy: sight, threads: threads),
      after.changes(to: before, seenBy: sight, threads: threads)
    )
    changes = a
    let compared = a.filter { !$0.isNaN }.map { Double($0) }
    distribution = Distribution(compared)
    area =
      a.isEmpty ? 0 : before.surface.area * Double(compared.count) / Double(a.count)
    let places = ChangedPlaces(
      before: before, after: after, tolerance: tolerance, cell: grid.spacing.x)
    // Bone that is no longer there lies beyond the second surface; new bone beyond the first.
    lost = places.found(from: before.surface, changes: a, sign: -1, threads: threads)
    gained = places.found(from: after.surface, changes: b, sign: 1, threads: threads)
  }
}

/// What both scans show of a head.
struct Sight: Sendable {
  private let alignment: SkullAlignment
  private let back: Affine
  /// The scans: LPS to voxels, how many there are, and what 2 mm are in voxels.
  private let grids: [(map: Affine, sizes: GridSize, margin: SIMD3<Double>)]

  /// How near to the border of a grid bone may be cut, in mm.
  private static let margin = 2.0

  init(_ alignment: SkullAlignment, _ first: Mask, _ moved: Mask) {
    self.alignment = alignment
    back = alignment.map.inverse ?? Affine(linear: .identity)
    grids = [first, moved].compactMap { mask in
      mask.geometry.indexFromLPS.map { ($0, mask.sizes, Self.margin / mask.geometry.spacing) }
    }
  }

  /// Whether a place of the first scan's space is compared.
  func compares(_ p: SIMD3<Double>) -> Bool {
    guard alignment.isAboveJaws(p), alignment.pose.shows(p), alignment.otherPose.shows(back * p)
    else { return false }
    return grids.allSatisfy { map, sizes, margin in
      let index = map * p
      let last = SIMD3(Double(sizes.x - 1), Double(sizes.y - 1), Double(sizes.z - 1))
      return (index - margin).min() >= 0 && (last - margin - index).min() >= 0
    }
  }
}

/// Bone on cubic cells: the share of each cell, smoothed, and the surface at one half.
struct BoneField: Sendable {
  let share: Volume<Float>
  let surface: TriangleMesh

  init(_ bone: Mask, on grid: Geometry, smoothing: Double, threads: Int) throws(Diagnostic) {
    let occupancy = bone.occupancy(onto: grid, threads: threads) ?? Volume(zerosOn: grid)
    var field = try occupancy.smoothed(sigma: smoothing, threads: threads)
    share = field
    field.withMutableVoxels { field in for i in field.indices { field[i] = 0.5 - field[i] } }
    surface = TriangleMesh(surfaceOf: field, threads: threads)
  }

  /// How far another surface lies from each vertex in mm, below 0 where the vertex lies outside of the other bone.
  func changes(to other: BoneField, seenBy sight: Sight, threads: Int) -> [Float] {
    let vertices = surface.vertices
    guard let indexFromLPS = other.share.geometry.indexFromLPS else { return [] }
    let reader = TrilinearReader(other.share.sizes)
    let tree = TriangleTree(other.surface, threads: threads)
    return other.share.withVoxels { share in
      let base = share.baseAddress!
      return tree.withWalk { walk in
        Slabs.map(vertices.count, threads: threads) { slab in
          slab.map { n -> Float in
            let p = SIMD3<Double>(vertices[n])
            guard sight.compares(p) else { return .nan }
            let index = indexFromLPS * p
            let isInside =
              reader.value(base, at: reader.place(index.x, index.y, index.z)) >= 0.5
            let distance =
              walk.distance(to: vertices[n], atMost: SkullChange.reach) ?? SkullChange.reach
            return isInside ? distance : -distance
          }
        }.flatMap { $0 }
      }
    }
  }
}

extension Geometry {
  /// The grid, grown in whole cells so that it holds another of the same cells' size.
  fileprivate func covering(_ other: Geometry) -> Geometry {
    guard let map = indexFromLPS else { return self }
    let far = SIMD3(
      Double(other.sizes.x - 1), Double(other.sizes.y - 1), Double(other.sizes.z - 1))
    let ends = [map * other.origin, map * (other.lpsFromIndex * far)]
    let low = pointwiseMin(pointwiseMin(ends[0], ends[1]), .zero).rounded(.down)
    let own = SIMD3(Double(sizes.x - 1), Double(sizes.y - 1), Double(sizes.z - 1))
    let high = pointwiseMax(pointwiseMax(ends[0], ends[1]), own).rounded(.up)
    // Two heads that lie on each other: no grid is much larger than either.
    let count = pointwiseMin(high - low, SIMD3(repeating: 600)) + 1
    var grid = self
    grid.origin = lpsFromIndex * low
    grid.sizes = GridSize(Int(count.x), Int(count.y), Int(count.z))
    return grid
  }
}
