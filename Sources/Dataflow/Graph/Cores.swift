/// How many cores a run of a stage can use, and what memory each of them needs.
public struct Cores: Hashable, Sendable {
  /// The largest number that still makes the run faster, at least 1. The scheduler grants between 1
  /// and this many.
  public let most: Int
  /// Bytes that each core after the first needs in addition to ``Demand/peakBytes``.
  public let bytesEach: Int

  /// A single core, for work that is not parallel.
  public static let one = Cores(most: 1)

  /// Up to `most` cores; values below 1 count as 1.
  public init(most: Int, bytesEach: Int = 0) {
    self.most = max(1, most)
    self.bytesEach = max(0, bytesEach)
  }

  /// As many cores as get at least `worthwhile` of the work each: with less to do, starting another core
  /// costs more time than it saves.
  ///
  /// - Parameters:
  ///   - work: the amount of work, such as voxels.
  ///   - worthwhile: the least amount that is worth a core, in the unit of `work`.
  public init(for work: Int, worthwhile: Int, bytesEach: Int = 0) {
    self.init(most: work / max(1, worthwhile), bytesEach: bytesEach)
  }
}
