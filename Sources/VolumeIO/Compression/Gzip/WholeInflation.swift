import CDeflate
import Files

/// Inflation of one gzip member in one piece, by libdeflate.
///
/// Measured on a mask, libdeflate takes half the time of ISA-L; but it wants all stored and all
/// decoded bytes at once, so it serves where the stored ones are few beside the decoded ones. On a CT,
/// where they are not, ISA-L is as fast.
struct WholeInflation {
  /// Stored bytes that are held at most.
  static let storedLimit = 4 << 20
  /// Decoded bytes at most: the work cannot be interrupted.
  static let decodedLimit = 1 << 30

  /// Fills `target` from a section that is one member of exactly so many bytes, and nothing else.
  ///
  /// - Returns: false where the section is anything else, be it only damaged: then `target` holds
  ///   nothing of use, and the way piece by piece finds out what it is.
  static func decode(
    _ section: FileSection, into target: UnsafeMutableRawBufferPointer, threads: Int
  ) throws -> Bool {
    guard section.count <= storedLimit, target.count <= decodedLimit, !target.isEmpty else {
      return false
    }
    var input = InputWindow(section, blockSize: max(1, section.count))
    do { try GzipFrame.skipHeader(&input) } catch is CodecFailure { return false }
    let stored = try input.bytes()
    guard stored.count == section.end - input.offset,
      let library = libdeflate_alloc_decompressor()
    else { return false }
    defer { libdeflate_free_decompressor(library) }
    var (used, made) = (0, 0)
    let status = libdeflate_deflate_decompress_ex(
      library, stored.baseAddress, stored.count, target.baseAddress, target.count, &used, &made)
    guard status == LIBDEFLATE_SUCCESS, made == target.count, used + 8 == stored.count else {
      return false
    }
    input.advance(used)
    let crc = Checksum.crc32(UnsafeRawBufferPointer(target), threads: threads)
    do { try GzipFrame.checkTrailer(&input, crc: crc, count: made) } catch is CodecFailure {
      return false
    }
    return true
  }
}
