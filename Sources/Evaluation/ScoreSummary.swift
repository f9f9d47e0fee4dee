package import Accounts

/// The distribution of a score over cases.
package struct ScoreSummary: Encodable, Sendable {
  package var count: Int
  package var mean, median, lowerQuartile, upperQuartile, least, greatest: Double

  /// The summary of some numbers, with quantiles by linear interpolation; nil if there are none.
  package init?(of values: [Double]) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    count = sorted.count
    mean = sorted.reduce(0, +) / Double(sorted.count)
    median = quantile(0.5)
    (lowerQuartile, upperQuartile) = (quantile(0.25), quantile(0.75))
    (least, greatest) = (sorted[0], sorted[sorted.count - 1])
  }
}

package struct ScoreSummaries: Encodable, Sendable {
  package var cases: Int
  package var dsc, bdsc, hd95, hd: ScoreSummary?

  package init(_ records: [ScoreRecord]) {
    cases = records.count
    dsc = ScoreSummary(of: records.compactMap(\.dsc))
    bdsc = ScoreSummary(of: records.compactMap(\.bdsc))
    hd95 = ScoreSummary(of: records.compactMap(\.hd95))
    hd = ScoreSummary(of: records.compactMap(\.hd))
  }
}
