import Volumes

extension TreeWalk {
  /// What a ray meets first.
  struct Hit {
    /// How far along the ray, in lengths of its direction.
    var distance: Double
    /// The number of the triangle in the mesh.
    var triangle: Int
    /// Whether the ray passes it from the inside to the outside.
    var leaves: Bool
  }

  /// The first triangle that a ray meets, other than one.
  ///
  /// - Parameters:
  ///   - direction: in mm.
  ///   - skipped: the number of a triangle that does not count.
  /// - Complexity: O(log n) expected.
  func firstHit(
    from origin: SIMD3<Double>, towards direction: SIMD3<Double>, skipping skipped: Int
  ) -> Hit? {
    guard !isEmpty else { return nil }
    // Never 0, for which planes of a box that the ray lies in would give no number.
    let steep = direction.replacing(with: 1e-20, where: (direction * direction) .< 1e-40)
    let ray = Ray(start: SIMD3<Float>(origin), inverse: SIMD3<Float>(1 / steep))
    var best: Hit?
    var nearest = Float.infinity
    withUnsafeTemporaryAllocation(of: (Node, Float).self, capacity: Self.depth) { waiting in
      var count = 1
      waiting[0] = (top, 0)
      while count > 0 {
        count -= 1
        let (node, entry) = waiting[count]
        guard entry <= nearest else { continue }
        if node.level == 0 {
          for place in places(ofLeaf: node.index) where Int(numbers[place]) != skipped {
            let meeting = Self.meet(origin, direction, triangles[place])
            guard let (t, leaves) = meeting, t < best?.distance ?? .infinity else { continue }
            // Boxes are compared with less precision.
            nearest = Float(t) * 1.00001 + 1e-5
            best = Hit(distance: t, triangle: Int(numbers[place]), leaves: leaves)
          }
          continue
        }
        let (first, second) = below(node)
        let near = ray.entry(into: box(first))
        let far = second.map { ray.entry(into: box($0)) } ?? .infinity
        // The nearer one is looked into first.
        if let second, far < near {
          if near <= nearest {
            waiting[count] = (first, near)
            count += 1
          }
          waiting[count] = (second, far)
          count += 1
        } else {
          if let second, far <= nearest, far < .infinity {
            waiting[count] = (second, far)
            count += 1
          }
          if near <= nearest, near < .infinity {
            waiting[count] = (first, near)
            count += 1
          }
        }
      }
    }
    return best
  }

  private struct Ray {
    var start: SIMD3<Float>
    var inverse: SIMD3<Float>

    /// How far along the ray a box begins; infinity where the ray passes it by.
    @inline(__always)
    func entry(into box: TriangleTree.Box) -> Float {
      let (t0, t1) = ((box.low - start) * inverse, (box.high - start) * inverse)
      let (near, far) = (lesser(t0, t1), greater(t0, t1))
      let enter = max(max(near.x, near.y), max(near.z, 0))
      let leave = min(min(far.x, far.y), far.z)
      // Widened by what rounding takes away.
      return enter <= leave * 1.00001 + 1e-5 ? enter : .infinity
    }
  }

  /// Where a ray meets a triangle. *Source*: Möller and Trumbore 1997.
  @inline(__always)
  private static func meet(
    _ origin: SIMD3<Double>, _ direction: SIMD3<Double>, _ t: Triangle
  ) -> (Double, leaves: Bool)? {
    let a = SIMD3<Double>(t.a)
    let (u, v) = (SIMD3<Double>(t.b) - a, SIMD3<Double>(t.c) - a)
    let p = direction.cross(v)
    let determinant = u.dot(p)
    guard determinant != 0 else { return nil }
    let s = origin - a
    let x = s.dot(p) / determinant
    // Rays along a side must not pass between two triangles.
    let slack = 1e-9
    guard x >= -slack, x <= 1 + slack else { return nil }
    let q = s.cross(u)
    let y = direction.dot(q) / determinant
    guard y >= -slack, x + y <= 1 + slack else { return nil }
    let distance = v.dot(q) / determinant
    return distance > 0 ? (distance, determinant < 0) : nil
  }
}

extension TreeWalk {
  /// Whether a point lies in the solid that a closed surface bounds: whether the first triangle in some
  /// direction is passed outward.
  package func encloses(_ point: SIMD3<Double>) -> Bool {
    // In no direction that the surfaces of masks favour.
    firstHit(from: point, towards: SIMD3(0.5377, 0.3191, 0.7804), skipping: -1)?.leaves ?? false
  }
}
