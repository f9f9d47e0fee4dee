/// What a reader may do.
public struct ReadOptions: Hashable, Sendable {
  /// Whether data files may lie outside the folder of their header.
  public var allowOutsideFolder: Bool
  /// Decoded bytes that one compressed byte may stand for, before memory is taken.
  ///
  /// The default is deflate's own limit of 1032 (a back-reference of 258 bytes takes two bits at the
  /// least), which a mask of zeros nearly reaches: a lower one would refuse good files, a higher one
  /// can never be used up.
  ///
  /// bzip2 has no such limit of its own: 46 bytes may stand for megabytes of zeros. The same ratio
  /// holds for it, but ``smallestBZip2Limit`` bytes are always granted.
  public var maximumRatio: Int
  /// Threads that decode, at most; nil takes the usable processors. Never changes a byte.
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
