import Concurrency
import Synchronization

/// Where a surface passes through itself.
///
/// Decided exactly for the coordinates as they are. Triangles without area are left out.
public struct SelfIntersections: Hashable, Sendable {
  /// Pairs of triangles that meet along a line or in an area, other than at a common side.
  public private(set) var crossings = 0
  /// Pairs of triangles that meet in one point that is no common vertex: a surface that touches itself.
  public private(set) var touches = 0
  /// One of the pairs that cross, by the numbers of their triangles.
  public private(set) var example: SIMD2<Int>?
  /// The pairs that cross, as far as they are few.
  private(set) var pairs: [SIMD2<Int>] = []
  /// Whether all pairs were looked at. So many boxes of triangles may lie in each other that this would
  /// not end; a surface of solids is far from it.
  public private(set) var isComplete = true

  /// Looks for intersections of a mesh whose coordinates are finite.
  ///
  /// - Complexity: O(n log n) expected for n triangles, and never more than 1,000 pairs a triangle; 110
  ///   bytes a triangle. The same result at any thread count.
  public init(of mesh: TriangleMesh, threads: Int = 1) {
    self.init(of: mesh, in: TriangleTree(mesh, threads: threads), threads: threads)
  }

  /// Looks for intersections of a mesh over which there is a tree.
  package init(of mesh: TriangleMesh, in tree: TriangleTree, threads: Int = 1) {
    guard tree.triangles.count > 1 else { return }
    let corners = tree.numbers.map { mesh.triangles[Int($0)] }
    let planes = tree.triangles.map { TrianglePlane($0) }
    let leaves = tree.levels[1]
    let perBlock = 64
    let blocks = (leaves + perBlock - 1) / perBlock
    let most = 10_000_000 + 1000 * tree.triangles.count
    let looked = Atomic(0)
    var found = [BlockResult](repeating: BlockResult(), count: blocks)
    found.withUnsafeMutableBufferPointer { found in
      planes.withUnsafeBufferPointer { planes in
        corners.withUnsafeBufferPointer { corners in
          tree.withWalk { walk in
            let results = found.baseAddress!
            let pairs = TrianglePairs(walk: walk, corners: corners, planes: planes)
            Parallel.forEach(blocks, threads: threads) { _, block in
              var result = BlockResult()
              for leaf in block * perBlock..<min((block + 1) * perBlock, leaves) {
                if looked.load(ordering: .relaxed) > most { break }
                let before = result.looked
                pairs.examine(leaf: leaf, &result)
                looked.add(result.looked - before, ordering: .relaxed)
              }
              results[block] = result
            }
          }
        }
      }
    }
    for result in found {
      crossings += result.crossings
      touches += result.touches
      example = example ?? result.pairs.first
      if pairs.count < Self.mostPairs { pairs += result.pairs }
    }
    isComplete = looked.load(ordering: .relaxed) <= most
    // How far the threads came is open.
    if !isComplete { (crossings, touches, example, pairs) = (0, 0, nil, []) }
  }

  private static let mostPairs = 1000

  fileprivate struct BlockResult {
    var crossings = 0
    var touches = 0
    var looked = 0
    var pairs: [SIMD2<Int>] = []
  }
}

/// The triangles in the order of a tree, while their pairs are looked at.
private struct TrianglePairs {
  let walk: TreeWalk
  let corners: UnsafeBufferPointer<SIMD3<UInt32>>
  let planes: UnsafeBufferPointer<TrianglePlane>

  /// Looks at all pairs whose boxes meet and of which the first is in this leaf, the second in it or a
  /// later one.
  func examine(leaf: Int, _ result: inout SelfIntersections.BlockResult) {
    walk.forEachPair(ofLeaf: leaf) { a, b in
      result.looked += 1
      let shared = SharedCorners(corners[a], corners[b])
      // Nearly all pairs are neighbours that plainly lie on one side of each other.
      if shared.count < 2 {
        let (first, second) = (walk.triangles[a], walk.triangles[b])
        if isOneSided(planes[a], second, but: shared.count == 1 ? shared.inB[0] : -1)
          || isOneSided(planes[b], first, but: shared.count == 1 ? shared.inA[0] : -1)
        {
          return
        }
      }
      guard planes[a].hasArea, planes[b].hasArea else { return }
      switch shared.meeting(walk.triangles[a], walk.triangles[b]) {
      case .none: break
      case .point: result.touches += 1
      case .line:
        result.crossings += 1
        let numbers = SIMD2(Int(walk.numbers[a]), Int(walk.numbers[b]))
        if result.pairs.count < 100 { result.pairs.append(numbers) }
      }
    }
  }

  /// Whether all corners but one, where they share it, are known to lie on one side of a plane.
  @inline(__always)
  private func isOneSided(_ plane: TrianglePlane, _ t: Triangle, but shared: Int) -> Bool {
    var side = 0
    for corner in 0..<3 where corner != shared {
      guard let found = plane.side(of: t[corner]), side == 0 || found == side else { return false }
      side = found
    }
    return true
  }
}

/// The vertices that two triangles share, and in which order their corners have them first.
private struct SharedCorners {
  private(set) var count = 0
  private(set) var inA = SIMD2<Int>(0, 0)
  private(set) var inB = SIMD2<Int>(0, 0)

  @inline(__always)
  init(_ a: SIMD3<UInt32>, _ b: SIMD3<UInt32>) {
    for i in 0..<3 {
      for j in 0..<3 where a[i] == b[j] {
        if count < 2 { (inA[count], inB[count]) = (i, j) }
        count += 1
      }
    }
  }

  @inline(__always)
  func meeting(_ a: Triangle, _ b: Triangle) -> TriangleMeeting {
    switch count {
    case 0: return .of(a, b)
    case 1:
      return TriangleMeeting.beyondCorner(a.turned(to: inA[0]), b.turned(to: inB[0]))
        ? .line : .none
    case 2:
      let (apexA, apexB) = (3 - inA[0] - inA[1], 3 - inB[0] - inB[1])
      let first = Triangle(a: a[inA[0]], b: a[inA[1]], c: a[apexA])
      let second = Triangle(a: b[inB[0]], b: b[inB[1]], c: b[apexB])
      return TriangleMeeting.beyondSide(first, second) ? .line : .none
    // The same triangle twice, which is counted elsewhere.
    default: return .none
    }
  }
}

extension Triangle {
  /// The triangle that begins at one of its corners.
  @inline(__always)
  fileprivate func turned(to corner: Int) -> Triangle {
    corner == 0 ? self : corner == 1 ? Triangle(a: b, b: c, c: a) : Triangle(a: c, b: a, c: b)
  }
}

extension TreeWalk {
  /// Calls `body` with the places of every two triangles whose boxes meet, of which the first is in this
  /// leaf and the second in it or a later one.
  @inline(__always)
  fileprivate func forEachPair(ofLeaf leaf: Int, _ body: (Int, Int) -> Void) {
    let own = places(ofLeaf: Int32(leaf))
    let around = boxes[leaf]
    withUnsafeTemporaryAllocation(of: Node.self, capacity: Self.depth) { waiting in
      var count = 1
      waiting[0] = top
      while count > 0 {
        count -= 1
        let node = waiting[count]
        // Leaves before this one have met it already.
        guard (Int(node.index) + 1) << Int(node.level) > leaf, box(node).meets(around) else {
          continue
        }
        if node.level > 0 {
          let (first, second) = below(node)
          if let second {
            waiting[count] = second
            count += 1
          }
          waiting[count] = first
          count += 1
          continue
        }
        for b in places(ofLeaf: node.index) {
          let other = TriangleTree.Box(triangles[b])
          guard other.meets(around) else { continue }
          for a in own where a < b {
            if TriangleTree.Box(triangles[a]).meets(other) { body(a, b) }
          }
        }
      }
    }
  }
}
