internal import Skulls
public import Volumes
internal import VoxelOps

extension CompletionFindings.SelfTest {
  /// Carves a hole into whole bone of a skull, as far from its own holes as can be, has a model complete it
  /// without that bone, and compares.
  ///
  /// The hole has the size of the largest own one, or the largest that fits. Own holes stay open meanwhile.
  /// - Returns: nil where no hole fits, or there is no vault.
  /// - Complexity: as the model's, and two maps of the vault.
  /// - Throws: what the model throws.
  public static func run(
    of model: some CompletionModel, on defective: Mask, in context: CompletionContext
  ) throws -> CompletionFindings.SelfTest? {
    guard
      let vault = ContinuedVault(
        of: defective, smallestHole: ContinuedVault.smallestHole, threads: context.threads),
      let disc = vault.discs(like: vault.holes.first, count: 1).first,
      let carving = Carving(disc, of: defective, pose: vault.pose)
    else { return nil }
    let carved = try defective.subtracting(carving.piece, threads: context.threads)
    let quiet = CompletionContext(
      threads: context.threads, checkCancellation: context.checkCancellation)
    let completed = try model.complete(carved, in: quiet).mask
    let found = try completed.subtracting(carved, threads: context.threads)
      .cropped(to: carving.box).opened(byBall: 1.2, threads: context.threads)
    let truth = carving.piece.cropped(to: carving.box)
    guard let map = VaultMap(of: completed, pose: vault.pose, threads: context.threads) else {
      return nil
    }
    let distances = vault.map.distances(to: map, in: disc)
    return CompletionFindings.SelfTest(
      dsc: try found.dice(with: truth) ?? 0, outerMM: distances.outer, innerMM: distances.inner,
      areaMM2: disc.area, centroidLPS: (0..<3).map { disc.centroid[$0] })
  }
}

/// The bone behind a piece of a vault, cut out by a cylinder.
private struct Carving {
  let piece: Mask
  /// Its surroundings within 15 mm.
  let box: IndexBox

  /// Nil where no bone is met.
  init?(_ disc: VaultHole, of bone: Mask, pose: HeadPose) {
    guard let indexFromLPS = bone.geometry.indexFromLPS else { return nil }
    let axis = disc.centroid - pose.centre
    let (direction, way) = (axis / axis.length, axis.length)
    let radius = (disc.area / .pi).squareRoot()
    // A cylinder of this radius, from 25 mm below the outer table to 20 mm above it, lies in a ball.
    let reach = (radius * radius + 25 * 25).squareRoot() + 15
    let middle = indexFromLPS * disc.centroid
    let spacing = bone.geometry.spacing
    let steps = SIMD3(
      Int(reach / spacing.x) + 1, Int(reach / spacing.y) + 1, Int(reach / spacing.z) + 1)
    let place = SIMD3(Int(middle.x), Int(middle.y), Int(middle.z))
    box = IndexBox(lower: place &- steps, upper: place &+ steps &+ 1).clipped(
      to: IndexBox(bone.sizes))
    guard box.extent.min() > 0 else { return nil }
    let lpsFromIndex = bone.geometry.lpsFromIndex
    let (sizes, box) = (bone.sizes, box)
    piece = Mask(on: bone.geometry) { out in
      bone.withBytes { bytes in
        for z in box.lower.z..<box.upper.z {
          for y in box.lower.y..<box.upper.y {
            let start = sizes.x * (y + sizes.y * z)
            for x in box.lower.x..<box.upper.x where bytes[start + x] != 0 {
              let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z)) - pose.centre
              let along = p.dot(direction)
              guard along > way - 25, along < way + 20 else { continue }
              if p.dot(p) - along * along < radius * radius { out[start + x] = 1 }
            }
          }
        }
      }
    }
    guard !piece.isEmpty else { return nil }
  }
}

extension VaultMap {
  /// The mean distances in mm of the tables of two maps of one head, over a piece of it.
  fileprivate func distances(to other: VaultMap, in disc: VaultHole) -> (
    outer: Double, inner: Double
  ) {
    var (outer, inner, count) = (0.0, 0.0, 0.0)
    for i in disc.pixels where states[i] == .bone {
      // What stays open is off by the whole way to the other table.
      let isOpen = other.states[i] != .bone
      outer += Double(isOpen ? self.outer[i] - self.inner[i] : abs(self.outer[i] - other.outer[i]))
      inner += Double(isOpen ? self.outer[i] - self.inner[i] : abs(self.inner[i] - other.inner[i]))
      count += 1
    }
    return count > 0 ? (outer / count, inner / count) : (0, 0)
  }
}
