import Concurrency
internal import Volumes

/// Turns a head and its scan into voxels on the grid that a network sees.
struct ScanRaster {
  let template: SkullTemplate
  let head: RandomHead
  let scan: RandomScan

  /// Where the sutures of a template run, in mm of its frame: the coronal one at this y at the top, and the lambdoid one.
  private static let (coronal, lambda): (Float, Float) = (-22, 62)

  /// The head as it is, and as the scan shows it, on a grid about the origin of the template's frame.
  ///
  /// - Complexity: one sample of warp and template a voxel near bone, and up to three more of the template.
  func masks(on grid: Geometry, threads: Int) -> (complete: Mask, scan: Mask) {
    let sizes = grid.sizes
    var seen = Mask(emptyOn: grid)
    let complete = Mask(on: grid) { whole in
      let whole = whole.baseAddress!
      seen.withMutableBytes { seen in
        let seen = seen.baseAddress!
        head.warp.nodes.withUnsafeBufferPointer { nodes in
          template.distances.withVoxels { distances in
            template.halfThickness.withVoxels { halves in
              let field = Field(
                warp: NodeSampler(nodes.baseAddress!),
                cells: CellSampler(template.distances.geometry),
                distances: distances.baseAddress!, halves: halves.baseAddress!)
              Slabs.run(sizes.z, threads: threads) { slab in
                for z in slab {
                  for y in 0..<sizes.y {
                    let row = sizes.x * (y + sizes.y * z)
                    fill(row: (y, z), of: grid, from: field, whole + row, seen + row)
                  }
                }
              }
            }
          }
        }
      }
    }
    return (complete, seen)
  }

  private struct Field {
    let warp: NodeSampler
    let cells: CellSampler
    let distances, halves: UnsafePointer<Float>
  }

  private func fill(
    row: (y: Int, z: Int), of grid: Geometry, from field: Field,
    _ whole: UnsafeMutablePointer<UInt8>, _ seen: UnsafeMutablePointer<UInt8>
  ) {
    let map = grid.lpsFromIndex
    let start = SIMD3<Float>(map * SIMD3(0, Double(row.y), Double(row.z)))
    let step = SIMD3<Float>(map.linear[0])
    let toTemplate = head.templateFromHead
    let (a, b, c) = (
      SIMD3<Float>(toTemplate[0]), SIMD3<Float>(toTemplate[1]), SIMD3<Float>(toTemplate[2])
    )
    let size = Float(head.size)
    let normal = SIMD3<Float>(scan.normal)
    let slice = Float(scan.slice)
    // Along the normal, in the template, for each mm.
    let down = a * normal.x + b * normal.y + c * normal.z
    let samples = slice < 1 ? 1 : slice < 2.5 ? 2 : 3
    let reach = head.thicker + 1 + (0.5 * slice + scan.blur) / size
    let stepLength = (a * step.x + b * step.y + c * step.z).length
    let perVoxel = 0.5 / max(stepLength, 1e-6)
    let (perNode, first) = (Float(1 / Warp.spacing), Float(Warp.first))
    var x = 0
    while x < grid.sizes.x {
      defer { x += 1 }
      let p = start + Float(x) * step
      let t = a * p.x + b * p.y + c * p.z
      let u = field.warp.at(
        (t.x - first) * perNode, (t.y - first) * perNode, (t.z - first) * perNode)
      let (qx, qy, qz) = (t.x + u.x, t.y + u.y, t.z + u.z)
      let place = field.cells.place(qx, qy, qz)
      let distance = field.cells.value(field.distances, at: place)
      if distance > reach {
        x += min(grid.sizes.x - 1 - x, Int((distance - reach) * perVoxel))
        continue
      }
      let half = field.cells.value(field.halves, at: place)
      let limit = min(1, 0.45 * half)
      let uneven = min(limit, max(-limit, u.w)) * (head.thinner > 0 ? 0.3 : 1)
      let offset = head.thicker - head.thinner * half + uneven
      if distance < head.thicker - head.thinnerWhole * half + uneven { whole[x] = 1 }
      guard isSeen(p) else { continue }
      // The slice that shows this place, and what it shows: the mean over its thickness.
      let height = (normal * p).sum() / slice + Float(scan.phase)
      let shift = (height.rounded() - height) * slice
      var share: Float = 0
      for k in 0..<samples {
        let way = shift + slice * ((Float(k) + 0.5) / Float(samples) - 0.5)
        let place = field.cells.place(qx + way * down.x, qy + way * down.y, qz + way * down.z)
        let depth = (field.cells.value(field.distances, at: place) - offset) * size
        share += min(1, max(0, 0.5 - depth / scan.blur))
      }
      guard share >= scan.level * Float(samples) else { continue }
      if scan.cells < 1, distance < -1.5, half > 2.5, scan.noise.at(qx, qy, qz) > scan.cells {
        continue
      }
      if scan.suture > 0, isGap(qx, qy, qz) { continue }
      seen[x] = 1
    }
  }

  @inline(__always)
  private func isSeen(_ p: SIMD3<Float>) -> Bool {
    let q = SIMD3<Double>(p)
    let height = (q * scan.normal).sum()
    guard scan.heights.contains(height) else { return false }
    guard scan.view < 500 else { return true }
    return abs((q * scan.across).sum() - scan.middle.x) < scan.view
      && abs((q * scan.along).sum() - scan.middle.y) < scan.view
  }

  /// Whether a place of the template lies in a suture or the fontanelle.
  private func isGap(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    guard z > 5 else { return false }
    let top = Float(template.upper.z)
    let wiggle = 2.5 * scan.noise.at(y, x, z)
    let half = scan.suture / Float(head.size)
    // The coronal suture runs forward on its way down, the lambdoid one back from its middle.
    let front = y - (Self.coronal - 0.15 * (top - z)) + wiggle
    let back = y - (Self.lambda + 0.5 * (top - z) - 0.45 * abs(x)) + wiggle
    if abs(front) < half || (z > 0.3 * top && abs(back) < half) { return true }
    if front > 0, back < 0, abs(x + wiggle) < half { return true }
    let d = SIMD3(x, y - Self.coronal, z - top)
    return scan.fontanelle > 0 && (d * d).sum() < scan.fontanelle * scan.fontanelle
  }
}

extension SIMD3<Float> {
  fileprivate var length: Float { (self * self).sum().squareRoot() }
}
