import Concurrency

/// The cubes of a ``BitGrid`` that the surface crosses, row by row, with the numbers of their vertices in the dual.
struct CrossedRows: Sendable {
  struct Cube {
    var i: Int
    /// Its inside corners.
    var inside: UInt8
    /// The number of its first vertex.
    var firstVertex: UInt32
  }

  let vertexCount: Int
  private let columns: [Int32]
  private let insides: [UInt8]
  private let firstVertices: [UInt32]
  /// Where each row of cubes begins, and one more.
  private let starts: [Int]
  private let rows: Int

  init(of grid: BitGrid, threads: Int) {
    rows = grid.rows
    let cases = DualCases.all
    let layers = Slabs.map(grid.layers - 1, threads: threads) { layers in
      layers.map { k in Self.layer(k, of: grid) }
    }.flatMap { $0 }
    (columns, insides) = (layers.flatMap(\.columns), layers.flatMap(\.insides))
    var starts = [0]
    for layer in layers { for count in layer.counts { starts.append(starts.last! + count) } }
    self.starts = starts
    var number: UInt32 = 0
    firstVertices = insides.map { inside in
      let first = number
      number += UInt32(cases.loops[Int(inside)].count)
      return first
    }
    vertexCount = Int(number)
  }

  private static func layer(_ k: Int, of grid: BitGrid) -> (
    columns: [Int32], insides: [UInt8], counts: [Int]
  ) {
    var (columns, insides, counts): ([Int32], [UInt8], [Int]) = ([], [], [])
    grid.words.withUnsafeBufferPointer { words in
      for j in 0..<grid.rows {
        let before = columns.count
        if j + 1 < grid.rows {
          grid.forEachCrossedCube(words.baseAddress!, j, k) { i, inside in
            columns.append(Int32(i))
            insides.append(UInt8(inside))
          }
        }
        counts.append(columns.count - before)
      }
    }
    return (columns, insides, counts)
  }

  /// Calls `body` with the cubes of row (j, k), in order.
  func forEach(in j: Int, _ k: Int, _ body: (Cube) -> Void) {
    let row = k * rows + j
    for n in starts[row]..<starts[row + 1] {
      body(Cube(i: Int(columns[n]), inside: insides[n], firstVertex: firstVertices[n]))
    }
  }

  /// The cube at a place; nil where the surface does not cross it.
  ///
  /// - Complexity: O(log cubes of its row).
  func cube(at place: SIMD3<Int>) -> Cube? {
    let row = place.z * rows + place.y
    var (low, high) = (starts[row], starts[row + 1])
    let i = Int32(place.x)
    while low < high {
      let middle = (low + high) / 2
      if columns[middle] < i { low = middle + 1 } else { high = middle }
    }
    guard low < starts[row + 1], columns[low] == i else { return nil }
    return Cube(i: place.x, inside: insides[low], firstVertex: firstVertices[low])
  }
}
