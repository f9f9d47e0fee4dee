/// The cores and memory that a batch may use.
public struct Limits: Hashable, Sendable {
  /// Cores for compute stages, engines, and the further cores of file stages; at least 1. The
  /// threads of the file workers are not included.
  public var width: Int
  /// Bytes for live values and the demands of running stages together.
  public var memoryBytes: Int
  /// Number of stages of the lane ``Lane/files`` that run at once, each on its own thread; at least
  /// 1.
  public var fileWorkers: Int

  /// Makes limits; values below a minimum are raised to it.
  ///
  /// - Parameter fileWorkers: nil: one for every four cores, and at least two, so that one case can be
  ///   read while another is written. More would hold values in memory for cores that are busy with
  ///   computing; a file stage that has work for several cores gets free ones beside its own thread.
  public init(width: Int, memoryBytes: Int, fileWorkers: Int? = nil) {
    self.width = max(1, width)
    self.memoryBytes = max(0, memoryBytes)
    self.fileWorkers = max(1, fileWorkers ?? max(2, width / 4))
  }

  /// How many cases may be open at once: one per core, one per file worker and one for an engine.
  /// More would occupy memory with no worker to process them.
  var openCases: Int { width + fileWorkers + 1 }
}
