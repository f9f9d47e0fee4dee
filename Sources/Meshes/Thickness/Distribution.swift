/// Numbers in order, for their quantiles.
public struct Distribution: Hashable, Sendable {
  /// The numbers, the smallest first.
  public let sorted: [Double]

  public init(_ numbers: [Double]) { sorted = numbers.sorted() }

  public var count: Int { sorted.count }
  /// The smallest; nil without numbers.
  public var least: Double? { sorted.first }
  /// The largest; nil without numbers.
  public var most: Double? { sorted.last }
  /// Their mean; nil without numbers.
  public var mean: Double? {
    sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
  }

  /// The number that a share of all does not exceed; nil without numbers.
  public func quantile(_ share: Double) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let place = Int((share * Double(sorted.count - 1)).rounded(.down))
    return sorted[max(0, min(sorted.count - 1, place))]
  }

  /// The share of numbers below a limit.
  public func share(below limit: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let count = sorted.partitioningIndex { $0 >= limit }
    return Double(count) / Double(sorted.count)
  }
}

extension Array {
  /// The first place behind which a property holds, where it holds from some place on.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
