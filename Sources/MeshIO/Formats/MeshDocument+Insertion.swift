extension MeshNote {
  /// The ways out of the parts that they were designed for.
  private static let insertion = "insertion-lps"

  /// A note of the ways out of parts, in LPS, of length 1, in the order of the parts: `x y z; x y z`.
  public static func insertion(along ways: [SIMD3<Double>]) -> MeshNote {
    MeshNote(
      insertion, ways.map { "\($0.x) \($0.y) \($0.z)" }.joined(separator: "; "))
  }

  /// The ways that the note tells; nil of another note, and where they are no directions.
  fileprivate var ways: [SIMD3<Double>]? {
    guard name == Self.insertion else { return nil }
    var ways: [SIMD3<Double>] = []
    for text in value.split(separator: ";") {
      let numbers = text.split(separator: " ").map { Double($0) ?? .nan }
      guard numbers.count == 3 else { return nil }
      let way = SIMD3(numbers[0], numbers[1], numbers[2])
      // False for what is no number too.
      guard abs((way * way).sum() - 1) < 1e-6 else { return nil }
      ways.append(way)
    }
    return ways
  }
}

extension MeshDocument {
  /// The ways out of the parts that the file tells, in LPS, of length 1; empty where it does not tell one for each part.
  public var insertionWays: [SIMD3<Double>] {
    guard let ways = notes.lazy.compactMap(\.ways).first, ways.count == parts.count else {
      return []
    }
    return ways
  }
}
