/// A ``TriangleTree`` while it is walked: its arrays as they lie in memory, for as long as
/// ``TriangleTree/withWalk(_:)`` runs.
package struct TreeWalk {
  /// A node that is still to be looked into.
  typealias Node = (level: Int32, index: Int32)

  let numbers: UnsafeBufferPointer<UInt32>
  let triangles: UnsafeBufferPointer<Triangle>
  let boxes: UnsafeBufferPointer<TriangleTree.Box>
  let levels: UnsafeBufferPointer<Int>

  /// How many nodes may wait: two for each level, of which there are at most 31.
  static let depth = 64

  var isEmpty: Bool { triangles.isEmpty }
  var top: Node { (Int32(levels.count - 2), 0) }

  @inline(__always)
  func box(_ node: Node) -> TriangleTree.Box { boxes[levels[Int(node.level)] + Int(node.index)] }

  /// The two nodes below one; the second is nil where there is only one.
  @inline(__always)
  func below(_ node: Node) -> (Node, Node?) {
    let (level, first) = (node.level - 1, node.index * 2)
    let hasSecond = levels[Int(level)] + Int(first) + 1 < levels[Int(node.level)]
    return ((level, first), hasSecond ? (level, first + 1) : nil)
  }

  /// The places of the triangles of a leaf.
  @inline(__always)
  func places(ofLeaf leaf: Int32) -> Range<Int> {
    let first = Int(leaf) * TriangleTree.leafSize
    return first..<min(first + TriangleTree.leafSize, triangles.count)
  }
}
