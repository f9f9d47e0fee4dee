import Concurrency
internal import Volumes
internal import VoxelOps

/// The complete head that a fit foretells, on any grid in LPS mm.
struct CompleteHead: Sendable {
  private let template: ShapeTemplate
  private let map: Affine
  /// The deformation at nodes: displacement along x, y, z and additional half thickness, in mm.
  private let nodes: [Float]
  private let sizes: GridSize
  private let origin: SIMD3<Double>

  /// Between nodes, in mm: an eighth of the deformation's shortest wave.
  private static let step = 9.0
  /// How far the head can reach beyond the template, in mm.
  private static let margin = 12.0
  /// How much faster distances can change than the way in a deformed template.
  private static let stretch = 1.8

  /// - Complexity: some 9,000 nodes times the points of the deformation.
  init(_ fit: TemplateFit, of template: ShapeTemplate, threads: Int) {
    self.template = template
    map = fit.map
    let cells = template.bone.geometry
    let extent =
      SIMD3(
        Double(cells.sizes.x), Double(cells.sizes.y), Double(cells.sizes.z)) * cells.directions[0].x
    let origin = cells.origin - Self.margin
    let counts = ((extent + 2 * Self.margin) / Self.step).rounded(.up)
    let sizes = GridSize(Int(counts.x) + 1, Int(counts.y) + 1, Int(counts.z) + 1)
    (self.origin, self.sizes) = (origin, sizes)
    nodes = Slabs.map(sizes.count, threads: threads) { slab in
      slab.flatMap { n -> [Float] in
        let (row, x) = n.quotientAndRemainder(dividingBy: sizes.x)
        let index = SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
        let (u, t) = fit.deformation(origin + Self.step * index)
        return [Float(u.x), Float(u.y), Float(u.z), Float(t)]
      }
    }.flatMap { $0 }
  }

  /// Corners of the box that holds the head, in LPS mm.
  var corners: [SIMD3<Double>] {
    guard let back = map.inverse else { return [] }
    let extent = SIMD3(Double(sizes.x - 1), Double(sizes.y - 1), Double(sizes.z - 1)) * Self.step
    return (0..<8).map { corner in
      let part = SIMD3(
        Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2))
      return back * (origin + part * extent)
    }
  }

  /// Where a grid's centres lie in the bone of the complete head, or less than `margin` mm from it.
  func bone(on grid: Geometry, margin: Double = 0, threads: Int) -> Mask {
    let toTemplate = map * grid.lpsFromIndex
    let step = toTemplate.linear[0]
    let perVoxel = 1 / (Self.stretch * max(1e-9, step.length))
    let sizes = grid.sizes
    let level = Float(margin)
    return Mask(on: grid) { out in
      let cells = Cells(base: out.baseAddress!)
      nodes.withUnsafeBufferPointer { nodes in
        template.withSampler { distance in
          let field = NodeField(nodes.baseAddress!, self.sizes, origin: origin, step: Self.step)
          // Planes cost what the head has in them: rows are dealt out one plane after another.
          Parallel.forEach(sizes.z, threads: threads) { _, z in
            for y in 0..<sizes.y {
              let start = toTemplate * SIMD3(0, Double(y), Double(z))
              let row = cells.base + sizes.x * (y + sizes.y * z)
              var x = 0
              while x < sizes.x {
                let t = Double(x)
                let (px, py, pz) = (
                  start.x + t * step.x, start.y + t * step.y, start.z + t * step.z
                )
                let u = field(px, py, pz)
                let value =
                  distance(px + Double(u.x), py + Double(u.y), pz + Double(u.z)) - u.w - level
                // As far as the surface is away, the next voxels are what this one is.
                let same = min(sizes.x - x, 1 + Int(max(0, Double(abs(value)) - 0.5) * perVoxel))
                if value < 0 { (row + x).update(repeating: 1, count: same) }
                x += same
              }
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the distance in mm of a point, given by x, y, z in LPS mm, from the head's surface:
  /// negative in bone.
  func withDistance<Result>(
    _ body: (@Sendable (Double, Double, Double) -> Double) -> Result
  ) -> Result {
    nodes.withUnsafeBufferPointer { nodes in
      template.withSampler { distance in
        let field = NodeField(nodes.baseAddress!, sizes, origin: origin, step: Self.step)
        let map = map
        return body { x, y, z in
          let p = map * SIMD3(x, y, z)
          let u = field(p.x, p.y, p.z)
          return Double(
            distance(p.x + Double(u.x), p.y + Double(u.y), p.z + Double(u.z)) - u.w)
        }
      }
    }
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each plane is written by one call.
    let base: UnsafeMutablePointer<UInt8>
  }
}

/// Reads four floats between nodes.
private struct NodeField: @unchecked Sendable {
  private let base: UnsafePointer<Float>
  private let up, far: Int
  private let perStep: Double
  private let originX, originY, originZ, lastX, lastY, lastZ: Double

  init(
    _ base: UnsafePointer<Float>, _ sizes: GridSize, origin: SIMD3<Double>, step: Double
  ) {
    self.base = base
    (up, far) = (4 * sizes.x, 4 * sizes.x * sizes.y)
    perStep = 1 / step
    (originX, originY, originZ) = (origin.x, origin.y, origin.z)
    lastX = Double(sizes.x - 1) - 1e-6
    lastY = Double(sizes.y - 1) - 1e-6
    lastZ = Double(sizes.z - 1) - 1e-6
  }

  /// The trilinear value at a point; beyond the nodes it is as on their border.
  @inline(__always)
  func callAsFunction(_ x: Double, _ y: Double, _ z: Double) -> SIMD4<Float> {
    let i = min(max((x - originX) * perStep, 0), lastX)
    let j = min(max((y - originY) * perStep, 0), lastY)
    let k = min(max((z - originZ) * perStep, 0), lastZ)
    let (a, b, c) = (Int(i), Int(j), Int(k))
    let (s, t, u) = (Float(i - Double(a)), Float(j - Double(b)), Float(k - Double(c)))
    let at = base + (4 * a + up * b + far * c)
    var out = SIMD4<Float>()
    for n in 0..<4 {
      let p = at + n
      let near = p[0] + s * (p[4] - p[0])
      let above = p[up] + s * (p[up + 4] - p[up])
      let behind = p[far] + s * (p[far + 4] - p[far])
      let last = p[far + up] + s * (p[far + up + 4] - p[far + up])
      let front = near + t * (above - near)
      out[n] = front + u * (behind + t * (last - behind) - front)
    }
    return out
  }
}
