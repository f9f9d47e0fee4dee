/// A decoder of one deflate stream (RFC 1951) after the other, without any framing.
protocol RawInflater: AnyObject {
  /// Forgets the stream; the next byte begins a new one.
  func reset()

  /// Decodes from `input` into `output` until one of them is used up or the stream ends.
  ///
  /// Bytes of `output` that an earlier call has filled must stay as they are.
  ///
  /// - Returns: the bytes used of `input`, at the end of the stream perhaps down to −8, for those
  ///   taken too early; the bytes written; whether the stream has ended.
  /// - Throws: ``DeflateError`` where the stream breaks the rules.
  func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(DeflateError) -> (used: Int, made: Int, isAtEnd: Bool)
}

/// A deflate stream that breaks the rules.
struct DeflateError: Error {
  let reason: String
}

/// The libraries that can inflate and deflate piece by piece.
enum DeflateLibrary: CaseIterable, Sendable {
  #if CALVARIA_ISAL
    /// ISA-L, several times as fast.
    case isal
  #endif
  /// zlib, which is everywhere.
  case zlib

  /// The fastest one of this build.
  static var preferred: DeflateLibrary { allCases[0] }

  func makeInflater() -> any RawInflater {
    switch self {
    #if CALVARIA_ISAL
      case .isal: IgzipInflater()
    #endif
    case .zlib: ZlibInflater()
    }
  }
}
