/// For each index along a target axis the voxels of the source that make up its value, with weights.
struct AxisTaps {
  /// The first source index of each target index.
  private(set) var first: [Int] = []
  /// The weights of target index i are `weights[starts[i] ..< starts[i + 1]]`.
  private(set) var starts: [Int] = [0]
  private(set) var weights: [Double] = []
  /// The part of each target voxel that lies in the source: the sum of its weights.
  private(set) var coverage: [Double] = []

  /// - Parameters:
  ///   - axis: how the target axis runs along the source axis.
  ///   - count: target voxels along it.
  ///   - limit: source voxels along it.
  init(_ axis: AxisMap, count: Int, limit: Int, by interpolation: Interpolation) {
    for i in 0..<count {
      switch interpolation {
      case .area: addBox(axis.position(i), abs(axis.step), limit)
      case .cubic: addSpline(axis.position(i), limit)
      case .nearest, .linear: addPoint(axis.position(i), limit)
      }
      starts.append(weights.count)
    }
  }

  /// The taps of target index i: source indices and their weights.
  func taps(_ i: Int) -> (first: Int, weights: ArraySlice<Double>) {
    (first[i], weights[starts[i]..<starts[i + 1]])
  }

  private mutating func addPoint(_ position: Double, _ limit: Int) {
    // Inside as for the nearest voxel: from the lower face up to and without the upper.
    let shifted = position + (0.5 + GridMap.tolerance)
    guard shifted >= 0, shifted < Double(limit) else { return addOutside() }
    let clamped = min(max(position, 0), Double(limit - 1))
    let index = Int((clamped + GridMap.tolerance).rounded(.down))
    let rest = clamped - Double(index)
    first.append(index)
    // One tap where the point is a centre: exact, and a neighbour that is no number does no harm.
    weights += rest <= GridMap.tolerance ? [1] : [1 - rest, rest]
    coverage.append(1)
  }

  private mutating func addSpline(_ position: Double, _ limit: Int) {
    let shifted = position + (0.5 + GridMap.tolerance)
    guard shifted >= 0, shifted < Double(limit) else { return addOutside() }
    let (start, four) = SplineWeights.at(position)
    let places = (0..<4).map { SplineWeights.mirrored(start + $0, limit) }
    let lower = places.min()!
    var shares = [Double](repeating: 0, count: places.max()! - lower + 1)
    for (place, weight) in zip(places, [four[0], four[1], four[2], four[3]]) {
      shares[place - lower] += weight
    }
    first.append(lower)
    weights += shares
    coverage.append(1)
  }

  private mutating func addBox(_ position: Double, _ length: Double, _ limit: Int) {
    // In coordinates where voxel i reaches from i to i + 1.
    let (from, to) = (position + 0.5 - length / 2, position + 0.5 + length / 2)
    let sliver = GridMap.tolerance * min(1, length)
    guard to > sliver, from < Double(limit) - sliver else { return addOutside() }
    let lower = max(0, Int((max(from, 0) + sliver).rounded(.down)))
    let upper = min(limit, Int((min(to, Double(limit)) - sliver).rounded(.up)))
    guard lower < upper else { return addOutside() }
    var shares = (lower..<upper).map {
      (min(to, Double($0 + 1)) - max(from, Double($0))) / length
    }
    var sum = shares.reduce(0, +)
    if abs(sum - 1) < 2 * GridMap.tolerance {
      // Wholly inside: weights of 1 in all, so that a constant stays constant.
      for i in shares.indices { shares[i] /= sum }
      sum = 1
    }
    first.append(lower)
    weights += shares
    coverage.append(sum)
  }

  private mutating func addOutside() {
    first.append(0)
    coverage.append(0)
  }
}
