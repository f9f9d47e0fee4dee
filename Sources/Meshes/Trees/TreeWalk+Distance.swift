import Volumes

extension TreeWalk {
  /// The distance of a point to the surface, in mm; nil where it is more than `limit`.
  ///
  /// - Complexity: O(log n) expected for points near the surface.
  package func distance(to point: SIMD3<Float>, atMost limit: Float) -> Float? {
    var place = -1
    return distance(to: point, atMost: limit, near: &place)
  }

  /// As ``distance(to:atMost:)``, for many points one beside the other: where the nearest triangle of the last one is
  /// tried first, the rest of the tree is cut off early.
  ///
  /// - Parameter place: of the triangle that was nearest to the last point; -1 for the first one.
  package func distance(to point: SIMD3<Float>, atMost limit: Float, near place: inout Int)
    -> Float?
  {
    guard !isEmpty else { return nil }
    var best = Double(limit) * Double(limit)
    var isFound = false
    let exact = SIMD3<Double>(point)
    if place >= 0 {
      let squared = Self.squaredDistance(of: exact, to: triangles[place])
      if squared <= best { (best, isFound) = (squared, true) }
    }
    @inline(__always) func gap(_ node: Node) -> Double {
      let box = box(node)
      let outside = greater(greater(box.low - point, point - box.high), .zero)
      // Less by what rounding adds.
      return Double((outside * outside).sum()) * 0.9999
    }
    withUnsafeTemporaryAllocation(of: (Node, Double).self, capacity: Self.depth) { waiting in
      var count = 1
      waiting[0] = (top, 0)
      while count > 0 {
        count -= 1
        let (node, least) = waiting[count]
        guard least <= best else { continue }
        if node.level == 0 {
          for candidate in places(ofLeaf: node.index) {
            let squared = Self.squaredDistance(of: exact, to: triangles[candidate])
            if squared <= best { (best, isFound, place) = (squared, true, candidate) }
          }
          continue
        }
        let (first, second) = below(node)
        let near = gap(first)
        guard let second else {
          waiting[count] = (first, near)
          count += 1
          continue
        }
        let far = gap(second)
        // The nearer one is looked into first.
        (waiting[count], waiting[count + 1]) =
          near <= far ? ((second, far), (first, near)) : ((first, near), (second, far))
        count += 2
      }
    }
    return isFound ? Float(best.squareRoot()) : nil
  }

  /// The squared distance of a point to a triangle.
  ///
  /// *Source*: the regions of Ericson, Real-Time Collision Detection, 2005, section 5.1.5.
  static func squaredDistance(of p: SIMD3<Double>, to t: Triangle) -> Double {
    let (a, b, c) = (SIMD3<Double>(t.a), SIMD3<Double>(t.b), SIMD3<Double>(t.c))
    let (ab, ac, ap) = (b - a, c - a, p - a)
    let (d1, d2) = (ab.dot(ap), ac.dot(ap))
    if d1 <= 0, d2 <= 0 { return ap.dot(ap) }
    let bp = p - b
    let (d3, d4) = (ab.dot(bp), ac.dot(bp))
    if d3 >= 0, d4 <= d3 { return bp.dot(bp) }
    let vc = d1 * d4 - d3 * d2
    if vc <= 0, d1 >= 0, d3 <= 0 {
      let rest = ap - ab * (d1 == d3 ? 0 : d1 / (d1 - d3))
      return rest.dot(rest)
    }
    let cp = p - c
    let (d5, d6) = (ab.dot(cp), ac.dot(cp))
    if d6 >= 0, d5 <= d6 { return cp.dot(cp) }
    let vb = d5 * d2 - d1 * d6
    if vb <= 0, d2 >= 0, d6 <= 0 {
      let rest = ap - ac * (d2 == d6 ? 0 : d2 / (d2 - d6))
      return rest.dot(rest)
    }
    let va = d3 * d6 - d5 * d4
    if va <= 0, d4 >= d3, d5 >= d6 {
      let (x, y) = (d4 - d3, d5 - d6)
      let rest = bp - (c - b) * (x + y == 0 ? 0 : x / (x + y))
      return rest.dot(rest)
    }
    let n = ab.cross(ac)
    let square = n.dot(n)
    guard square > 0 else { return min(ap.dot(ap), min(bp.dot(bp), cp.dot(cp))) }
    let height = ap.dot(n)
    return height * height / square
  }
}
