/// Numbers points so that equal ones have the same number.
///
/// An open table with a key of its own in each process, so that no file can be made to fill one place
/// of it. The numbers do not depend on the key: points are numbered as they come.
package struct VertexWelder {
  /// The different points, by their numbers.
  package private(set) var points: [SIMD3<Float>] = []
  private var table: [UInt32]
  private var mask: Int
  private static let key = UInt64.random(in: .min ... .max) | 1

  /// A table with room for some points; it grows with them.
  package init(expecting count: Int = 0) {
    var size = 64
    while size < count * 2 { size *= 2 }
    table = [UInt32](repeating: .max, count: size)
    mask = size - 1
    points.reserveCapacity(count)
  }

  /// The number of a point; −0 and 0 are one coordinate.
  ///
  /// - Precondition: fewer than 2³² − 1 points.
  package mutating func number(of point: SIMD3<Float>) -> UInt32 {
    let point = point + SIMD3<Float>()
    var place = Self.hash(point) & mask
    while table[place] != .max {
      if points[Int(table[place])] == point { return table[place] }
      place = (place + 1) & mask
    }
    precondition(points.count < Int(UInt32.max), "more points than a number can name")
    let number = UInt32(points.count)
    table[place] = number
    points.append(point)
    if points.count * 2 > table.count { grow() }
    return number
  }

  private mutating func grow() {
    table = [UInt32](repeating: .max, count: table.count * 2)
    mask = table.count - 1
    for (number, point) in points.enumerated() {
      var place = Self.hash(point) & mask
      while table[place] != .max { place = (place + 1) & mask }
      table[place] = UInt32(number)
    }
  }

  @inline(__always)
  private static func hash(_ point: SIMD3<Float>) -> Int {
    var h = key
    for axis in 0..<3 {
      h = (h ^ UInt64(point[axis].bitPattern)) &* 0x9e37_79b9_7f4a_7c15
      h ^= h >> 29 ^ key
    }
    return Int(truncatingIfNeeded: h ^ h >> 32)
  }
}

extension TriangleMesh {
  /// The mesh with vertices at one place made one vertex; triangles stay, also those that thereby name a
  /// vertex twice.
  ///
  /// - Complexity: O(vertices) expected.
  public var welded: TriangleMesh {
    var welder = VertexWelder(expecting: vertices.count)
    let numbers = vertices.map { welder.number(of: $0) }
    guard welder.points.count < vertices.count else { return self }
    return TriangleMesh(
      checkedVertices: welder.points,
      triangles: triangles.map { t in
        SIMD3(numbers[Int(t.x)], numbers[Int(t.y)], numbers[Int(t.z)])
      })
  }
}
