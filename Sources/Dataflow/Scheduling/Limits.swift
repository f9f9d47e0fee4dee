/// What a batch may take of the machine.
public struct Limits: Hashable, Sendable {
  /// Cores that compute stages and engines take at once, and stages of the lane ``Lane/files`` beside
  /// that of their own thread; at least 1.
  public var width: Int
  /// Bytes of the values alive and of the demands of running stages, together.
  public var memoryBytes: Int
  /// Stages of the lane ``Lane/files`` at once, each on a thread of its own, at least 1.
  public var fileWorkers: Int

  /// Limits of a batch.
  public init(width: Int, memoryBytes: Int, fileWorkers: Int = 2) {
    self.width = max(1, width)
    self.memoryBytes = max(0, memoryBytes)
    self.fileWorkers = max(1, fileWorkers)
  }

  /// Cases begun and not ended at one time: one a core, one a file worker, one for an engine. More
  /// would only hold memory, because nothing is there to work on them.
  var openCases: Int { width + fileWorkers + 1 }
}
