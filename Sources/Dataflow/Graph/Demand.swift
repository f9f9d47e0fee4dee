/// What one run of a stage takes, stated before it runs.
public struct Demand: Hashable, Sendable {
  /// The most bytes that the stage allocates at one time, its output included, its inputs not.
  public var peakBytes: Int
  /// The output's size, or an upper bound of it.
  public var output: Extent
  /// The most cores that the stage can use; it is given between 1 and this many.
  public var cores: Int

  /// A demand; the peak is at least the output.
  public init(peakBytes: Int, output: Extent, cores: Int = 1) {
    self.peakBytes = max(peakBytes, output.bytes)
    self.output = output
    self.cores = max(1, cores)
  }
}
