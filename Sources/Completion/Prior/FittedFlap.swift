import Concurrency
internal import Skulls
internal import Volumes
internal import VoxelOps
import Glibc

/// A bone flap, laid into the hole that it fits best.
struct FittedFlap: Sendable {
  let laid: LaidBone

  /// So many points of a head's surface are so dense that a small flap has enough of them.
  private static let density = 200_000
  /// Cells at the rim are finer than others.
  private static let finer = 0.7
  /// How far around the flap bone is looked at, in mm.
  private static let around = 12.0
  /// Surfaces this near to each other agree, in mm; at least this part of a voxel.
  private static let tolerance = 1.2
  private static let voxelPart = 0.8

  /// Nil where there is no hole of the vault, or the flap has hardly any surface.
  init?(
    _ flap: Mask, of vault: ContinuedVault, in defective: Mask, effort: PriorCompletion.Effort,
    context: CompletionContext
  ) throws {
    let threads = context.threads
    try context.targets?.requireHoles(vault.shapes)
    let samples = Array(
      SurfaceSamples.of(flap, count: Self.density, threads: threads).prefix(effort.flapPoints))
    guard samples.count >= 100, let own = Plate(flap) else { return nil }
    let continuation = VaultCompletion(
      ways: [ContinuationWay(prior: .symmetric)], smallestHole: ContinuedVault.smallestHole,
      trials: 0)
    let fillings = try continuation.fillings(of: vault, in: context.part(0...0.4).untargeted)
    var best: (fit: RigidFit, piece: Mask, field: ShapeTemplate)?
    for filling in fillings {
      try context.checkCancellation()
      guard let tables = filling.tables else { continue }
      var completed = defective
      tables.fill(&completed, around: defective, threads: threads)
      // Without the crusts beside the hole.
      let piece = try completed.subtracting(defective, threads: threads)
        .opened(byBall: 1.2, threads: threads).largestComponent(threads: threads)
      guard let field = ShapeTemplate(surfaceOf: piece, cell: effort.cell, threads: threads),
        let place = Plate(piece)
      else { continue }
      let outwards = filling.hole.centroid - vault.pose.centre
      let starts = own.starts(
        into: place, outwards: outwards / max(1e-9, outwards.length), turns: effort.turns)
      let rough = Slabs.map(starts.count, threads: threads) { slab in
        slab.map {
          RigidFit(
            of: samples.prefix(500), onto: field, from: starts[$0], trim: 4...16, steps: 14)
        }
      }.flatMap { $0 }
      let few = rough.indices.sorted { (rough[$0].cost, $0) < (rough[$1].cost, $1) }.prefix(4)
      for n in few {
        let fit = RigidFit(
          of: samples[...], onto: field, from: rough[n].map, trim: 2...6, steps: 16)
        if fit.cost < best?.fit.cost ?? .infinity { best = (fit, piece, field) }
      }
    }
    guard let best else { return nil }
    let placed = flap.moved(by: best.fit.map)
    guard
      let around = placed.box(on: defective.geometry, margin: Self.around),
      let rim = ShapeTemplate(
        surfaceOf: defective.cropped(to: around), cell: Self.finer * effort.cell, threads: threads)
    else { return nil }
    // The rim of the hole places the flap more exactly than what is foretold of its tables.
    let fit = RigidFit(
      of: samples[...], onto: best.field, facing: rim, from: best.fit.map, trim: 1.2...4, steps: 20)
    let moved = flap.moved(by: fit.map)
    guard let box = moved.box(on: defective.geometry, margin: 3), !box.isEmpty else { return nil }
    let skull = defective.cropped(to: box)
    let part = try moved.resampledSmoothly(onto: skull.geometry, threads: threads)
      .subtracting(skull, threads: threads)
    let spacing = max(defective.geometry.spacing.max(), flap.geometry.spacing.max())
    let tolerance = Float(max(Self.tolerance, Self.voxelPart * spacing))
    let share = best.field.withSampler { foretold in
      rim.withSampler { rim in
        let near = samples.filter { sample in
          let p = fit.map * sample.point
          return min(abs(foretold(p.x, p.y, p.z)), abs(rim(p.x, p.y, p.z))) <= tolerance
        }
        return Double(near.count) / Double(samples.count)
      }
    }
    laid = LaidBone(map: fit.map, parts: [(part, box)], fit: share, misfit: fit.cost)
  }
}

/// The middle of a plate of bone and its normal.
private struct Plate {
  let centre: SIMD3<Double>
  let normal: SIMD3<Double>

  /// Nil for an empty mask.
  init?(_ mask: Mask) {
    let (map, sizes) = (mask.geometry.lpsFromIndex, mask.sizes)
    var (sum, count) = (SIMD3<Double>.zero, 0.0)
    var moments = [Double](repeating: 0, count: 9)
    mask.withBytes { bytes in
      for i in bytes.indices where bytes[i] != 0 {
        let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
        let p = map * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
        sum += p
        count += 1
        for n in 0..<9 { moments[n] += p[n / 3] * p[n % 3] }
      }
    }
    guard count > 0 else { return nil }
    let centre = sum / count
    let spread = (0..<9).map { moments[$0] / count - centre[$0 / 3] * centre[$0 % 3] }
    let least = SymmetricEigen(spread, size: 3).vectors[2]
    self.centre = centre
    normal = SIMD3(least[0], least[1], least[2])
  }

  /// Maps that lay this plate into another's place: either side out, turned in steps.
  func starts(into place: Plate, outwards: SIMD3<Double>, turns: Int) -> [Affine] {
    let out = place.normal.dot(outwards) < 0 ? -place.normal : place.normal
    let (u, v) = Self.axes(of: out)
    return [normal, -normal].flatMap { side in
      let (a, b) = Self.axes(of: side)
      return (0..<turns).map { n in
        let angle = 2 * Double.pi * Double(n) / Double(turns)
        let x = cos(angle) * u + sin(angle) * v
        let to = Matrix3(x, out.cross(x), out)
        let rotation = to * Matrix3(a, b, side).transposed
        return Affine(linear: rotation, translation: place.centre - rotation * centre)
      }
    }
  }

  /// Two axes that make a right-handed frame with a normal.
  private static func axes(of normal: SIMD3<Double>) -> (SIMD3<Double>, SIMD3<Double>) {
    let a = Directions.perpendicular(to: normal)
    return (a, normal.cross(a))
  }
}

extension Mask {
  /// The box of another grid that holds the mask and what lies within so many mm.
  fileprivate func box(on grid: Geometry, margin: Double) -> IndexBox? {
    guard let own = boundingBox(), let indexFromLPS = grid.indexFromLPS else { return nil }
    let map = indexFromLPS * geometry.lpsFromIndex
    let corners = own.cornerPoints.map { map * $0 }
    let low = corners.reduce(corners[0], pointwiseMin)
    let high = corners.reduce(corners[0], pointwiseMax)
    guard low.min() > -1e6, high.max() < 1e6 else { return nil }
    let steps = (margin / grid.spacing).rounded(.up)
    let (first, last) = (low - steps, high + steps)
    return IndexBox(
      lower: SIMD3(Int(first.x), Int(first.y), Int(first.z)),
      upper: SIMD3(Int(last.x) + 1, Int(last.y) + 1, Int(last.z) + 1)
    ).clipped(to: IndexBox(grid.sizes))
  }
}
