import Errors
public import Volumes
internal import VoxelOps

/// The skull that a population varies: where its bone is and how thick it is, in mm.
///
/// *Frame*: the skull's own, LPS mm: x to the patient's left with x = 0 in the mid-sagittal plane, y
/// to the back, z up (superior as the scan has it, tilted into the plane). Its origin lies amid the
/// vault: y is the middle of the box of the bone above 55 % of the height, z 52 % of the height above
/// the lowest bone. (x is the plane, not the middle of that box: mirror-symmetric warps need it.)
public struct SkullTemplate: Sendable {
  /// Where the skull comes from, such as a file's name.
  public var name: String
  /// The signed distance of every cell centre to the surface of the bone, in mm, negative inside.
  ///
  /// *Shape*: cubic cells in the frame of the template, symmetric about x = 0, with at least 8 mm of
  /// air around the bone; x fastest.
  public let distances: Volume<Float>
  /// Half the thickness of the bone in mm: the radius of the largest ball that fits into the bone and
  /// holds the cell. Up to 2 mm outside the bone as on its surface, 0 further away. Grid as above.
  public let halfThickness: Volume<Float>
  /// The bone's box in the frame of the template, in mm, between cell faces.
  public let lower: SIMD3<Double>
  /// The other corner of the box.
  public let upper: SIMD3<Double>
  /// How the template was made from its scan.
  public let making: Making
  /// Points of the bone's surface, in mm of the frame.
  let surface: [SIMD3<Double>]

  /// What was measured and changed when the template was made from a scan.
  public struct Making: Hashable, Sendable {
    /// The overlap of the bone and its mirror image at the mid-sagittal plane, from 0 to 1.
    public var overlap = 1.0
    /// Bone taken from the other side to repair a defect, in mm³.
    public var repaired = 0.0
    /// Air cells and gaps that were closed, in mm³.
    public var closed = 0.0
  }

  /// The edge of a cell in mm.
  public var spacing: Double { distances.geometry.directions[0].x }

  /// A template of bone on cubic cells along the axes of the frame, x = 0 in the symmetry plane.
  ///
  /// - Throws: `Diagnostic` with code `notASkull` where the bone is empty or its box is not of
  ///   a head's size.
  init(bone: Mask, name: String, making: Making, threads: Int) throws(Diagnostic) {
    guard let box = bone.boundingBox(threads: threads) else {
      throw Diagnostic(
        .notASkull, field: "template", expected: "a skull", found: "no bone",
        remedy: "name a CT in HU or a mask of bone")
    }
    let cell = bone.geometry.directions[0].x
    let extent = SIMD3<Double>(SIMD3<Int32>(truncatingIfNeeded: box.extent)) * cell
    guard Self.extents.lower.x <= extent.x, extent.x <= Self.extents.upper.x,
      Self.extents.lower.y <= extent.y, extent.y <= Self.extents.upper.y,
      Self.extents.lower.z <= extent.z, extent.z <= Self.extents.upper.z
    else {
      let sides = (0..<3).map { "\(Int(extent[$0].rounded()))" }.joined(separator: " × ")
      throw Diagnostic(
        .notASkull, field: "template",
        expected: "bone of a head's size, 90 to 220 × 110 to 280 × 60 to 280 mm",
        found: "\(sides) mm", remedy: "check the spacing and the orientation")
    }

    // The frame's origin, then a grid about it: symmetric in x, with room for distances.
    let z55 = box.lower.z + Int((0.55 * Double(box.extent.z)).rounded())
    let top = bone.cropped(
      to: IndexBox(
        lower: SIMD3(box.lower.x, box.lower.y, z55), upper: box.upper)
    ).boundingBox(threads: threads)
    let (front, back) = (
      box.lower.y + (top?.lower.y ?? 0), box.lower.y + (top?.upper.y ?? box.extent.y)
    )
    let indexOrigin = SIMD3(
      -bone.geometry.origin.x / cell, Double(front + back - 1) / 2,
      Double(box.lower.z) - 0.5 + 0.52 * Double(box.extent.z))
    let margin = Int((8 / cell).rounded(.up))
    let half =
      Int(
        max(
          indexOrigin.x - Double(box.lower.x), Double(box.upper.x - 1) - indexOrigin.x
        ).rounded(.up)) + margin
    let sizes = GridSize(
      2 * half + 1, box.extent.y + 2 * margin, box.extent.z + 2 * margin)
    let first = SIMD3(
      Int(indexOrigin.x.rounded()) - half, box.lower.y - margin, box.lower.z - margin)
    var geometry = Geometry(sizes: sizes, spacing: SIMD3(repeating: cell))
    geometry.origin =
      (SIMD3<Double>(SIMD3<Int32>(truncatingIfNeeded: first)) - indexOrigin) * cell
    geometry.origin.x = -Double(half) * cell
    let framed = bone.moved(by: first, onto: geometry)

    let distances = framed.signedDistances(threads: threads)
    self.name = name
    self.making = making
    self.distances = distances
    halfThickness = HalfThickness.of(distances, reach: 2, threads: threads)
    let placed = SIMD3<Double>(SIMD3<Int32>(truncatingIfNeeded: box.lower &- first))
    lower = geometry.origin + (placed - 0.5) * cell
    upper = lower + extent
    surface = Self.surfacePoints(of: framed)
  }

  /// Boxes of bone that may be a head, in mm; a scan of the vault alone is one.
  private static let extents = (lower: SIMD3(90.0, 110, 60), upper: SIMD3(220.0, 280, 280))

  /// About 4000 points of the surface, at even intervals of the list of all of them, and the outermost
  /// ones: the tips of nose and chin are sharper than the intervals.
  private static func surfacePoints(of bone: Mask) -> [SIMD3<Double>] {
    var all: [SIMD3<Int32>] = []
    let (nx, ny, nz) = (bone.sizes.x, bone.sizes.y, bone.sizes.z)
    bone.withBytes { bytes in
      for z in 1..<nz - 1 {
        for y in 1..<ny - 1 {
          let row = nx * (y + ny * z)
          for x in 1..<nx - 1 where bytes[row + x] != 0 {
            let i = row + x
            let neighbours =
              bytes[i - 1] + bytes[i + 1] + bytes[i - nx] + bytes[i + nx] + bytes[i - nx * ny]
              + bytes[i + nx * ny]
            if neighbours < 6 { all.append(SIMD3(Int32(x), Int32(y), Int32(z))) }
          }
        }
      }
    }
    let map = bone.geometry.lpsFromIndex
    var chosen = Set(stride(from: 0, to: all.count, by: max(1, all.count / 4000)))
    for direction in outermostDirections {
      var best = (index: 0, height: -Float.infinity)
      all.withUnsafeBufferPointer { all in
        let (a, b, c) = (direction.x, direction.y, direction.z)
        for i in 0..<all.count {
          let height = a * Float(all[i].x) + b * Float(all[i].y) + c * Float(all[i].z)
          if height > best.height { best = (i, height) }
        }
      }
      chosen.insert(best.index)
    }
    return chosen.sorted().map { map * SIMD3<Double>(all[$0]) }
  }

  /// Directions within 17° of the axes: poses turn skulls by less, mostly.
  private static let outermostDirections: [SIMD3<Float>] = (0..<6).flatMap { side in
    (-2...2).flatMap { u in
      (-2...2).map { v in
        var direction = SIMD3<Float>(repeating: side % 2 == 0 ? 1 : -1)
        direction[(side / 2 + 1) % 3] = 0.15 * Float(u)
        direction[(side / 2 + 2) % 3] = 0.15 * Float(v)
        return direction
      }
    }
  }
}

extension Mask {
  /// The same voxels on another grid, index (0, 0, 0) of which is index `first` of this one.
  fileprivate func moved(by first: SIMD3<Int>, onto target: Geometry) -> Mask {
    let (from, to) = (sizes, target.sizes)
    let (start, end) = (max(0, -first.x), min(to.x, from.x - first.x))
    return Mask(on: target) { out in
      withBytes { bytes in
        guard start < end else { return }
        for z in 0..<to.z {
          for y in 0..<to.y {
            let (sy, sz) = (y + first.y, z + first.z)
            guard sy >= 0, sy < from.y, sz >= 0, sz < from.z else { continue }
            let row = from.x * (sy + from.y * sz) + first.x
            for x in start..<end { out[to.x * (y + to.y * z) + x] = bytes[row + x] }
          }
        }
      }
    }
  }

  /// The distance of every cell centre to the surface between bone and no bone, negative in bone.
  ///
  /// Distances go to cell centres; the surface lies half a cell before.
  func signedDistances(threads: Int) -> Volume<Float> {
    let half = Float(geometry.spacing.min() / 2)
    var signed = distances(threads: threads)
    let inside = inverted(threads: threads).distances(threads: threads)
    signed.withMutableVoxels { signed in
      inside.withVoxels { inside in
        for i in 0..<signed.count {
          signed[i] = inside[i] > 0 ? half - inside[i] : signed[i] - half
        }
      }
    }
    return signed
  }
}
