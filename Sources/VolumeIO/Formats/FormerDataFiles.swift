/// The data files of a detached header that is about to be replaced.
///
/// They are left in place, because another header may name them. They are reported, because otherwise
/// they may stay behind unnoticed.
struct FormerDataFiles {
  private let header: String
  private let paths: [String]

  /// Those of the header at `path`; none where there is no header that can be read.
  init(of path: String) {
    header = path
    paths = (try? ImageFile(opening: path))?.dataPaths ?? []
  }

  /// A sentence for each file that the new header does not name.
  func left() -> [String] {
    guard let now = (try? ImageFile(opening: header))?.dataPaths else { return [] }
    return paths.filter { !now.contains($0) }.map {
      "\($0): left where it is; the header that named it, \(header), names another file now"
    }
  }
}
