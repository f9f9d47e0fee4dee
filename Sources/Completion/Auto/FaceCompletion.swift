internal import Concurrency
internal import Skulls
internal import Volumes
internal import VoxelOps

/// What a complete head adds to a skull: pieces of orbits and face, and of the vault where it is the better way.
struct FaceCompletion: Sendable {
  /// All that the model adds.
  let all: Mask
  let scores: [String: Double]
  /// The Dice coefficient to be expected of what it adds.
  let confidence: Double
  /// What is wrong if the model would add more than any defect has; nothing is taken from it then.
  let doubt: String?

  /// The smallest piece in mm³.
  static let smallest = 300.0
  /// Behind this, in mm of the head's frame, pieces are of the base, not of a face.
  static let back = -15.0
  /// A head that lies further from the bone than this, in mm, is another one.
  static let mostMisfit = 0.4
  /// More bone than this is missing in no skull that is operated on, in mm³.
  static let mostBone = 150_000.0

  /// Whether a head lies on the bone closely enough to say anything.
  static func fits(_ laid: LaidHead) -> Bool { laid.misfit <= mostMisfit && !laid.holes.isEmpty }

  /// What a head that is laid onto a skull adds; nothing where there is none.
  ///
  /// - Throws: what the context throws.
  init(
    of skull: Mask, by laid: LaidHead?, of model: ShapeCompletion, in context: CompletionContext
  ) throws {
    scores = laid.map { ["fit": $0.share, "misfit": $0.misfit] } ?? [:]
    guard let laid, Self.fits(laid) else {
      all = Mask(emptyOn: skull.geometry)
      (confidence, doubt) = (0, nil)
      return
    }
    let added = try model.missing(in: skull, by: laid, in: context)
    let volume = Double(added.voxelCount) * skull.geometry.voxelVolume
    guard volume <= Self.mostBone else {
      all = Mask(emptyOn: skull.geometry)
      confidence = 0
      doubt =
        "a complete head would add \(Int(volume / 1000)) cm³, more than any defect has, so orbits and face stay as "
        + "they are: check the distances of voxels and slices, and whether the scan is cut"
      return
    }
    all = added
    doubt = nil
    // Measured: 0.17 mm and .92 on smooth deformations of the same head, 0.28 mm and .61 on another one.
    confidence = min(1, max(0, 0.9 - 2.5 * (laid.misfit - 0.17)))
  }

  /// Which share it fills of the part of a hole that is the vault's for certain, or of the part below.
  func share(of hole: VaultHole, belowLimit: Bool, in map: VaultMap) -> Double {
    guard let indexFromLPS = all.geometry.indexFromLPS else { return 0 }
    let indexFromHead = indexFromLPS * map.pose.lpsFromHead
    let sizes = all.sizes
    var (covered, count) = (0, 0)
    for i in hole.pixels {
      let direction = map.direction(i % map.width, i / map.width)
      if belowLimit == map.isAboveLimit(direction) { continue }
      count += 1
      let way = map.ellipsoid(direction)
      let isCovered = stride(from: -14.0, through: 8, by: 1).contains { step in
        let index = indexFromHead * (map.middle + (way + step) * direction) + 0.5
        guard index.min() >= 0 else { return false }
        let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
        return x < sizes.x && y < sizes.y && z < sizes.z && all[x, y, z]
      }
      if isCovered { covered += 1 }
    }
    return count > 0 ? Double(covered) / Double(count) : 0
  }

  /// The pieces below the vault, and those of it that may lie within 10 mm of some of its holes; and those that a
  /// user did not name, which are left out.
  ///
  /// - Returns: the voxels of the pieces that are filled, cropped to a box of the grid; those pieces; those left open.
  /// - Throws: `Diagnostic` where a place names neither a piece nor a hole of the vault.
  /// - Complexity: O(voxels).
  func pieces(
    within holes: [VaultHole], of vault: ContinuedVault, only targets: CompletionTargets?,
    threads: Int
  ) throws -> (part: Mask, box: IndexBox, pieces: [FacePiece], open: [FacePiece]) {
    let map = vault.map
    // What is added is a small part of the grid.
    let box =
      all.boundingBox(threads: threads) ?? IndexBox(lower: .zero, upper: SIMD3(repeating: 1))
    let candidates = candidates(in: box, within: holes, of: map, threads: threads)
    let components = candidates.components(connectivity: .corners26, threads: threads)
    let labels = components.labels()
    let pieces = FacePiece.pieces(
      of: labels, count: components.count, at: box.lower, of: all.geometry, pose: map.pose
    ).filter { piece in
      piece.volume >= Self.smallest
        && (piece.centre.y < Self.back * map.pose.scale || holes.contains(where: piece.isNear))
    }
    let isNamed =
      targets?.isNamed(pieces.map(\.shape)) ?? Array(repeating: true, count: pieces.count)
    try targets?.requireHoles(vault.shapes + pieces.map(\.shape))
    let chosen = zip(pieces, isNamed).filter { piece, isNamed in
      isNamed || vault.holes.contains(where: piece.isNear)
    }.map(\.0)
    let kept = Set(chosen.map(\.label))
    let isKept = (0...components.count).map(kept.contains)
    let part = Mask(on: candidates.geometry) { out in
      labels.withVoxels { labels in
        for i in out.indices where labels[i] > 0 && isKept[Int(labels[i])] { out[i] = 1 }
      }
    }
    return (
      part, box, chosen.sorted { $0.volume > $1.volume }, pieces.filter { !kept.contains($0.label) }
    )
  }
}

extension FaceCompletion {
  /// What is added in a box of the grid below the vault, and within 10 mm of some of its holes, as a mask of the box.
  private func candidates(
    in box: IndexBox, within holes: [VaultHole], of map: VaultMap, threads: Int
  ) -> Mask {
    let allowed = map.surroundings(of: holes.flatMap(\.pixels), within: 10, threads: threads)
    let headFromIndex = map.pose.headFromLPS * all.geometry.lpsFromIndex
    let part = all.cropped(to: box)
    let extent = box.extent
    return Mask(on: part.geometry) { out in
      let out = out.baseAddress!
      part.withBytes { bytes in
        Slabs.run(extent.z, threads: threads) { slab in
          for i in slab.lowerBound * extent.x * extent.y..<slab.upperBound * extent.x * extent.y
          where bytes[i] != 0 {
            let (x, rest) = (i % extent.x, i / extent.x)
            let index = box.lower &+ SIMD3(x, rest % extent.y, rest / extent.y)
            let p = headFromIndex * SIMD3<Double>(index) - map.middle
            let direction = p / max(1e-9, p.length)
            let (u, v) = map.place(direction.x, direction.y, direction.z)
            let (column, row) = (Int(u + 0.5), Int(v + 0.5))
            let isAllowed =
              column >= 0 && row >= 0 && column < map.width && row < map.width
              && allowed[column + map.width * row]
            if isAllowed || !map.isAboveLimit(direction) { out[i] = 1 }
          }
        }
      }
    }
  }
}

extension VaultMap {
  /// Whether each pixel lies within so many mm, on the map, of some of them.
  fileprivate func surroundings(of pixels: [Int], within distance: Float, threads: Int) -> [Bool] {
    guard !pixels.isEmpty else { return Array(repeating: false, count: width * width) }
    return ContinuedTables.distances(from: pixels, of: self, threads: threads).map {
      $0 <= distance
    }
  }
}
