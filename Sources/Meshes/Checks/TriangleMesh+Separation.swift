extension TriangleMesh {
  /// The shell of each triangle: what is connected through shared vertices, numbered by first triangles.
  ///
  /// - Complexity: a few passes over the triangles.
  public var shellOfTriangles: [Int] {
    var sets = DisjointSets(count: vertices.count)
    for t in triangles {
      sets.join(Int(t.x), Int(t.y))
      sets.join(Int(t.x), Int(t.z))
    }
    var numbers = [Int](repeating: -1, count: vertices.count)
    var count = 0
    return triangles.map { t in
      let root = sets.root(of: Int(t.x))
      if numbers[root] < 0 {
        numbers[root] = count
        count += 1
      }
      return numbers[root]
    }
  }

  /// The mesh taken apart: a mesh for each number that a triangle bears, from 0 to the highest.
  ///
  /// Triangles keep their order, vertices that of their first use.
  ///
  /// - Complexity: O(vertices + triangles).
  /// - Precondition: as many numbers as triangles, none below 0.
  public func separated(by numbers: [Int]) -> [TriangleMesh] {
    precondition(numbers.count == triangles.count, "a number for each triangle")
    var owned = [[Int]](repeating: [], count: (numbers.max() ?? -1) + 1)
    for (number, owner) in numbers.enumerated() { owned[owner].append(number) }
    // The vertices of one mesh are forgotten before the next.
    var places = [UInt32](repeating: .max, count: vertices.count)
    return owned.map { own in
      var (points, corners): ([SIMD3<Float>], [SIMD3<UInt32>]) = ([], [])
      for number in own {
        let t = triangles[number]
        var moved = t
        for corner in 0..<3 {
          let vertex = Int(t[corner])
          if places[vertex] == .max {
            places[vertex] = UInt32(points.count)
            points.append(vertices[vertex])
          }
          moved[corner] = places[vertex]
        }
        corners.append(moved)
      }
      for number in own {
        for corner in 0..<3 { places[Int(triangles[number][corner])] = .max }
      }
      return TriangleMesh(checkedVertices: points, triangles: corners)
    }
  }
}
