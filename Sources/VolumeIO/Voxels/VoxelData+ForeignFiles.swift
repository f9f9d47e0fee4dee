import Errors
import Files

extension VoxelData {
  /// Throws where a data file beside the header is no data, but what stands for them: a pointer of Git LFS, a web page.
  ///
  /// Only text is looked for: any bytes can begin raw voxels.
  func refuseForeignFile(_ part: Part) throws {
    guard part.path != path else { return }
    let start = try InputFile(part.path).bytes(at: 0, count: 300)
    guard let foreign = ForeignFile.recognisedText(by: start) else { return }
    throw Diagnostic(
      .unknownFormat, part.path, at: part.line.map { Place(line: $0) }, field: "data file",
      expected: "the voxels of \(quoted(path))", found: foreign.found, remedy: foreign.remedy)
  }
}
