import Volumes
import VoxelOps

/// Where the head of a CT lies, in cells of about 4 mm: its tissues without tables, headrests and frames.
///
/// A head is solid, its soft tissues included: a ball of 12 mm fits into all of it but ears, nose and chin, which stick out
/// by up to 20 mm. A frame and its screws are thinner than that. A table may be thicker; it has the same cross-section in
/// every slice.
struct HeadCells {
  /// How far from the head.
  enum Distance { case near, far }

  /// Cells of the head, and 5 and 25 mm around.
  private let near: Mask
  private let far: Mask
  private let step: SIMD3<Int>
  /// The axis along the body, and the columns of voxels along it that are table, by the other two axes.
  private let axis: Int
  private var table: [Bool] = []

  private static let side = 4.0
  private static let ball = 12.0
  private static let margins = (near: 5.0, far: 25.0)
  /// HU of skin and fat and of all that is denser.
  private static let tissue = -300.0
  /// The least core of a head, in mm³: of what a ball fits into, the places of its middle.
  private static let leastCore = 200_000.0
  /// The shortest scan in mm in which a table can be told from bone, and the least cross-section of one in mm².
  private static let leastLength = 100.0
  private static let leastTable = 2000.0

  /// Nil where the scan has no solid head: only bone, or another body part.
  ///
  /// - Complexity: reads a voxel a cell; where there is a table, a voxel of the bone a column and cell.
  init?(of volume: AnyVolume, bone: Mask, threads: Int) {
    let (sizes, spacing) = (volume.sizes, volume.geometry.spacing)
    var step = SIMD3(1, 1, 1)
    for axis in 0..<3 { step[axis] = max(1, Int((Self.side / spacing[axis]).rounded())) }
    self.step = step
    let along = volume.geometry.directions
    let heights = [along.columns.0, along.columns.1, along.columns.2].map { abs($0.z) / $0.length }
    let axis = heights.indices.max { heights[$0] < heights[$1] }!
    self.axis = axis

    var coarse = Geometry(
      sizes: GridSize(
        (sizes.x + step.x - 1) / step.x, (sizes.y + step.y - 1) / step.y,
        (sizes.z + step.z - 1) / step.z),
      spacing: spacing * SIMD3<Double>(step))
    coarse.origin = .zero
    var solid = Self.sampled(volume, coarse, step)
    if Double(sizes[axis]) * spacing[axis] >= Self.leastLength {
      let columns = Self.columns(of: bone, along: axis, step, every: step)
      let area =
        Double(columns.count { $0 }) * coarse.spacing[(axis + 1) % 3]
        * coarse.spacing[(axis + 2) % 3]
      if area >= Self.leastTable {
        table = Self.columns(of: bone, along: axis, step, every: SIMD3(1, 1, 1))
        let across = coarse.sizes[(axis + 1) % 3]
        solid.withMutableBytes { bytes in
          Self.forEachCell(coarse.sizes) { place, cell in
            if columns[place[(axis + 1) % 3] + across * place[(axis + 2) % 3]] { bytes[cell] = 0 }
          }
        }
      }
    }
    // Not eroded, since the head does not end where the scan does.
    guard
      let core = try? solid.removing(
        within: Self.ball, of: solid.inverted(threads: threads), threads: threads
      ).largestComponent(connectivity: .faces6, threads: threads),
      Double(core.voxelCount) * coarse.voxelVolume >= Self.leastCore
    else { return nil }
    near = core.dilated(byBall: Self.ball + Self.margins.near, threads: threads)
    far = core.dilated(byBall: Self.ball + Self.margins.far, threads: threads)
  }

  /// Whether a voxel lies further from the head than a distance, or in a table.
  private func isBeyond(_ distance: Distance, _ x: Int, _ y: Int, _ z: Int, _ sizes: GridSize)
    -> Bool
  {
    let cells = distance == .near ? near : far
    if !cells[x / step.x, y / step.y, z / step.z] { return true }
    guard !table.isEmpty else { return false }
    let place = SIMD3(x, y, z)
    return table[place[(axis + 1) % 3] + sizes[(axis + 1) % 3] * place[(axis + 2) % 3]]
  }

  /// About how many mm³ of a mask lie far from the head.
  ///
  /// - Complexity: reads a voxel a cell.
  func farVolume(of mask: Mask) -> Double {
    var count = 0
    mask.withBytes { bytes in
      Self.forEachCell(far.sizes) { place, _ in
        let (x, y, z) = Self.middle(place, step, mask.sizes)
        if bytes[mask.sizes.offset(x, y, z)] != 0, isBeyond(.far, x, y, z, mask.sizes) {
          count += 1
        }
      }
    }
    return Double(count) * far.geometry.voxelVolume
  }

  /// What of a mask lies further from the head than a distance.
  ///
  /// - Complexity: a pass.
  func part(of mask: Mask, beyond distance: Distance) -> Mask {
    var part = mask
    part.withMutableBytes { bytes in
      var at = 0
      for z in 0..<mask.sizes.z {
        for y in 0..<mask.sizes.y {
          for x in 0..<mask.sizes.x {
            if bytes[at] != 0, !isBeyond(distance, x, y, z, mask.sizes) { bytes[at] = 0 }
            at += 1
          }
        }
      }
    }
    return part
  }

  private static func forEachCell(_ sizes: GridSize, _ body: (SIMD3<Int>, Int) -> Void) {
    var cell = 0
    for z in 0..<sizes.z {
      for y in 0..<sizes.y {
        for x in 0..<sizes.x {
          body(SIMD3(x, y, z), cell)
          cell += 1
        }
      }
    }
  }

  /// The voxel in the middle of a cell; the last ones may be cut.
  private static func middle(_ cell: SIMD3<Int>, _ step: SIMD3<Int>, _ sizes: GridSize)
    -> (Int, Int, Int)
  {
    (
      min(cell.x * step.x + step.x / 2, sizes.x - 1),
      min(cell.y * step.y + step.y / 2, sizes.y - 1),
      min(cell.z * step.z + step.z / 2, sizes.z - 1)
    )
  }

  /// The cells whose middle is tissue.
  private static func sampled(_ volume: AnyVolume, _ coarse: Geometry, _ step: SIMD3<Int>) -> Mask {
    func open<Opened: TypedVolume>(_ volume: Opened) -> Mask {
      let sizes = volume.typed.sizes
      return volume.typed.withVoxels { voxels in
        Mask(on: coarse) { bytes in
          forEachCell(coarse.sizes) { place, cell in
            let (x, y, z) = middle(place, step, sizes)
            bytes[cell] = voxels[sizes.offset(x, y, z)].doubleValue >= tissue ? 1 : 0
          }
        }
      }
    }
    return open(volume.base)
  }

  /// The columns along an axis in which nine of ten cells are bone, by the other two axes, in steps.
  private static func columns(
    of bone: Mask, along axis: Int, _ step: SIMD3<Int>, every: SIMD3<Int>
  ) -> [Bool] {
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
    let sizes = bone.sizes
    let counts = ((sizes[u] + every[u] - 1) / every[u], (sizes[v] + every[v] - 1) / every[v])
    let heights = (sizes[axis] + step[axis] - 1) / step[axis]
    return bone.withBytes { bytes in
      (0..<counts.0 * counts.1).map { column in
        var place = SIMD3(0, 0, 0)
        place[u] = min(column % counts.0 * every[u] + every[u] / 2, sizes[u] - 1)
        place[v] = min(column / counts.0 * every[v] + every[v] / 2, sizes[v] - 1)
        var dense = 0
        for height in 0..<heights {
          place[axis] = min(height * step[axis] + step[axis] / 2, sizes[axis] - 1)
          if bytes[sizes.offset(place.x, place.y, place.z)] != 0 { dense += 1 }
        }
        return 10 * dense >= 9 * heights
      }
    }
  }
}
