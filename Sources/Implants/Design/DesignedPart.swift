import Concurrency
import Errors
public import Volumes
import VoxelOps

/// A part that is designed on signed distances: an implant with a gap to the bone, that can be put in on
/// a straight way.
public struct DesignedPart: Sendable {
  /// The distance from the part's surface in mm, negative in the part, on a grid of its own; 0 is the
  /// surface.
  public let field: Volume<Float>
  /// The same without tabs, holes and label.
  let body: Volume<Float>
  /// The way out, in LPS, of length 1.
  public let way: SIMD3<Double>
  /// What the design took from the implant or added to it.
  public let figures: Figures

  /// Volumes in mm³.
  public struct Figures: Hashable, Sendable {
    /// The implant as it was completed, without the steps of its voxels.
    public var completed = 0.0
    /// Taken away for the gap.
    public var gap = 0.0
    /// Taken away besides, or with ``PartDesign/Undercuts/report`` left, because bone is in its way.
    public var undercut = 0.0
    /// Added to the inside of walls that are too thin.
    public var thickened = 0.0
    /// Taken away as thinner than the least wall, or as pieces too small.
    public var thin = 0.0
    public var part = 0.0
    /// How many perforations were drilled.
    public var holes = 0
    /// Tabs, each with a screw hole.
    public var tabs = 0
    /// How many suture holes were drilled.
    public var sutures = 0
    /// How high the capitals of the label are, in mm; 0: there is none.
    public var labelHeight = 0.0
    /// Tunnels through it that the gate allows: perforations, suture and screw holes, and of a part that is not cranial those
    /// that could not be filled.
    public var tunnels = 0
    /// Tunnels through a cranial part that could be neither filled nor cut open; the gate does not allow them.
    public var rings = 0
    /// Separate pieces of it as it is made.
    public var pieces = 0
  }

  /// A part for one hole; nil where nothing is left of it.
  ///
  /// - Parameters:
  ///   - implant: what fills the hole, in one piece.
  ///   - bone: all bone, on the same grid.
  ///   - far: the same, for the way beyond the box.
  ///   - middle: of the bone, in LPS mm: out is away from it.
  ///   - isCranial: as ``ImplantDesign`` has it.
  /// - Complexity: O(cells of a box around the implant), some 28 bytes each.
  init?(
    of implant: Mask, in bone: Mask, _ far: FarBone?, middle: SIMD3<Double>, by design: PartDesign,
    isCranial: (SIMD3<Double>) -> Bool, threads: Int
  ) throws(Diagnostic) {
    guard let grid = try PartGrid(around: implant, threads: threads) else { return nil }
    let (own, near) = (implant.cropped(to: grid.box), bone.cropped(to: grid.box))
    let spacing = implant.geometry.spacing
    let reach = design.reach(voxel: spacing.max())
    // Implant and bone together have no edge at the rim that smoothing would round off.
    // A surface moves by half a voxel at most.
    let complete = try own.union(near, threads: threads)
      .signedDistances(on: grid.cells, upTo: reach, threads: threads)
      .smoothed(
        sigma: design.smoothing, moving: Float(spacing.max() / 2), threads: threads)
    let away = try own.centreDistances(
      on: grid.cells, inside: -30, upTo: reach, threads: threads)
    // A voxel beyond the implant its surface may lie, and no part of the bone's.
    let step = Float(spacing.max())
    let plain = complete.combined(with: away, threads: threads) { max($0, $1 - step) }
    // Smoothed, thin bone may vanish; balls around its voxels, so large that they fill a sheet of them, do
    // not.
    let free = try near.signedDistances(
      on: grid.cells, keeping: Float(0.6 * spacing.min()), upTo: reach, threads: threads)
    let centroid = implant.measurement(threads: threads).centroid ?? middle
    let search = WaySearch(
      bone: free, far: far, clearance: Float(design.clearance),
      points: plain.insidePoints(atMost: 3000))
    let found = search.best(around: centroid - middle, threads: threads)
    let way = found.way
    self.way = way

    var figures = Figures()
    let cell = grid.cells.voxelVolume
    func volume(_ field: Volume<Float>) -> Double {
      Double(field.countBelowZero(threads: threads)) * cell
    }
    let (gap, wall, side) = (
      Float(design.clearance), Float(design.wall), Float(grid.cells.spacing.x)
    )
    var solid = plain
    var outer: Volume<Float>?
    if design.usesTables {
      let most = design.deepest + 2 * side
      let tables = away.withVoxels { away in
        BoneTables(
          of: complete, inwardTo: grid.inside(centroid, along: way), upTo: max(most, 30),
          threads: threads
        ) { away[$0] < most + step }
      }
      solid = PartShaping(
        complete: complete, implant: away, outer: tables.outer, inner: tables.inner,
        bone: free, step: step
      ).shaped(by: design, threads: threads)
      outer = tables.outer
    }
    let barrier = free.barrier(
      around: solid, margin: wall + 2 * side, gap: gap,
      along: design.undercuts == .remove ? way : nil, past: far,
      exactTo: max(wall / 2 + side, Float(design.bevel)),
      threads: threads)
    figures.completed = volume(solid)
    figures.gap =
      figures.completed - volume(solid.combined(with: free, threads: threads) { max($0, gap - $1) })
    var clear = solid.combined(with: barrier, threads: threads, max)
    figures.undercut =
      design.undercuts == .remove
      ? figures.completed - figures.gap - volume(clear)
      : max(0, found.lost * figures.completed - figures.gap)
    if let outer, design.bevel > 0 {
      clear = clear.bevelled(by: Float(design.bevel), outer, barrier, threads: threads)
    }
    if design.caudalGap > design.clearance {
      clear = clear.lifted(from: free, by: Float(design.caudalGap), threads: threads)
    }
    // An opening is right to a part of a cell.
    let radius = wall / 2 + 0.15 * side
    var depths = clear.depths(upTo: radius + 2 * side, threads: threads)
    var uncovered = clear.uncovered(depths, by: radius, threads: threads)
    if design.thinWalls == .thicken {
      let before = volume(clear)
      clear = clear.thickened(
        where: uncovered, depths, by: radius + side / 4,
        inwardTo: grid.inside(centroid, along: way)
      ).combined(with: barrier, threads: threads, max)
      figures.thickened = volume(clear) - before
      depths = clear.depths(upTo: radius + 2 * side, threads: threads)
      uncovered = clear.uncovered(depths, by: radius, threads: threads)
    }
    var field = clear.combined(with: uncovered, threads: threads, max)
    field.fillCavities(within: barrier, threads: threads)
    guard field.keepParts(from: design.minPart, threads: threads) > 0 else { return nil }
    let isCranial = isCranial(centroid)
    field.removeTunnels(
      within: barrier, minPart: design.minPart,
      largestCut: isCranial ? .infinity : Volume.largestCut, threads: threads)
    figures.thin = volume(clear) - volume(field)
    body = field
    let left = field.tunnelCount(threads: threads)
    if isCranial { figures.rings = left }
    let declared = isCranial ? 0 : left
    if design.hasFeatures {
      PartFeatures(
        complete: complete, bone: free, far: far, gap: gap, way: way, design: design,
        threads: threads
      ).apply(to: &field, figures: &figures)
    }
    // Others that the features made are not declared.
    figures.tunnels =
      design.hasFeatures
      ? min(
        declared + figures.tabs + figures.sutures + figures.holes,
        field.tunnelCount(threads: threads))
      : declared
    figures.part = volume(field)
    figures.pieces =
      field.negative(threads: threads).components(connectivity: .edges18, threads: threads).count
    self.figures = figures
    self.field = field
  }
}

extension Volume<Float> {
  /// Voxels below 0, no more than so many, spread evenly over all.
  func insidePoints(atMost most: Int) -> [SIMD3<Float>] {
    let sizes = sizes
    var inside: [Int] = []
    withVoxels { values in for i in values.indices where values[i] < 0 { inside.append(i) } }
    let step = Swift.max(1, inside.count / most)
    return stride(from: 0, to: inside.count, by: step).map { n in
      let i = inside[n]
      let (x, rest) = (i % sizes.x, i / sizes.x)
      return SIMD3(Float(x), Float(rest % sizes.y), Float(rest / sizes.y))
    }
  }

  func countBelowZero(threads: Int) -> Int {
    withVoxels { values in
      let values = values.baseAddress!
      return Slabs.map(sizes.count, threads: threads) { slab in
        slab.reduce(into: 0) { if values[$1] < 0 { $0 += 1 } }
      }.reduce(0, +)
    }
  }

  /// Leaves of the parts below 0 the largest, and those of so many mm³; how many that are.
  mutating func keepParts(from least: Double, threads: Int) -> Int {
    let found = negative(threads: threads).components(connectivity: .edges18, threads: threads)
    guard let largest = found.largest else { return 0 }
    let voxels = least / geometry.voxelVolume
    let dropped = found.mask(threads: threads) {
      $0 != largest && Double(found.size(of: $0)) < voxels
    }
    let side = Float(geometry.spacing.x)
    let count = sizes.count
    withMutableVoxels { out in
      dropped.withBytes { dropped in for i in 0..<count where dropped[i] != 0 { out[i] = side } }
    }
    return (0..<found.count).count { $0 == largest || Double(found.size(of: $0)) >= voxels }
  }

  /// Fills what a part encloses on all sides, as far as a barrier allows.
  mutating func fillCavities(within barrier: Volume<Float>, threads: Int) {
    let inside = negative(threads: threads)
    let filled = inside.cavitiesFilled(threads: threads)
    let (count, half) = (sizes.count, Float(geometry.spacing.x) / 2)
    withMutableVoxels { out in
      inside.withBytes { inside in
        filled.withBytes { filled in
          barrier.withVoxels { barrier in
            for i in 0..<count where filled[i] != inside[i] {
              out[i] = Swift.min(out[i], Swift.max(-half, barrier[i]))
            }
          }
        }
      }
    }
  }
}
