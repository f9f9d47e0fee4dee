import Concurrency
import Volumes

/// A tree of boxes over the triangles of a mesh.
///
/// Triangles are put in the order of a space-filling curve; four in a row are a leaf, and two nodes in a
/// row have one above them. Node i of a level lies over nodes 2i and 2i + 1 of the level below.
///
/// - Complexity: O(n log n) to build; about 110 bytes a triangle.
package struct TriangleTree: Sendable {
  /// A box along the axes.
  struct Box: Sendable {
    var low: SIMD3<Float>
    var high: SIMD3<Float>

    static let empty = Box(
      low: SIMD3(repeating: .infinity), high: SIMD3(repeating: -.infinity))

    @inline(__always)
    func meets(_ other: Box) -> Bool {
      !any((low .> other.high) .| (other.low .> high))
    }

    @inline(__always)
    func joined(_ other: Box) -> Box {
      Box(low: lesser(low, other.low), high: greater(high, other.high))
    }

    init(low: SIMD3<Float>, high: SIMD3<Float>) { (self.low, self.high) = (low, high) }

    @inline(__always)
    init(_ t: Triangle) {
      low = lesser(lesser(t.a, t.b), t.c)
      high = greater(greater(t.a, t.b), t.c)
    }
  }

  static let leafSize = 4

  /// The triangle of the mesh at each place of the tree.
  let numbers: [UInt32]
  /// Its corners.
  let triangles: [Triangle]
  /// Boxes of the leaves, then of each level above them.
  let boxes: [Box]
  /// Where the boxes of a level begin; one number more.
  let levels: [Int]

  /// A tree over the triangles of a mesh whose coordinates are finite.
  package init(_ mesh: TriangleMesh, threads: Int = 1) {
    let count = mesh.triangles.count
    let keys = Self.curve(mesh)
    var numbers = [UInt32](repeating: 0, count: count)
    for (place, key) in keys.enumerated() { numbers[place] = UInt32(truncatingIfNeeded: key) }
    triangles = mesh.vertices.withUnsafeBufferPointer { vertices in
      numbers.map { number in
        let t = mesh.triangles[Int(number)]
        return Triangle(a: vertices[Int(t.x)], b: vertices[Int(t.y)], c: vertices[Int(t.z)])
      }
    }
    var boxes: [Box] = []
    var levels = [0]
    var first = 0
    while first < count {
      let last = min(first + Self.leafSize, count)
      boxes.append(triangles[first..<last].reduce(.empty) { $0.joined(Box($1)) })
      first = last
    }
    levels.append(boxes.count)
    while levels[levels.count - 1] - levels[levels.count - 2] > 1 {
      let (start, end) = (levels[levels.count - 2], levels[levels.count - 1])
      for node in stride(from: start, to: end, by: 2) {
        boxes.append(node + 1 < end ? boxes[node].joined(boxes[node + 1]) : boxes[node])
      }
      levels.append(boxes.count)
    }
    (self.numbers, self.boxes, self.levels) = (numbers, boxes, levels)
  }

  /// Hands the tree to `body` in the form that is walked.
  package func withWalk<Result>(_ body: (TreeWalk) throws -> Result) rethrows -> Result {
    try numbers.withUnsafeBufferPointer { numbers in
      try triangles.withUnsafeBufferPointer { triangles in
        try boxes.withUnsafeBufferPointer { boxes in
          try levels.withUnsafeBufferPointer { levels in
            try body(
              TreeWalk(numbers: numbers, triangles: triangles, boxes: boxes, levels: levels))
          }
        }
      }
    }
  }

  /// The triangles along a Morton curve: in each key the place on the curve above the number.
  private static func curve(_ mesh: TriangleMesh) -> [UInt64] {
    guard let box = mesh.boundingBox else { return [] }
    let extent = SIMD3<Float>(SIMD3<Double>(box.highest) - SIMD3<Double>(box.lowest))
    let scale = 1023 / pointwiseMax(extent, SIMD3(repeating: .leastNormalMagnitude))
    var keys = [UInt64](repeating: 0, count: mesh.triangles.count)
    mesh.vertices.withUnsafeBufferPointer { vertices in
      for (number, t) in mesh.triangles.enumerated() {
        let third: Float = 1 / 3
        let centre =
          vertices[Int(t.x)] * third + vertices[Int(t.y)] * third + vertices[Int(t.z)] * third
        let cell = ((centre - box.lowest) * scale).clamped(
          lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 1023))
        let code = spread(cell.x) | spread(cell.y) << 1 | spread(cell.z) << 2
        keys[number] = code << 32 | UInt64(number)
      }
    }
    keys.sort()
    return keys
  }

  /// The ten bits of a number with two zeros between each.
  @inline(__always)
  private static func spread(_ value: Float) -> UInt64 {
    var x = value >= 0 ? UInt64(value) & 1023 : 0
    x = (x | x << 16) & 0x0300_00ff
    x = (x | x << 8) & 0x0300_f00f
    x = (x | x << 4) & 0x030c_30c3
    return (x | x << 2) & 0x0924_9249
  }
}

/// The lesser of the numbers on each axis, which the standard library compares one by one.
@inline(__always)
func lesser(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
  a.replacing(with: b, where: b .< a)
}

/// The greater of the numbers on each axis.
@inline(__always)
func greater(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
  a.replacing(with: b, where: b .> a)
}
