internal import Skulls
internal import Volumes
internal import VoxelOps

/// Where prior bone lies and the skull has none.
struct MissingPrior {
  /// One piece, as cells in LPS mm.
  struct Piece: Sendable {
    let points: [SIMD3<Double>]
    let volume: Double
    let defect: CompletionFindings.Defect

    /// Prior bone this far from all bone is missing, in mm; at least so many voxels.
    private static let departure = 1.5
    private static let voxels = 1.2

    /// The bone to add, cropped to a box of the scan's grid; nil where none is left.
    func bone(of prior: Mask, around defective: Mask, threads: Int) throws
      -> (part: Mask, box: IndexBox)?
    {
      let departure = max(Self.departure, Self.voxels * defective.geometry.spacing.max())
      return try MissingSeeds(points: points, volume: volume).bone(
        around: defective, departure: departure, reach: departure + 1, threads: threads
      ) { try prior.resampledSmoothly(onto: $0, threads: threads) }
    }
  }

  /// The largest first.
  let pieces: [Piece]

  /// The edge of the cells, in mm.
  private static let cell = 1.5
  /// How far from bone a piece lies, in mm, and the least volume of it and its core, in mm³.
  private static let departure: Float = 2
  private static let depth: Float = 3.5
  private static let leastCore = 150.0
  /// What lies lower than this in the head's frame, in mm, is jaw and neck, which move.
  private static let lowest = -75.0

  /// - Complexity: O(cells of the head's box), and a pass over the mask.
  init(in bone: Mask, of prior: Mask, pose: HeadPose, threads: Int) {
    guard var grid = bone.occupancyGrid(cell: Self.cell, threads: threads),
      let indexFromLPS = bone.geometry.indexFromLPS
    else {
      pieces = []
      return
    }
    // Bone may be missing where the head is highest.
    let cell = grid.directions[0].x
    let room = Int(20 / cell)
    grid.sizes = GridSize(
      grid.sizes.x + 2 * room, grid.sizes.y + 2 * room, grid.sizes.z + 2 * room)
    grid.origin -= Double(room) * cell
    guard let share = bone.occupancy(onto: grid, threads: threads),
      let complete = try? prior.resampledSmoothly(onto: grid, threads: threads)
    else {
      pieces = []
      return
    }
    let there = Mask(on: grid) { out in
      share.withVoxels { share in for i in out.indices { out[i] = share[i] > 0.15 ? 1 : 0 } }
    }
    let distances = there.distances(threads: threads)
    let sizes = grid.sizes
    func point(_ i: Int) -> SIMD3<Double> {
      let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
      return grid.lpsFromIndex
        * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
    }
    let last = SIMD3(Double(bone.sizes.x), Double(bone.sizes.y), Double(bone.sizes.z)) - 0.5
    let missing = Mask(on: grid) { out in
      complete.withBytes { complete in
        distances.withVoxels { distances in
          for i in out.indices where complete[i] != 0 && distances[i] > Self.departure {
            let p = point(i)
            let index = indexFromLPS * p
            guard index.min() >= -0.5, index.x <= last.x, index.y <= last.y, index.z <= last.z,
              (pose.headFromLPS * p).z > Self.lowest * pose.scale
            else { continue }
            out[i] = 1
          }
        }
      }
    }
    let found = missing.components(threads: threads)
    var cells = [[Int]](repeating: [], count: found.count + 1)
    var cores = [Int](repeating: 0, count: found.count + 1)
    found.labels(threads: threads).withVoxels { labels in
      distances.withVoxels { distances in
        for i in labels.indices where labels[i] != 0 {
          cells[Int(labels[i])].append(i)
          if distances[i] > Self.depth { cores[Int(labels[i])] += 1 }
        }
      }
    }
    let volume = grid.voxelVolume
    pieces = cells.indices.filter { Double(cores[$0]) * volume >= Self.leastCore }.map { label in
      let points = cells[label].map(point)
      let places = points.map { pose.headFromLPS * $0 }
      let height = places.reduce(0) { $0 + $1.z } / Double(places.count)
      return Piece(
        points: points, volume: Double(points.count) * volume,
        defect: CompletionFindings.Defect(
          at: places, on: grid, pose: pose,
          kind: height > -5 * pose.scale
            ? .cranial : height > -50 * pose.scale ? .orbital : .facial))
    }.sorted { $0.volume > $1.volume }
  }

  /// The pieces that a user names, all without targets; and what is said of those that lie in no hole of the vault.
  ///
  /// - Throws: `Diagnostic` where a place names neither a piece nor a hole of the vault.
  func named(by targets: CompletionTargets?, vault: ContinuedVault) throws -> (
    pieces: [Piece], others: [CompletionFindings.Defect]
  ) {
    let shapes = pieces.map { HoleShape(points: $0.points, defect: $0.defect) }
    try targets?.requireHoles(vault.shapes + shapes)
    let isNamed = targets?.isNamed(shapes) ?? shapes.map { _ in true }
    let chosen = zip(pieces, isNamed).filter { piece, isNamed in
      isNamed || vault.holes.contains { piece.isNear($0) }
    }.map(\.0)
    return (
      chosen, chosen.filter { piece in !vault.allHoles.contains { piece.isNear($0) } }.map(\.defect)
    )
  }
}

extension MissingPrior.Piece {
  /// Whether it may be the bone of a hole of the vault.
  fileprivate func isNear(_ hole: VaultHole) -> Bool {
    let centre = SIMD3(defect.centroidLPS[0], defect.centroidLPS[1], defect.centroidLPS[2])
    return (centre - hole.centroid).length < (hole.area / .pi).squareRoot() + 10
  }
}
