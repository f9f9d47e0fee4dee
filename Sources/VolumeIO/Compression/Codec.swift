import Files

/// One way of turning elements into stored bytes and back.
///
/// A codec gets the whole job at once (which bytes of which file, where to), not one block after the
/// other, so that an implementation is free to inflate straight into the final memory or to use
/// several threads.
protocol Codec: Sendable {
  /// Decodes `section`, drops the first `skip` decoded bytes and fills `target` with the next.
  ///
  /// - Throws: ``CodecFailure``; `Diagnostic`; what the transfer's progress throws.
  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail

  /// The number of decoded bytes in `section`.
  ///
  /// - Throws: ``CodecFailure``, also where it exceeds `limit`; `Diagnostic`.
  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int

  /// Encodes `source` and hands the stored bytes on, in order. The bytes do not depend on the
  /// number of threads.
  ///
  /// - Throws: what `put` and the transfer's progress throw.
  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws
}

/// What came after the wanted bytes.
enum DecodedTail: Hashable {
  case none
  /// So many more bytes, decoded and checked.
  case surplus(Int)
  /// So many more bytes that decoding was given up, the checksum with it.
  case abandoned
  /// All wanted bytes, checked, and then stored bytes that are no stream.
  case garbage(offset: Int)

  /// Surplus decoded bytes that are still read to check the checksum.
  static let limit = 1 << 24
}

/// Why stored bytes could not be decoded; the caller adds file and field.
enum CodecFailure: Error, Hashable, CustomStringConvertible {
  /// The decoded bytes end after so many of the wanted ones.
  case tooShort(decoded: Int)
  /// The stored bytes end in the middle of a stream, at this offset of the file.
  case truncated(offset: Int)
  /// The stored bytes break the codec's rules.
  case corrupt(offset: Int, reason: String)
  /// There are more decoded bytes than the limit.
  case tooLong

  /// What was found, as an error's sentence wants it.
  var description: String {
    switch self {
    case .tooShort(let decoded): "the end after \(decoded) decoded bytes"
    case .truncated(let offset): "its end at byte \(offset) of the file"
    case .corrupt(let offset, let reason): "\(reason) near byte \(offset)"
    case .tooLong: "more decoded bytes than are allowed"
    }
  }
}

/// A range of bytes of an open file.
struct FileSection: Sendable {
  let file: InputFile
  /// The first byte.
  var start: Int
  /// One past the last byte.
  var end: Int

  init(_ file: InputFile, from start: Int) {
    (self.file, self.start, self.end) = (file, min(start, file.size), file.size)
  }

  var count: Int { end - start }
}
