/// Disjoint sets of `0..<count` with path halving.
struct DisjointSets {
  private var parents: [UInt32]
  private(set) var setCount: Int

  init(count: Int) {
    parents = [UInt32](unsafeUninitializedCapacity: count) { parents, made in
      for i in 0..<count { parents.initializeElement(at: i, to: UInt32(i)) }
      made = count
    }
    setCount = count
  }

  /// The least member of the set that a member is in.
  mutating func root(of member: Int) -> Int {
    parents.withUnsafeMutableBufferPointer { parents in
      var node = member
      while Int(parents[node]) != node {
        parents[node] = parents[Int(parents[node])]
        node = Int(parents[node])
      }
      return node
    }
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (x, y) = (root(of: a), root(of: b))
    guard x != y else { return }
    parents[max(x, y)] = UInt32(min(x, y))
    setCount -= 1
  }
}
