/// The cores that a run of a stage can use, and what each of them takes.
public struct Cores: Hashable, Sendable {
  /// The most that help, at least 1; a stage is given between 1 and this many.
  public let most: Int
  /// Bytes that each core but the first takes beside ``Demand/peakBytes``.
  public let bytesEach: Int

  /// One core, for work that is not parallel.
  public static let one = Cores(most: 1)

  /// A number of cores; less than one is one.
  public init(most: Int, bytesEach: Int = 0) {
    self.most = max(1, most)
    self.bytesEach = max(0, bytesEach)
  }

  /// As many cores as have at least `worthwhile` of the work each: for less, starting another costs
  /// more than it brings.
  ///
  /// - Parameters:
  ///   - work: such as voxels, in the unit of `worthwhile`.
  ///   - worthwhile: what a core is worth starting for.
  public init(for work: Int, worthwhile: Int, bytesEach: Int = 0) {
    self.init(most: work / max(1, worthwhile), bytesEach: bytesEach)
  }
}
