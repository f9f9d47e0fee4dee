import Volumes

/// Where the halves of a mould meet: through the rim of the part, evened out to the sides of the block.
struct PartingSurface {
  /// Of each column of the block, in mm along the way from the first cells on.
  let heights: [Float]

  /// Over how many mm the heights of the rim are averaged.
  private static let reach: Float = 3
  /// Rounds of evening out.
  private static let rounds = 600
  /// By how much each goes further than the mean of the neighbours.
  private static let overshoot: Float = 0.93

  /// Each height of the rim as the mean of those near it: steps of cells in it would be teeth of the mould.
  private static func evened(_ rim: [Float?], columns: Int, reach: Int) -> [Float?] {
    var evened = rim
    for i in rim.indices where rim[i] != nil {
      var (sum, count): (Float, Float) = (0, 0)
      for y in -reach...reach {
        for x in -reach...reach {
          let n = i + x + columns * y
          guard rim.indices.contains(n), let height = rim[n] else { continue }
          (sum, count) = (sum + height, count + 1)
        }
      }
      evened[i] = sum / count
    }
    return evened
  }

  /// *Source*: Laplace's equation, by successive over-relaxation (Young 1950); the rim stays, the sides are free.
  init(of block: MouldBlock) {
    let (sizes, plane) = (block.field.sizes, block.columns)
    let side = Float(block.field.geometry.spacing.x)
    var rim = [Float?](repeating: nil, count: plane)
    block.field.withVoxels { values in
      for y in 1..<sizes.y - 1 {
        for x in 1..<sizes.x - 1 {
          let column = x + sizes.x * y
          let around = [column - 1, column + 1, column - sizes.x, column + sizes.x]
          guard block.outline[column] < 0, around.contains(where: { block.outline[$0] >= 0 })
          else { continue }
          // Above its sides: they all lie in the inner half.
          let inside = (0..<sizes.z).last { values[column + plane * $0] < 0 }
          rim[column] = inside.map { Float($0) * side }
        }
      }
    }
    rim = Self.evened(rim, columns: sizes.x, reach: Int(Self.reach / side))
    let known = rim.compactMap { $0 }
    let mean = known.reduce(0, +) / Float(max(1, known.count))
    var heights = rim.map { $0 ?? mean }
    for _ in 0..<Self.rounds {
      for y in 0..<sizes.y {
        for x in 0..<sizes.x {
          let column = x + sizes.x * y
          guard rim[column] == nil else { continue }
          let left = heights[x > 0 ? column - 1 : column + 1]
          let right = heights[x < sizes.x - 1 ? column + 1 : column - 1]
          let below = heights[y > 0 ? column - sizes.x : column + sizes.x]
          let above = heights[y < sizes.y - 1 ? column + sizes.x : column - sizes.x]
          let own = heights[column]
          heights[column] = own + (1 + Self.overshoot) * ((left + right + below + above) / 4 - own)
        }
      }
    }
    self.heights = heights
  }
}
