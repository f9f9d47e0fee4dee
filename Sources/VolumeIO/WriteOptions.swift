import Errors

/// How a volume file is written.
public struct WriteOptions: Hashable, Sendable {
  /// How voxels are stored; nil: gzip for NRRD, and what the file's name says for NIfTI.
  public var encoding: DataEncoding?
  public var endian: Endianness
  /// The effort of gzip: 0 stores, 1 to 3 are fast, 4 (small) to 9 (smallest) are zlib's levels.
  public var compressionLevel: Int
  /// Key/value pairs for an NRRD header, in order.
  public var keyValues: [ImageInfo.KeyValue]
  /// Comment lines for an NRRD header.
  public var comments: [String]
  /// 1 or 2 for NIfTI; nil: 2 only if a size exceeds NIfTI-1's 32767.
  public var niftiVersion: Int?
  /// What the image is, for NRRD's `content` and NIfTI's `descrip`.
  public var content: String?

  /// The most threads that compress; nil: all usable processors. The bytes do not depend on it.
  public var threads: Int?

  /// The default of ``compressionLevel``.
  ///
  /// The fast level with the smallest files: a noisy CT is 1.4 % larger than SimpleITK's in a third
  /// of the time, a mask 40 % smaller.
  public static let defaultCompressionLevel = 3

  public init(
    encoding: DataEncoding? = nil, endian: Endianness = .little,
    compressionLevel: Int = defaultCompressionLevel, keyValues: [ImageInfo.KeyValue] = [],
    comments: [String] = [], niftiVersion: Int? = nil, content: String? = nil, threads: Int? = nil
  ) {
    precondition(niftiVersion == nil || niftiVersion == 1 || niftiVersion == 2)
    self.encoding = encoding
    self.endian = endian
    self.compressionLevel = compressionLevel
    self.keyValues = keyValues
    self.comments = comments
    self.niftiVersion = niftiVersion
    self.content = content
    self.threads = threads
  }
}

extension WriteOptions {
  /// - Throws: ``Diagnostic`` where the level is not one of zlib's.
  func checkLevel(path: String) throws {
    guard !(0...9).contains(compressionLevel) else { return }
    throw Diagnostic(
      .unsupported, path, field: "compression level", expected: "0 to 9",
      found: "\(compressionLevel)", remedy: "choose a level in this range")
  }
}
