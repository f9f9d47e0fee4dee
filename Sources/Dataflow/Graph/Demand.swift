/// What one run of a stage takes, stated before it runs.
public struct Demand: Hashable, Sendable {
  /// The most bytes that the stage allocates at one time on one core, its output included, its inputs
  /// not.
  public var peakBytes: Int
  /// The output's size, or an upper bound of it.
  public var output: Extent
  /// The cores that the stage can use.
  public var cores: Cores

  /// A demand; the peak is at least the output.
  public init(peakBytes: Int, output: Extent, cores: Cores = .one) {
    self.peakBytes = max(peakBytes, output.bytes)
    self.output = output
    self.cores = cores
  }

  /// The most bytes that the stage allocates at one time on so many cores.
  public func peakBytes(on cores: Int) -> Int {
    let (more, overflow) = self.cores.bytesEach.multipliedReportingOverflow(by: max(0, cores - 1))
    return peakBytes.saturating(plus: overflow ? .max : more)
  }
}
