/// The loops of crossed edges in a cube, for each of the 256 sets of inside corners. *Numbering* and face rule: those of
/// ``CubeCases``.
struct DualCases: Sendable {
  let loops: [[[UInt8]]]
  /// Which of its case's loops an edge lies in; 0 for edges that are not crossed.
  let loopOfEdge: [[UInt8]]

  static let all = DualCases()

  private init() {
    loops = (0..<256).map { CubeCases.loops(ofInside: $0) }
    loopOfEdge = loops.map { loops in
      var numbers = [UInt8](repeating: 0, count: 12)
      for (number, loop) in loops.enumerated() {
        for edge in loop { numbers[Int(edge)] = UInt8(number) }
      }
      return numbers
    }
  }

  /// The edge along an axis that lies so far along the two axes after it, 0 or 1 each.
  static func edge(_ axis: Int, b: Int, c: Int) -> Int {
    // Of the axes that are left, the lower one has the lower bit.
    axis == 1 ? 4 + c + 2 * b : 4 * axis + b + 2 * c
  }

  /// The two axes of a face across an axis, the lower one first.
  static func axes(ofFace axis: Int) -> (Int, Int) {
    axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1)
  }

  /// The corners of the near or the far face across an axis, at (0, 0), (1, 0), (0, 1), (1, 1) of its axes.
  private static func corners(_ axis: Int, far: Bool) -> (Int, Int, Int, Int) {
    let (u, v) = axes(ofFace: axis)
    let base = far ? 1 << axis : 0
    return (base, base | 1 << u, base | 1 << v, base | 1 << u | 1 << v)
  }

  /// Whether two outside corners of a cube's near face lie across its diagonal, with inside ones between.
  static func isAmbiguous(_ inside: UInt8, face axis: Int, far: Bool = false) -> Bool {
    let (a, b, c, d) = corners(axis, far: far)
    func bit(_ corner: Int) -> UInt8 { inside >> corner & 1 }
    return bit(a) == bit(d) && bit(b) == bit(c) && bit(a) != bit(b)
  }

  /// The two edges at the outside corner of an ambiguous near face that lies low or high along its second axis.
  static func segment(of inside: UInt8, face axis: Int, high: Int, far: Bool = false) -> (Int, Int)
  {
    let (u, v) = axes(ofFace: axis)
    let first = corners(axis, far: far).0
    let isFirstOutside = inside >> first & 1 == 0
    // The outside corners are (0, 0) and (1, 1), or (1, 0) and (0, 1).
    let along = isFirstOutside ? high : 1 - high
    var place = [0, 0, 0]
    place[axis] = far ? 1 : 0
    (place[u], place[v]) = (along, high)
    func edge(_ direction: Int) -> Int {
      let (b, c) = ((direction + 1) % 3, (direction + 2) % 3)
      return Self.edge(direction, b: place[b], c: place[c])
    }
    return (edge(u), edge(v))
  }

  /// Whether both segments of an ambiguous face lie in one loop of the cube.
  func joinsOnce(_ inside: UInt8, face axis: Int, far: Bool) -> Bool {
    let low = Self.segment(of: inside, face: axis, high: 0, far: far).0
    let high = Self.segment(of: inside, face: axis, high: 1, far: far).0
    return loopOfEdge[Int(inside)][low] == loopOfEdge[Int(inside)][high]
  }
}
