public struct ReadOptions: Hashable, Sendable {
  /// Whether data files may lie outside the folder of their header.
  public var allowOutsideFolder: Bool
  /// Decoded bytes that one compressed byte may stand for, before memory is taken.
  ///
  /// The default is deflate's own limit of 1032 (a back-reference of 258 bytes takes at least two
  /// bits). A mask of zeros nearly reaches it, so a lower limit would refuse good files; a higher
  /// one can never be reached.
  ///
  /// bzip2 has no such limit: 46 bytes may stand for megabytes of zeros. The same ratio applies to
  /// it, but ``smallestBZip2Limit`` bytes are always allowed.
  public var maximumRatio: Int
  /// The name of the segment that is read, of files that name segments; nil: all values as they are.
  public var segment: String?
  /// The most threads that decode; nil: all usable processors. The voxels do not depend on it.
  public var threads: Int?

  /// Decoded bytes that any bzip2 data may ask for: 512 MiB, a head of 16 bits at the finest.
  public static let smallestBZip2Limit = 1 << 29

  /// The defaults are safe for files from anywhere.
  public init(allowOutsideFolder: Bool = false, maximumRatio: Int = 1032, threads: Int? = nil) {
    self.allowOutsideFolder = allowOutsideFolder
    self.maximumRatio = maximumRatio
    self.threads = threads
  }
}
