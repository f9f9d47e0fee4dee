import Concurrency
import Volumes

/// How often which values stand in a volume.
///
/// Values from −32,768 to 98,303 are counted one by one, rounded to whole numbers: every CT, every mask and every
/// label lies there. Where they span less than 64 and are not whole, as those of a normalised scan, 4,096 bins of equal
/// width are counted instead.
struct ValueSurvey: Sendable {
  /// Voxels that are numbers and not infinite.
  private(set) var count = 0
  /// Voxels that are none.
  private(set) var notNumbers = 0
  private(set) var least = Double.infinity
  private(set) var most = -Double.infinity
  /// Whether every value is a whole number.
  private(set) var isWhole = true
  /// Values of the last 32,768 below 2³², as a negative one reads in an unsigned type.
  private(set) var below2To32 = 0
  private var bins: [UInt32]
  private var origin: Double
  private var width: Double

  /// Surveys a volume.
  ///
  /// - Complexity: one pass, two where values are not whole and span little.
  init(of volume: AnyVolume, threads: Int = 1) {
    func open<Opened: TypedVolume>(_ volume: Opened) -> ValueSurvey {
      volume.typed.withVoxels { voxels in
        let counting = ValueCounting(
          source: UnsafeRawPointer(voxels.baseAddress!), count: voxels.count, threads: threads)
        return ValueSurvey(counting, volume.typed.scalarType)
      }
    }
    self = open(volume.base)
  }

  private init(_ counting: ValueCounting, _ type: ScalarType) {
    let counts = counting.counts(type)
    (count, notNumbers) = (counts.count, counts.notNumbers)
    (least, most) = (counts.least, counts.most)
    (isWhole, below2To32) = (counts.isWhole, counts.below2To32)
    (bins, origin, width) = (counts.table, Double(ValueCounting.counted(type).first), 1)
    if !isWhole, most > least, most - least < Self.leastSpan {
      origin = least
      width = (most - least) / Double(Self.fineBins - 1)
      bins = counting.bins(type, origin: origin, width: width, number: Self.fineBins)
    }
  }

  private static let leastSpan = 64.0
  private static let fineBins = 4096

  /// The values, ascending, with how many voxels have them; nil where there are more than `limit`, or values that are
  /// not whole.
  func values(upTo limit: Int) -> [(value: Int, voxels: Int)]? {
    guard isWhole, width == 1, bins.reduce(0, { $0 + Int($1) }) == count else { return nil }
    var found: [(value: Int, voxels: Int)] = []
    for (bin, voxels) in bins.enumerated() where voxels > 0 {
      guard found.count < limit else { return nil }
      found.append((bin + Int(origin), Int(voxels)))
    }
    return found
  }

  /// Voxels whose values lie in a range, ends included, to the width of a bin.
  func voxels(_ range: ClosedRange<Double>) -> Int {
    bins(within: range).reduce(0) { $0 + Int(bins[$1]) }
  }

  /// The share of all voxels whose values lie in a range.
  func share(_ range: ClosedRange<Double>) -> Double {
    count == 0 ? 0 : Double(voxels(range)) / Double(count)
  }

  /// The middle of the window of some width that holds the most voxels; nil where there are none.
  func mode(_ range: ClosedRange<Double>, window: Double) -> Double? {
    let places = bins(within: range)
    let reach = min(places.count, max(1, Int((window / width).rounded())))
    guard reach > 0 else { return nil }
    var sum = places.prefix(reach).reduce(0) { $0 + Int(bins[$1]) }
    var best = (voxels: sum, start: places.lowerBound)
    for start in places.dropFirst().dropLast(reach - 1) {
      sum += Int(bins[start + reach - 1]) - Int(bins[start - 1])
      if sum > best.voxels { best = (sum, start) }
    }
    guard best.voxels > 0 else { return nil }
    return origin + width * (Double(best.start) + Double(reach - 1) / 2)
  }

  /// The value below which a share of the voxels in a range lies; nil where there are none.
  func quantile(_ share: Double, of range: ClosedRange<Double>) -> Double? {
    let places = bins(within: range)
    let wanted = share * Double(places.reduce(0) { $0 + Int(bins[$1]) })
    var sum = 0
    for bin in places where bins[bin] > 0 {
      sum += Int(bins[bin])
      if Double(sum) >= wanted { return origin + width * Double(bin) }
    }
    return nil
  }

  /// The value that best divides the voxels in a range in two classes, by Otsu's criterion; nil where all are alike.
  func division(of range: ClosedRange<Double>) -> Double? {
    let places = bins(within: range)
    var (total, sum) = (0.0, 0.0)
    for bin in places {
      total += Double(bins[bin])
      sum += Double(bins[bin]) * Double(bin)
    }
    var (below, belowSum) = (0.0, 0.0)
    var best: (variance: Double, bin: Int)?
    for bin in places {
      below += Double(bins[bin])
      belowSum += Double(bins[bin]) * Double(bin)
      guard below > 0, below < total else { continue }
      let apart = belowSum / below - (sum - belowSum) / (total - below)
      let variance = below * (total - below) * apart * apart
      if variance > best?.variance ?? 0 { best = (variance, bin) }
    }
    return best.map { origin + width * (Double($0.bin) + 0.5) }
  }

  private func bins(within range: ClosedRange<Double>) -> Range<Int> {
    func bin(_ value: Double) -> Double { (value - origin) / width }
    let last = Double(bins.count)
    let lower = min(last, max(0, (bin(range.lowerBound) - 1e-6).rounded(.up)))
    let upper = min(last, max(0, (bin(range.upperBound) + 1e-6).rounded(.down) + 1))
    return Int(lower)..<max(Int(lower), Int(upper))
  }
}
