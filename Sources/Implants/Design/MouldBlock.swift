import Glibc
import Volumes
import VoxelOps

/// A block around a part, its third axis along the part's way out.
struct MouldBlock {
  /// Signed distances of the part, on the cells of the block.
  let field: Volume<Float>
  /// Of each column of cells, how far it is beside the part's outline in mm, below 0 within it.
  let outline: [Float]
  /// The ends of the block, in cells.
  private let low, high: SIMD3<Double>

  /// Cells around the block, on each side.
  private static let border = 3.0
  /// Between the halves, in mm, and around keys.
  private static let play: Float = 0.1, keyPlay: Float = 0.2

  init(around part: Volume<Float>, way: SIMD3<Double>, wall: Double, threads: Int) {
    let frame = RationalFrame(near: way)
    let axes = frame.unitAxes
    let lpsFromIndex = part.geometry.lpsFromIndex
    var (least, most) = (SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity))
    for point in part.insidePoints(atMost: .max) {
      let p = lpsFromIndex * SIMD3<Double>(point)
      let own = SIMD3(p.dot(axes[0]), p.dot(axes[1]), p.dot(axes[2]))
      least = pointwiseMin(least, own)
      most = pointwiseMax(most, own)
    }
    let margin = SIMD3(wall, wall, wall / 2)
    let extent = most - least + 2 * margin
    let volume = extent.x * extent.y * extent.z
    let corner = least - margin
    // No point of the block is further from the origin, its border included.
    let furthest = corner.length + extent.length + 8 * Self.border
    let (cell, side) = frame.cell(
      ofSide: max(part.geometry.spacing.x, cbrt(volume / Double(PartGrid.most))), upTo: furthest)
    let counts = (extent / side).rounded(.up)
    let border = Int(Self.border)
    let sizes = GridSize(
      Int(counts.x) + 2 * border + 1, Int(counts.y) + 2 * border + 1, Int(counts.z) + 2 * border + 1
    )
    var geometry = Geometry(sizes: sizes, spacing: SIMD3(repeating: side))
    geometry.directions = cell
    geometry.origin = frame.point(axes * (corner - Self.border * side), upTo: furthest)
    // Half-way between cells: triangles of a side that went through their middles would have no area.
    let end = Self.border - 0.5
    (low, high) = (SIMD3(repeating: end), SIMD3(repeating: end) + counts)

    let indexFromLPS = part.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let map = geometry.lpsFromIndex
    field = part.withField { part in
      Volume(on: geometry) { out in
        for k in 0..<sizes.z {
          for j in 0..<sizes.y {
            for i in 0..<sizes.x {
              let p = SIMD3<Float>(indexFromLPS * (map * SIMD3(Double(i), Double(j), Double(k))))
              let value = part.value(p.x, p.y, p.z)
              // Beyond the part's own grid.
              out[sizes.offset(i, j, k)] = part.contains(p.x, p.y, p.z) ? value : max(value, 5)
            }
          }
        }
      }
    }
    outline = Self.outline(of: field, threads: threads)
  }

  private static func outline(of field: Volume<Float>, threads: Int) -> [Float] {
    let sizes = field.sizes
    let plane = sizes.x * sizes.y
    let side = Float(field.geometry.spacing.x)
    var least = [Float](repeating: .infinity, count: plane)
    field.withVoxels { values in
      for i in values.indices { least[i % plane] = min(least[i % plane], values[i]) }
    }
    let flat = Geometry(
      sizes: GridSize(sizes.x, sizes.y, 1), spacing: SIMD3(repeating: Double(side)))
    let distances = Mask(on: flat) { bytes in
      for i in 0..<plane where least[i] < 0 { bytes[i] = 1 }
    }.signedDistances(threads: threads)
    // Near the outline the part's own distances say more than those between columns.
    return distances.withVoxels { distances in
      (0..<plane).map { i in
        let far = distances[i] < 0 ? distances[i] + side / 2 : distances[i] - side / 2
        return abs(far) < side ? least[i] : far
      }
    }
  }

  /// Columns, by their place in a plane.
  var columns: Int { outline.count }

  /// The place of a column in mm.
  private func place(_ column: Int) -> SIMD2<Double> {
    let sizes = field.sizes
    return field.geometry.spacing.x
      * SIMD2(Double(column % sizes.x), Double(column / sizes.x))
  }

  /// The columns of vents: one above the highest place of the part, the others around, within its outline.
  func vents(count: Int, diameter: Double) -> [SIMD2<Double>] {
    let inset = Float(-diameter / 2 - 2)
    let inside = (0..<columns).filter { outline[$0] <= inset }
    guard count > 0, !inside.isEmpty else { return [] }
    let plane = columns
    func top(_ column: Int) -> Int {
      field.withVoxels { values in
        var k = field.sizes.z - 1
        while k > 0, values[column + plane * k] >= 0 { k -= 1 }
        return k
      }
    }
    var vents = [place(inside.max { (top($0), -$0) < (top($1), -$1) }!)]
    let middle = inside.reduce(.zero) { $0 + place($1) } / Double(inside.count)
    for n in 0..<max(0, count - 1) {
      let angle = 2 * Double.pi * Double(n) / Double(count - 1)
      let towards = SIMD2(cos(angle), sin(angle))
      let furthest = inside.max {
        let (a, b) = (place($0) - middle, place($1) - middle)
        // Along the ray, and not far beside it.
        func merit(_ p: SIMD2<Double>) -> Double {
          let along = (p * towards).sum()
          let aside = abs(p.x * towards.y - p.y * towards.x)
          return along - 3 * aside
        }
        return merit(a) < merit(b)
      }!
      let vent = place(furthest)
      let isFar = vents.allSatisfy { other in
        let away = other - vent
        return (away * away).sum() > 4 * diameter * diameter
      }
      if isFar { vents.append(vent) }
    }
    return vents
  }

  /// A key: a cone that stands on the parting surface.
  struct Key {
    let place: SIMD2<Double>
    /// Of its foot, in mm along the way.
    let foot: Float
    let radius, height: Float

    /// Signed distance at a place, `above` mm along the way.
    func distance(_ p: SIMD2<Double>, _ above: Float) -> Float {
      let away = p - place
      let across = Float((away * away).sum().squareRoot())
      let up = above - foot
      // Sides of 20°, and a foot in the half that it belongs to.
      return max((across - radius + 0.364 * up) * 0.94, max(up - height, -height - up))
    }
  }

  /// Keys at three corners of the block, so that the halves go together in one way only.
  func keys(on parting: PartingSurface, wall: Double) -> [Key] {
    let side = field.geometry.spacing.x
    let radius = wall / 3
    let inset = wall / 2
    return [(0, 0), (1, 0), (0, 1)].map { corner in
      let place = SIMD2(
        corner.0 == 0 ? low.x * side + inset : high.x * side - inset,
        corner.1 == 0 ? low.y * side + inset : high.y * side - inset)
      let column = Int(place.x / side) + field.sizes.x * Int(place.y / side)
      return Key(
        place: place, foot: parting.heights[column], radius: Float(radius), height: Float(radius))
    }
  }

  /// The half below: what is under the part, and beside it under the parting surface.
  func inner(to parting: PartingSurface, keys: [Key], draft: Double) -> Volume<Float> {
    let (sine, cosine) = (Float(sin(draft * .pi / 180)), Float(cos(draft * .pi / 180)))
    return half { column, place, cells in
      var swept = Float.infinity
      let (rim, outline) = (parting.heights[column], outline[column])
      for (k, own) in cells.enumerated() {
        let up = Float(k) * Float(field.geometry.spacing.x)
        // Below the rim the part's sides lean inward.
        let leaning = up < rim ? outline * cosine + (rim - up) * sine : -.infinity
        swept = min(swept, max(own, leaning))
        var value = max(min(outline, up - rim + Self.play / 2), -swept)
        for key in keys { value = min(value, key.distance(place, up)) }
        cells[k] = value
      }
    }
  }

  /// The half above.
  func outer(
    from parting: PartingSurface, keys: [Key], vents: [SIMD2<Double>], diameter: Double
  ) -> Volume<Float> {
    half { column, place, cells in
      var swept = Float.infinity
      let (rim, outline) = (parting.heights[column], outline[column])
      let vent =
        vents.map { vent in
          Float(((vent - place) * (vent - place)).sum().squareRoot() - diameter / 2)
        }.min() ?? .infinity
      for k in cells.indices.reversed() {
        let up = Float(k) * Float(field.geometry.spacing.x)
        swept = min(swept, cells[k])
        var value = max(min(outline, rim - up + Self.play / 2), max(-swept, -vent))
        for key in keys { value = max(value, Self.keyPlay - key.distance(place, up)) }
        cells[k] = value
      }
    }
  }

  /// The block, each column made by `body` of the part's distances in it.
  private func half(
    _ body: (Int, SIMD2<Double>, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Volume<Float> {
    var made = field
    let (sizes, side) = (field.sizes, Float(field.geometry.spacing.x))
    let (low, high) = (SIMD3<Float>(low), SIMD3<Float>(high))
    made.withMutableVoxels { out in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: sizes.z) { cells in
        for column in 0..<columns {
          for k in 0..<sizes.z { cells.initializeElement(at: k, to: out[column + columns * k]) }
          body(column, place(column), cells)
          for k in 0..<sizes.z {
            let p = SIMD3(Float(column % sizes.x), Float(column / sizes.x), Float(k))
            let beyond = pointwiseMax(low - p, p - high).max() * side
            out[column + columns * k] = max(cells[k], beyond)
          }
        }
      }
    }
    return made
  }

  /// The cells within the outline that neither half fills, vents left out, and those of them that are not of the part.
  func castCells(beyond inner: Volume<Float>) -> (all: Int, filled: Int) {
    var (all, filled) = (0, 0)
    inner.withVoxels { inner in
      field.withVoxels { own in
        for column in 0..<columns where outline[column] < 0 {
          let cells = (0..<field.sizes.z).lazy.map { column + columns * $0 }
          // The outer half ends at the highest place of the part, the inner one at the lowest or above it.
          guard let low = cells.first(where: { own[$0] < 0 }),
            let high = cells.last(where: { own[$0] < 0 })
          else { continue }
          for i in stride(from: low, through: high, by: columns) where inner[i] >= 0 {
            all += 1
            if own[i] >= 0 { filled += 1 }
          }
        }
      }
    }
    return (all, filled)
  }
}
