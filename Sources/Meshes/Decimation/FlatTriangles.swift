import Volumes

/// What goes wrong where triangles are reduced in flat places, and how it is mended.
///
/// - Folds are two triangles on the same corners, back to back: both go, but where nothing else is at their edges, as of a
///   shell that has become flat.
/// - Caps have all corners nearly on one line. The longest edge of one is turned, so that it and its neighbour become two
///   triangles with an area; the surface moves by no more than the cap was high.
enum FlatTriangles {
  /// The triangles without folds, and without caps as far as their neighbours allow.
  ///
  /// - Parameters:
  ///   - most: the height in mm up to which a triangle is a cap.
  ///   - place: of a vertex.
  /// - Complexity: O(n).
  static func mended(
    _ triangles: [SIMD3<UInt32>], upTo most: Double = .infinity,
    place: @escaping (UInt32) -> SIMD3<Double>
  ) -> [SIMD3<UInt32>] {
    let triangles = withoutFolds(triangles)
    let caps = Caps(most: most, place: place)
    return triangles.contains(where: caps.contains) ? caps.turned(in: triangles) : triangles
  }

  private static func withoutFolds(_ triangles: [SIMD3<UInt32>]) -> [SIMD3<UInt32>] {
    /// The triangle on some corners, the least of them first.
    var first: [SIMD3<UInt32>: Int] = [:]
    var folds: [(Int, Int)] = []
    for (number, t) in triangles.enumerated() {
      let own = leastFirst(t)
      let back = SIMD3(own.x, own.z, own.y)
      if let other = first[back] {
        folds.append((other, number))
        first[back] = nil
      } else {
        first[own] = number
      }
    }
    guard !folds.isEmpty else { return triangles }
    /// How many triangles are at an edge.
    var counts: [UInt64: Int] = [:]
    for t in triangles { for edge in edges(of: t) { counts[edge, default: 0] += 1 } }
    var gone = Set<Int>()
    for (one, other) in folds where edges(of: triangles[one]).contains(where: { counts[$0] != 2 }) {
      gone.formUnion([one, other])
    }
    return triangles.indices.filter { !gone.contains($0) }.map { triangles[$0] }
  }

  private static func leastFirst(_ t: SIMD3<UInt32>) -> SIMD3<UInt32> {
    let least = t.min()
    return t.x == least ? t : t.y == least ? SIMD3(t.y, t.z, t.x) : SIMD3(t.z, t.x, t.y)
  }

  /// Each with its lower vertex first.
  private static func edges(of t: SIMD3<UInt32>) -> [UInt64] {
    [(t.x, t.y), (t.y, t.z), (t.z, t.x)].map { UInt64(min($0, $1)) << 32 | UInt64(max($0, $1)) }
  }
}

/// Triangles with all corners nearly on one line.
private struct Caps {
  /// The largest height in mm.
  let most: Double
  /// Of a vertex.
  let place: (UInt32) -> SIMD3<Double>

  /// A triangle is a cap where its height is below this share of its longest edge.
  private static let flattest = 0.01
  private static let rounds = 8

  /// The triangles with the longest edges of caps turned, as far as neighbours allow.
  func turned(in triangles: [SIMD3<UInt32>]) -> [SIMD3<UInt32>] {
    var triangles = triangles
    /// The triangle at the left of each edge.
    var left: [UInt64: Int] = [:]
    func edge(_ from: UInt32, _ to: UInt32) -> UInt64 { UInt64(from) << 32 | UInt64(to) }
    func enter(_ t: Int) {
      for k in 0..<3 { left[edge(triangles[t][k], triangles[t][(k + 1) % 3])] = t }
    }
    triangles.indices.forEach(enter)
    for _ in 0..<Self.rounds {
      var changes = false
      for t in triangles.indices where contains(triangles[t]) {
        let (a, b, c) = longestLast(triangles[t])
        guard let other = left[edge(a, c)], other != t,
          let d = (0..<3).map({ triangles[other][$0] }).first(where: { $0 != a && $0 != c }),
          d != b, left[edge(b, d)] == nil, left[edge(d, b)] == nil
        else { continue }
        let (one, two) = (SIMD3(b, c, d), SIMD3(d, a, b))
        let normal = cross(triangles[t]) + cross(triangles[other])
        guard min(shape(one), shape(two)) > min(shape(triangles[t]), shape(triangles[other])),
          cross(one).dot(normal) > 0, cross(two).dot(normal) > 0
        else { continue }
        left[edge(a, c)] = nil
        left[edge(c, a)] = nil
        (triangles[t], triangles[other]) = (one, two)
        enter(t)
        enter(other)
        changes = true
      }
      guard changes else { break }
    }
    return triangles
  }

  func contains(_ t: SIMD3<UInt32>) -> Bool {
    let (square, longest) = measure(t)
    return square < Self.flattest * Self.flattest * longest * longest
      && square <= most * most * longest
  }

  /// The height over the longest edge, squared.
  private func shape(_ t: SIMD3<UInt32>) -> Double {
    let (square, longest) = measure(t)
    return longest > 0 ? square / (longest * longest) : 0
  }

  /// The squares of the area times two, which is the height times the longest edge, and of that.
  private func measure(_ t: SIMD3<UInt32>) -> (area: Double, edge: Double) {
    let (a, b, c) = (place(t.x), place(t.y), place(t.z))
    let longest = max(lengthSquared(b - a), max(lengthSquared(c - b), lengthSquared(a - c)))
    return (lengthSquared((b - a).cross(c - a)), longest)
  }

  /// The corners, with the longest edge from the last to the first.
  private func longestLast(_ t: SIMD3<UInt32>) -> (UInt32, UInt32, UInt32) {
    let lengths = (0..<3).map { lengthSquared(place(t[$0]) - place(t[($0 + 1) % 3])) }
    let longest = lengths.indices.max { lengths[$0] < lengths[$1] }!
    return (t[(longest + 1) % 3], t[(longest + 2) % 3], t[longest])
  }

  /// Outward, twice as long as the area.
  private func cross(_ t: SIMD3<UInt32>) -> SIMD3<Double> {
    (place(t.y) - place(t.x)).cross(place(t.z) - place(t.x))
  }

  private func lengthSquared(_ v: SIMD3<Double>) -> Double { v.dot(v) }
}
