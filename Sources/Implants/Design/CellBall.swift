import Volumes

/// The cells of a ball around a cell, the nearest first.
struct CellBall {
  struct Cell {
    /// From the middle cell, in memory and along the axes.
    let offset, x, y, z: Int
    /// From the middle cell, in mm.
    let distance: Float
  }
  let cells: [Cell]
  /// Cells from the middle to the furthest along an axis.
  let steps: Int
  private let sizes: GridSize
  private let side: Float
  /// The first cell that is at least n quarters of a side away.
  private let firsts: [Int]

  /// A ball of a radius in mm on cubic cells.
  init(radius: Float, on geometry: Geometry) {
    let (sizes, side) = (geometry.sizes, Float(geometry.spacing.x))
    let steps = Int(radius / side)
    var cells: [Cell] = []
    for z in -steps...steps {
      for y in -steps...steps {
        for x in -steps...steps {
          let distance = Float(x * x + y * y + z * z).squareRoot() * side
          guard distance <= radius else { continue }
          cells.append(
            Cell(offset: x + sizes.x * (y + sizes.y * z), x: x, y: y, z: z, distance: distance))
        }
      }
    }
    self.cells = cells.sorted { ($0.distance, $0.offset) < ($1.distance, $1.offset) }
    (self.steps, self.sizes, self.side) = (steps, sizes, side)
    let sorted = self.cells
    var at = 0
    firsts = (0...4 * (steps + 1)).map { n in
      while at < sorted.count, sorted[at].distance < Float(n) * side / 4 { at += 1 }
      return at
    }
  }

  /// Of the cells, the number of one before which all are nearer than so many mm.
  @inline(__always)
  func first(from distance: Float) -> Int {
    firsts[min(firsts.count - 1, max(0, Int(distance / side * 4) - 1))]
  }

  /// Whether the whole ball around a cell lies in the grid.
  @inline(__always)
  func fits(_ x: Int, _ y: Int, _ z: Int) -> Bool {
    x >= steps && y >= steps && z >= steps && x < sizes.x - steps && y < sizes.y - steps
      && z < sizes.z - steps
  }

  /// Whether one of its cells does.
  @inline(__always)
  func contains(_ cell: Cell, around x: Int, _ y: Int, _ z: Int) -> Bool {
    x + cell.x >= 0 && x + cell.x < sizes.x && y + cell.y >= 0 && y + cell.y < sizes.y
      && z + cell.z >= 0 && z + cell.z < sizes.z
  }
}
