/// The memory and cores that one run of a stage needs, stated before it runs.
public struct Demand: Hashable, Sendable {
  /// Peak bytes that the stage allocates on one core: its output included, its inputs excluded.
  public var peakBytes: Int
  /// The size of the output, or an upper bound.
  public var output: Extent
  public var cores: Cores

  /// Makes a demand; ``peakBytes`` is raised to the size of the output if it is lower.
  public init(peakBytes: Int, output: Extent, cores: Cores = .one) {
    self.peakBytes = max(peakBytes, output.bytes)
    self.output = output
    self.cores = cores
  }

  /// Peak bytes that the stage allocates on this number of cores.
  public func peakBytes(on cores: Int) -> Int {
    let (more, overflow) = self.cores.bytesEach.multipliedReportingOverflow(by: max(0, cores - 1))
    return peakBytes.saturating(plus: overflow ? .max : more)
  }
}
