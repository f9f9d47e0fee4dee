/// What a reader may do.
public struct ReadOptions: Hashable, Sendable {
  /// Whether data files may lie outside the folder of their header.
  public var allowOutsideFolder: Bool
  /// Decoded bytes that one compressed byte may stand for, before memory is taken.
  ///
  /// The default is deflate's own limit of 1032 (a back-reference of 258 bytes takes two bits at the
  /// least), which a mask of zeros nearly reaches: a lower one would refuse good files, a higher one
  /// can never be used up.
  public var maximumRatio: Int

  /// The defaults are safe for files from anywhere.
  public init(allowOutsideFolder: Bool = false, maximumRatio: Int = 1032) {
    self.allowOutsideFolder = allowOutsideFolder
    self.maximumRatio = maximumRatio
  }
}
