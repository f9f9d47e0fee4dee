/// A canonical Huffman code as deflate has it (RFC 1951, section 3.2.2).
struct HuffmanCode {
  /// Bits of each symbol's code; 0 for symbols that do not occur.
  private(set) var lengths: [UInt8]
  /// Each symbol's code, first bit lowest.
  private(set) var codes: [UInt16]

  /// The code for symbols that occur so often, none longer than `limit` bits.
  ///
  /// At least two symbols get a code, for not every decoder takes an incomplete one.
  ///
  /// *Source*: D. A. Huffman (1952), merging two sorted queues. Where a code comes out too long, the
  /// counts are halved, which flattens the tree: rare, and a loss of next to nothing.
  init(counts: [Int], limit: Int) {
    var counts = counts
    var missing = 2 - counts.count { $0 > 0 }
    for symbol in counts.indices where missing > 0 && counts[symbol] == 0 {
      counts[symbol] = 1
      missing -= 1
    }
    lengths = Self.lengths(counts)
    while lengths.max()! > limit {
      for symbol in counts.indices where counts[symbol] > 0 {
        counts[symbol] = (counts[symbol] + 1) / 2
      }
      lengths = Self.lengths(counts)
    }
    codes = Self.codes(lengths)
  }

  private static func lengths(_ counts: [Int]) -> [UInt8] {
    // By symbol where counts are equal, so that the code is the same everywhere.
    let symbols = counts.indices.filter { counts[$0] > 0 }.sorted {
      (counts[$0], $0) < (counts[$1], $1)
    }
    let leaves = symbols.count
    // Nodes 0..<leaves are the leaves; the others follow in the order of their making, which is that
    // of their weights too.
    var weights = symbols.map { counts[$0] }
    var parents = [Int](repeating: 0, count: 2 * leaves - 1)
    var (leaf, inner) = (0, leaves)
    func lightest() -> Int {
      if leaf < leaves, inner >= weights.count || weights[leaf] <= weights[inner] {
        leaf += 1
        return leaf - 1
      }
      inner += 1
      return inner - 1
    }
    for node in leaves..<(2 * leaves - 1) {
      let (a, b) = (lightest(), lightest())
      weights.append(weights[a] + weights[b])
      parents[a] = node
      parents[b] = node
    }
    var depths = [UInt8](repeating: 0, count: 2 * leaves - 1)
    for node in (0..<(2 * leaves - 2)).reversed() { depths[node] = depths[parents[node]] + 1 }
    var lengths = [UInt8](repeating: 0, count: counts.count)
    for (node, symbol) in symbols.enumerated() { lengths[symbol] = depths[node] }
    return lengths
  }

  private static func codes(_ lengths: [UInt8]) -> [UInt16] {
    var next = [UInt16](repeating: 0, count: 17)
    for length in lengths where length > 0 { next[Int(length) + 1] += 1 }
    for length in 1..<17 { next[length] = (next[length] &+ next[length - 1]) << 1 }
    return lengths.map { length in
      guard length > 0 else { return 0 }
      defer { next[Int(length)] += 1 }
      return reversed(next[Int(length)], length)
    }
  }

  private static func reversed(_ code: UInt16, _ length: UInt8) -> UInt16 {
    var (code, result) = (code, UInt16(0))
    for _ in 0..<length {
      result = result << 1 | code & 1
      code >>= 1
    }
    return result
  }
}
