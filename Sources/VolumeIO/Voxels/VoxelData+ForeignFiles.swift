import Errors
import Files

extension VoxelData {
  /// Throws where a data file beside the header is no data: a pointer of Git LFS, a web page, an archive, nothing.
  ///
  /// - Parameter isUnfit: whether it cannot be read as the header says. Else only what no voxels look like counts: any
  ///   bytes can begin raw voxels.
  func refuseForeignFile(_ part: Part, isUnfit: Bool) throws {
    guard part.path != path, isUnfit || hasOtherStart(part) || part.fileSize < Self.largestPointer
    else { return }
    let start = try InputFile(part.path).bytes(at: 0, count: 300)
    let found =
      isUnfit || hasOtherStart(part)
      ? ForeignFile.recognised(by: start) ?? compressed(start)
      : ForeignFile.recognisedText(by: start)
    guard let found else { return }
    throw Diagnostic(
      .unknownFormat, part.path, at: part.line.map { Place(line: $0) }, field: "data file",
      expected: "the voxels of \(quoted(path))", found: found.found, remedy: found.remedy)
  }

  /// Pointers of Git LFS and git-annex are smaller.
  private static let largestPointer = 1024

  /// Whether a file that begins as another kind of file does is one: compressed voxels and text begin otherwise, and raw
  /// voxels that something follows are not those of the header. Where bytes are skipped, they may be another kind's.
  private func hasOtherStart(_ part: Part) -> Bool {
    guard part.start == 0, byteSkip == 0 else { return false }
    return encoding != .raw || part.fileSize != partByteCount
  }

  /// Compressed data of which the header says that they are raw.
  private func compressed(_ start: [UInt8]) -> (found: String, remedy: String)? {
    guard encoding == .raw, start.starts(with: [0x1F, 0x8B, 8]) else { return nil }
    return ("gzip data", "write `encoding: gzip` into the header")
  }
}
